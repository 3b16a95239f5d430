"""What an organization exports changes nothing when it is sent again, whatever is on file, and finds what a recheck
lists.

1,000 states: make plans
"""

import csv
import io
from collections import Counter
from random import Random

from tests.core.worlds import ROWS, make_reference
from tests.uploads.conftest import CTE_CENTER, OTHER_SAU, ROCK_STAR
from tests.uploads.lifecycle.exports.test_export_records import asked_for
from tests.uploads.random_files import TYPES, random_file, undone
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.records.state_hash import state_hash
from tidegate.uploads.lifecycle.exports.export_records import CSV, lines_file
from tidegate.uploads.models import Misfit, State, Upload
from tidegate.uploads.rechecks.recheck import recheck

STATES_PER_ROUND = 3
IDS = ["1", "0012", "NA", "", "1000.0", "=5", "-3", "1E5", "a b", "@x"]
COMMENTS = ["", "None", "=1+1", "-", "Noël", 'so "said", he', "'quoted'", "two\nlines", "+1 207", "9/1/2020", "Ã±"]


def odd_file(kind, chance: Random) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(kind.layout.columns), restval="")
    writer.writeheader()
    for _ in range(chance.randrange(5, 40)):
        row = ROWS[kind.slug](chance) | {"SchoolStudentID": chance.choice(IDS)}
        writer.writerow(row | ({"Comments": chance.choice(COMMENTS)} if "Comments" in kind.layout.columns else {}))
    return out.getvalue()


def errors_of(upload: Upload, exported) -> set[tuple[int, str, str]]:
    """Return the errors of an export that was sent again, by the IDs of the lines."""
    ids = {row: version for row, (_, version) in enumerate((line for part in exported.sources() for line in part), 2)}
    errors = upload.findings.filter(severity="error").values_list("row", "code", "column")
    return {(ids[row], code, column) for row, code, column in errors}


def misfits_among(exported, slug: str) -> set[tuple[int, str, str]]:
    ids = [version for part in exported.sources() for _, version in part]
    listed = Misfit.objects.filter(file_type=slug, line_id__in=ids)
    return set(listed.values_list("line_id", "code", "column"))


def test_what_is_exported_and_sent_again_changes_nothing(
    process_file, specialist, other_specialist, director, tmp_path, request
):
    import_reference(make_reference(tmp_path / "made"), by=None)
    senders = {ROCK_STAR: specialist, OTHER_SAU: other_specialist, CTE_CENTER: director}
    seen: Counter[str] = Counter()

    def send_again(chance: Random) -> None:
        """Load random files, export one organization and send that."""
        of = chance.choice(list(senders))
        for make in [odd_file, *[random_file] * chance.randrange(3)]:
            kind, sender = find(chance.choice(TYPES)), chance.choice(list(senders))
            loaded = process_file(make(kind, chance), by=senders[sender], organization_id=sender, file_type=kind.slug)
            seen["loaded"] += loaded.added_count
        recheck()
        before = state_hash()
        for slug in TYPES:
            exported = asked_for(of).find(slug)
            content = b"".join(lines_file(exported, CSV))
            if content.count(b"\r\n") == 1:
                continue
            again = process_file(content, by=senders[of], organization_id=of, file_type=slug)
            assert again.state == State.FINISHED
            counts = (again.added_count, again.replaced_count, again.unchanged_count)
            assert counts == (0, 0, again.success_count)
            misfits = misfits_among(exported, slug)
            assert errors_of(again, exported) == misfits
            seen["misfits"] += len(misfits)
        assert state_hash() == before

    for start in range(0, 1_000 if request.config.getoption("--long") else 3, STATES_PER_ROUND):
        with undone():
            for seed in range(start, start + STATES_PER_ROUND):
                send_again(Random(seed))
        print(f"{start + STATES_PER_ROUND:,} states: {dict(seen)}")  # noqa: T201 - the long form says how far it is
    assert seen["loaded"]
