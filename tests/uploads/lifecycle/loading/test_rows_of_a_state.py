"""The file types of a state that the program does not know store their own rows: by a key, and by groups."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.other_state.models import Apprenticeship, PracticeDay
from tests.uploads.lifecycle.checking.test_agreement import logs_of_check, logs_of_web
from tests.uploads.outputs import fix_file_chunks
from tidegate.core.errors import Conflict
from tidegate.core.layouts.school_year import SchoolYear as Year
from tidegate.core.layouts.state_package import STATE, present_package
from tidegate.file_types import find
from tidegate.records.export_folder import export_reference
from tidegate.records.import_folder import import_reference
from tidegate.records.state_hash import state_hash
from tidegate.records.stored_lines import line_models, lines_of, stored_lines
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.corrections.by_hand import send_correction
from tidegate.uploads.lifecycle.corrections.correction import Correction, texts_of
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.exports.export_records import CSV, ExportRequest, lines_file
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import State, Upload

TRADES = "SAUID,SchoolID,Student,Trade,Employer,Weeks,Wage,Began,Ended,Remark"
DAYS = "SAUID,SchoolID,Student,Day,Hours,Place"
BAKER = "1000,1001,900000001,BK,Crumb and Sons,30,12.50,2020-09-01,,tired"
JOINER = "1000,1001,900000001,JO,,20,,2020-09-01,2021-02-01,"
PLUMBER = "1000,1001,900000001,PL,,20,,2020-09-01,,"
MONDAY = "1000,1001,900000001,2020-09-07,7.5,Mill"
TUESDAY = "1000,1001,900000001,2020-09-08,6,"
OFFLINE = """
import sys
from tidegate.cli.main import app

folder = sys.argv[1]
options = ["--file-type", "apprenticeships", "--school-year", "2020-2021", "--reference", f"{folder}/reference"]
try:
    app(["check", f"{folder}/upload.csv", *options], standalone_mode=False)
finally:
    print("django" in sys.modules, "tests.other_state.models" in sys.modules)
