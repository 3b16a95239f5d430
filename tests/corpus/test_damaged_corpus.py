"""The odd files once more, each damaged at random: a whole check of any bytes ends in a log, and both ways agree."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpus.test_corpus import FOLDERS, HERE, KINDS, OTHERS, YEAR, log_not_worded
from tidegate.core.checking import Focus, check
from tidegate.core.outputs.result_log import result_log
from tidegate.core.parsing.parse import Parser
from tidegate.core.reading.read_file import read_file
from tidegate.core.reference.folder import ReferenceFolder

TABLES = ReferenceFolder(HERE / "reference")
ODD_BYTES = [b'"', b",", b"\r", b"\n", b"\x00", b"\xff", b"\xe9", "é".encode(), "\u200b".encode(), b"=", b"'", b"1E+08"]
inserts = st.one_of(st.sampled_from(ODD_BYTES), st.binary(max_size=4))
places = st.one_of(st.integers(0, 120), st.integers(0, 5_000))
damages = st.lists(st.tuples(places, st.integers(0, 10), inserts), min_size=1, max_size=6)


def damage(content: bytes, places: list[tuple[int, int, bytes]]) -> bytes:
    """Return the content with some bytes taken out and others put in, often in the header."""
    for place, count, insert in places:
        at = place % (len(content) + 1)
        content = content[:at] + insert + content[at + count :]
    return content


@settings(max_examples=2 * settings.default.max_examples)
@given(st.sampled_from(FOLDERS), damages)
def test_a_damaged_odd_file_ends_in_a_log_and_counts_that_add_up(folder, places):
    kind = KINDS[folder.parent.name]
    content = damage(next(folder.glob("upload.*")).read_bytes(), places)
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        reading = read_file(Path(file.name), kind.layout, others=OTHERS)
        checked = check(Path(file.name), kind.layout, kind.rules, focus=Focus(YEAR), tables=TABLES, others=OTHERS)
    if reading.untidy is not None:
        for_certain, looked_at = (Parser(kind.layout, YEAR).parse(reading.rows, of) for of in (reading.untidy, None))
        assert for_certain.rows.equals(looked_at.rows)
        assert [each.notice() for each in for_certain.repairs] == [each.notice() for each in looked_at.repairs]
    assert checked.row_count == checked.success_count + checked.error_count
    title, needs_action = kind.layout.log_title, checked.needs_action
    log = b"".join(result_log(title, [checked.findings], needs_action=needs_action)).decode()
    assert needs_action == bool((checked.findings["severity"] != "notice").any())
    assert log == log_not_worded(kind.layout.log_title, checked)
    assert "\x00" not in log
    assert log.encode("utf-8")
    bad = set(checked.findings.filter(checked.findings["severity"] == "error")["row"]) - {None}
    if not checked.is_refused:
        assert bad == set(checked.rows.filter(checked.is_bad)["row"])