"""


@pytest.fixture
def state(db, settings, tmp_path, monkeypatch) -> Iterator[None]:
    """The invented state in place of Maine, with organizations and students."""
    import_reference(find("cte").folder / "cases" / "all_good" / "reference", by=None)
    monkeypatch.setenv(STATE, "tests.other_state")
    present_package.cache_clear()
    yield
    monkeypatch.undo()
    present_package.cache_clear()


@pytest.fixture
def load(process_file, specialist):
    """Load lines of a file type: of apprenticeships, or with `days` of practice days."""

    def load_lines(*lines: str, days: bool = False, **more) -> Upload:
        text = "\n".join([DAYS if days else TRADES, *lines, ""])
        return process_file(text, by=specialist, file_type="practice-days" if days else "apprenticeships", **more)

    return load_lines


def counts(upload: Upload) -> tuple[int, int, int]:
    return upload.added_count, upload.replaced_count, upload.unchanged_count


def codes(upload: Upload) -> list[str]:
    return sorted(upload.findings.values_list("code", flat=True))


def current(model, *fields: str) -> list[tuple]:
    return sorted(model.objects.filter(replaced_at=None).values_list(*fields))


def test_lines_with_a_key_are_added_replaced_and_left_as_they_are(load):
    first = load(BAKER, JOINER)
    assert (counts(first), codes(first)) == ((2, 0, 0), [])
    second = load(BAKER.replace(",30,", ",31,"), JOINER)
    assert counts(second) == (1, 1, 1)
    assert [(trade, weeks, str(wage)) for trade, weeks, wage in current(Apprenticeship, "trade", "weeks", "wage")] == [
        ("BK", 31, "12.50"),
        ("JO", 20, "None"),
    ]
    old = Apprenticeship.objects.get(ended_with=second.pk)
    assert (old.began_with, old.weeks, old.remark, old.employer) == (first.pk, 30, "tired", "Crumb and Sons")
    assert counts(load(BAKER, check_only=True)) == (1, 1, 0)
    assert counts(load(BAKER.replace(",30,", ",31,"))) == (0, 0, 1)


def test_two_rows_of_one_key_are_an_error_where_they_differ(load):
    upload = load(BAKER, BAKER.replace("30", "31"), JOINER, JOINER)
    assert codes(upload) == ["APP301", "APP301", "APP302"]
    assert (upload.success_count, current(Apprenticeship, "trade")) == (2, [("JO",)])
    first = upload.findings.filter(code="APP301").order_by("row")[0]
    assert first.message == "Rows 2 and 3 have the same Student and Trade with different Weeks"


def test_a_rule_of_the_state_sees_its_own_lines_on_file(load):
    load(BAKER, JOINER)
    assert codes(load(PLUMBER)) == ["APP501"]
    assert codes(load(JOINER)) == []
    assert current(Apprenticeship, "trade") == [("BK",), ("JO",)]


def test_a_column_that_the_year_does_not_have_is_stored_blank(load):
    SchoolYear.objects.get_or_create(first=2020, defaults={"name": "2020-2021"})
    load(BAKER)
    year = SchoolYear.objects.create(first=2019, name="2019-2020")
    layout = find("apprenticeships").layout.in_year(year.period)
    assert "Wage" not in layout.columns
    assert "Wage:value" not in layout.on_file.columns


def test_lines_of_a_group_are_replaced_together(load):
    assert counts(load(MONDAY, MONDAY, TUESDAY, days=True)) == (3, 0, 0)
    assert counts(load(MONDAY, MONDAY, TUESDAY.replace(",6,", ",6.5,"), days=True)) == (1, 1, 2)
    shown = current(PracticeDay, "day", "hours", "place")
    assert [(day.day, str(hours), place) for day, hours, place in shown[:2]] == [(7, "7.5", "Mill")] * 2
    assert (shown[2][1], shown[2][2]) == (6.5, None)


def test_a_bad_row_keeps_its_group_back(load):
    upload = load(MONDAY, TUESDAY.replace("2020-09-08", "x"), days=True)
    assert codes(upload) == ["CELL104", "PRA301"]
    message = upload.findings.get(code="PRA301").message
    assert message == "Held back because row 3 (same Student and SchoolID) has an error"
    assert not PracticeDay.objects.exists()


def test_what_a_file_leaves_out_of_a_group_stays(load):
    load(MONDAY, TUESDAY, days=True)
    kept = current(PracticeDay, "day", "hours")
    assert codes(load(MONDAY, days=True)) == ["PRA602"]
    other = load(MONDAY.replace("7.5", "8"), days=True)
    assert (codes(other), current(PracticeDay, "day", "hours")) == (["PRA601"], kept)
    assert other.findings.get().message == (
        "Not loaded, because 2 lines are on file with the same Student and SchoolID and the file has only 1"
    )


def test_a_fix_file_adds_to_what_was_loaded_of_a_group(load, process_file, specialist):
    wrong = MONDAY.replace("900000001", "900000002").replace("1001", "9999")
    first = load(MONDAY, wrong, days=True)
    assert (first.success_count, codes(first)) == (1, ["FIND402"])
    text = (
        b"".join(fix_file_chunks(first)).decode("utf-8-sig").replace("9999", "1001").replace("900000002", "900000001")
    )
    fixed = process_file(text.replace("7.5", "3"), by=specialist, file_type="practice-days")
    assert (codes(fixed), counts(fixed)) == ([], (1, 0, 0))
    assert len(current(PracticeDay, "day")) == 2


def test_an_upload_is_undone_unless_what_rests_on_it_is_newer(load, specialist):
    empty = state_hash()
    first = load(BAKER)
    loaded = state_hash()
    second = load(BAKER.replace(",30,", ",31,"))
    assert len({empty, loaded, state_hash()}) == 3
    days = load(MONDAY, days=True)
    with pytest.raises(Conflict, match=f"upload {days.pk}"):
        undo(second, by=specialist)
    assert undo(days, by=specialist).state == State.UNDONE
    undo(second, by=specialist)
    assert state_hash() == loaded
    undo(first, by=specialist)
    assert (state_hash(), current(Apprenticeship, "trade")) == (empty, [])


def test_an_upload_that_replaces_nearly_all_of_a_table_is_held(load, settings):
    settings.TIDEGATE_HOLD_PERCENT = 50
    days = [f"1000,1001,900000001,2020-{month:02}-{day:02},7.5," for month in (9, 10, 11, 12) for day in range(1, 28)]
    assert counts(load(*days, days=True)) == (108, 0, 0)
    held = load(*(day.replace("7.5", "8") for day in days), days=True)
    assert (held.state, held.replaced_percent, counts(held)[1]) == (State.ON_HOLD, 100, 108)


def test_offline_and_upload_say_the_same_of_lines_on_file(load, tmp_path):
    load(MONDAY, TUESDAY, days=True)
    load(BAKER, JOINER)
    export_reference(tmp_path / "reference")
    stored = (tmp_path / "reference" / "practice_days.csv").read_text().splitlines()
    assert stored[0] == "SchoolYear,SchoolID,Student,Day,Hours,Place,Upload,LineID,SentFor"
    assert stored[1].startswith("2020-2021,1001,900000001,2020-09-07,7.5,Mill,")
    assert len((tmp_path / "reference" / "apprenticeships.csv").read_text().splitlines()) == 3
    for slug, header, lines in (
        ("practice-days", DAYS, [MONDAY.replace("7.5", "8")]),
        ("apprenticeships", TRADES, [PLUMBER]),
    ):
        path = tmp_path / "upload.csv"
        path.write_text("\n".join([header, *lines, ""]))
        told = logs_of_check(path, find(slug), tmp_path / "reference", tmp_path)
        upload = load(*lines, days=slug == "practice-days", check_only=True)
        assert upload.error_count == 1
        assert logs_of_web(upload) == told


def test_a_check_offline_loads_neither_django_nor_the_models(load, tmp_path):
    export_reference(tmp_path / "reference")
    (tmp_path / "upload.csv").write_text(f"{TRADES}\n{BAKER}\n{BAKER}\n")
    run = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Row Count 2   Success Count 2" in run.stdout, run.stderr
    assert run.stdout.endswith("False False\n")


def test_another_states_models_are_no_part_of_this_one():
    assert not {Apprenticeship, PracticeDay} & set(line_models())
    assert not {"apprenticeships", "practice-days"} & {lines.file_type.slug for lines in stored_lines()}


def test_lines_of_any_type_come_out_as_they_can_be_sent_again(load, process_file, specialist):
    load(BAKER, JOINER)
    load(MONDAY, TUESDAY, MONDAY, days=True)
    asked = ExportRequest(Year(2020), Organization.objects.get(pk=1000))
    trades, days = asked.find("apprenticeships"), asked.find("practice-days")
    content = b"".join(lines_file(trades, CSV))
    assert content.decode().splitlines() == [TRADES, BAKER, JOINER]
    again = process_file(content, by=specialist, file_type="apprenticeships")
    assert (counts(again), codes(again)) == ((0, 0, 2), [])
    assert (trades.not_stored, days.not_stored) == ([], ["SAUID"])
    assert [line.split(",")[3] for line in b"".join(lines_file(days, CSV)).decode().splitlines()] == [
        "Day",
        "2020-09-07",
        "2020-09-07",
        "2020-09-08",
    ]


def by_hand(line, values: dict[str, str] | None, *, slug: str, by) -> Upload:
    """Correct a line by hand, or withdraw it, and process that."""
    lines, year = lines_of(find(slug)), SchoolYear.objects.get(first=2020)
    said = None if values is None else texts_of(lines, [line.pk], year)[0] | values
    correction = Correction(lines, Organization.objects.get(pk=1000), year, line, said)
    upload = send_correction(correction, by=by, reason="Typo")
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    return upload


def test_lines_of_a_state_are_corrected_by_hand_by_key_and_in_groups(load, specialist):
    load(BAKER, JOINER)
    load(MONDAY, TUESDAY, days=True)
    before = state_hash()
    baker = Apprenticeship.objects.get(trade="BK")
    moved = by_hand(baker, {"Trade": "PL"}, slug="apprenticeships", by=specialist)
    assert (moved.state, current(Apprenticeship, "trade", "weeks")) == (State.FINISHED, [("JO", 20), ("PL", 30)])
    tuesday = PracticeDay.objects.get(hours=6)
    changed = by_hand(tuesday, {"Hours": "7", "SAUID": "1000"}, slug="practice-days", by=specialist)
    assert (changed.changes, changed.state) == (
        {"new": 0, "changed": 1, "unchanged": changed.changes["unchanged"], "withdrawn": 0}, State.FINISHED
    )  # fmt: skip
    gone = by_hand(Apprenticeship.objects.get(trade="JO"), None, slug="apprenticeships", by=specialist)
    assert current(Apprenticeship, "trade") == [("PL",)]
    for upload in (gone, changed, moved):
        assert undo(upload, by=specialist).state == State.UNDONE
    assert state_hash() == before
