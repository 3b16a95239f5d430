"""A file gives the same findings, counts and rows in slices of any size, with or without partitions on disk."""

import shutil
from pathlib import Path
from random import Random

import msgspec
import polars as pl
import pytest

from tidegate.core.checking import Focus, check, stages
from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.limits import Limits
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find, find_all

CORPUS = Path(__file__).parents[2] / "corpus"
REFERENCE = CORPUS / "reference"
FOLDERS = sorted(upload.parent for upload in CORPUS.glob("*/*/upload.*"))
FOCUS = Focus(SchoolYear(2020))


class LockingFolder(ReferenceFolder):
    """A folder that is asked as a database is."""

    is_locking = True

    def __init__(self, folder):
        super().__init__(folder)
        self.noted = []

    def note_students(self, numbers):
        self.noted += numbers.drop_nulls().to_list()


def judge(path: Path, kind, chunk_bytes: int, tables):
    others = [each.layout.in_year(FOCUS.school_year) for each in find_all().values()]
    limits = Limits(chunk_bytes=chunk_bytes, kept_bytes=chunk_bytes)
    return check(path, kind.layout, kind.rules, focus=FOCUS, tables=tables, others=others, limits=limits)


def counts(checked):
    return checked.row_count, checked.error_count, checked.severities, checked.is_refused, checked.column_positions


def pytest_generate_tests(metafunc):
    """Try some of the odd files; `make properties` tries all."""
    if "odd_folder" in metafunc.fixturenames:
        folders = FOLDERS if metafunc.config.getoption("--long") else FOLDERS[::6]
        metafunc.parametrize("odd_folder", folders, ids=lambda folder: f"{folder.parent.name}-{folder.name}")


def test_an_odd_file_is_judged_alike_in_small_slices(odd_folder):
    upload, kind = next(odd_folder.glob("upload.*")), find(odd_folder.parent.name)
    whole = judge(upload, kind, 1 << 23, ReferenceFolder(REFERENCE))
    sliced = judge(upload, kind, max(40, upload.stat().st_size // 5), LockingFolder(REFERENCE))
    assert counts(sliced) == counts(whole)
    assert sliced.findings.rows() == whole.findings.rows()
    if whole.row_count:
        assert sliced.rows.drop("row").rows() == whole.rows.drop("row").rows()


def test_odd_files_are_judged_alike_in_pieces_of_few_findings(monkeypatch):
    for folder in FOLDERS[1::12]:
        upload, kind = next(folder.glob("upload.*")), find(folder.parent.name)
        whole = judge(upload, kind, 1 << 23, ReferenceFolder(REFERENCE))
        with monkeypatch.context() as patched:
            patched.setattr(stages, "_MIN_ROWS_PER_PIECE", 2)
            patched.setattr(stages, "_MAX_FINDINGS_PER_PIECE", 3)
            pieces = judge(upload, kind, 1 << 23, ReferenceFolder(REFERENCE))
        assert counts(pieces) == counts(whole), folder
        assert pieces.findings.rows() == whole.findings.rows(), folder


def test_lines_left_out_are_not_all_held_at_once(tmp_path):
    path, kind = tmp_path / "upload.csv", find("cte")
    path.write_text("\n".join([",".join(kind.layout.columns), CTE_ROWS[0], *["Total: 1"] * 60_000]))
    checked = judge(path, kind, 200_000, ReferenceFolder(REFERENCE))
    left_out = [part.height for part in checked.findings_to_log() if "FILE026" in part["code"]]
    assert sum(left_out) == 60_000
    assert max(left_out) < 50_000  # the first slice is twice as large as the others


def test_only_slices_of_very_many_findings_are_followed_by_smaller_ones(tmp_path, monkeypatch):
    path, kind, slices = tmp_path / "upload.csv", find("cte"), []
    rows = (",".join([f"{number}x"] * len(kind.layout.columns)) for number in range(2_000))
    path.write_text("\n".join([",".join(kind.layout.columns), *rows]))
    for most in (1_000_000, 1_000):
        monkeypatch.setattr(stages, "_MAX_FINDINGS_PER_SLICE", most)
        seen, limits, tables = list[int](), Limits(chunk_bytes=10_000), ReferenceFolder(REFERENCE)
        check(path, kind.layout, kind.rules, focus=FOCUS, tables=tables, limits=limits, on_progress=seen.append)
        assert seen[-1] == 2_000
        slices.append(len(seen))
    assert slices[0] <= path.stat().st_size / 10_000 < slices[1]


def test_a_file_divided_by_a_letter_beyond_ascii_is_read_as_one_with_commas(tmp_path):
    kind, found = find("cte"), []
    commas = "\n".join([",".join(kind.layout.columns), *CTE_ROWS])
    for name, text in (("commas", commas), ("signs", "sep=\u00a7\n" + commas.replace(",", "\u00a7"))):
        (tmp_path / name).write_text(text, "utf-8")
        found.append(judge(tmp_path / name, kind, 1 << 23, ReferenceFolder(REFERENCE)))
    assert found[0].row_count == found[1].row_count == len(CTE_ROWS)
    assert found[0].findings["message"].to_list() == found[1].findings["message"].to_list() != []


def test_what_is_said_of_a_column_stands_in_the_same_order_whatever_came_first(tmp_path):
    kind, logs = find("cte"), []
    header = ",".join(kind.layout.columns)
    rows = [f"1000,2001,900000001,1,01.0205,{day},,1.50," for day in ("44075", "9/1/20", "2020-09-01 0:00")]
    for order in (rows, rows[::-1]):
        (tmp_path / "upload.csv").write_text("\n".join([header, *order]))
        checked = judge(tmp_path / "upload.csv", kind, 60, ReferenceFolder(REFERENCE))
        logs.append(checked.findings.filter(pl.col("row").is_null())["message"].to_list())
    assert logs[0] == logs[1]
    assert len(logs[0]) == 3


CTE_ROWS = [
    "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,",
    "1000,2001,900000001,1,01.0205,2020-10-01,,1.00,",
    "1000,2001,900000001,1,01.0205,2020-10-01,,x,",
    "1000,2001,900000002,1,13.121,9/1/2020,,2.50,",
    "1000,2001,900000002,1,43,9/1/2020,,2.50,",
    "1000,201,900000002,1,01.0205,2020-09-01,,2.50,",
    "1000,2001,90000001,1,01.0205,2020-09-01,,2.50,",
]


@pytest.mark.parametrize("seed", range(3))
def test_rows_judge_each_other_across_slices(seed, tmp_path):
    kind, chance = find("cte"), Random(seed)
    path = tmp_path / "upload.csv"
    lines = [",".join(kind.layout.columns), *chance.choices(CTE_ROWS, weights=[9, 9, 1, 5, 2, 2, 1], k=300)]
    path.write_text("\n".join(lines))
    whole = judge(path, kind, 1 << 23, ReferenceFolder(REFERENCE))
    sliced = judge(path, kind, 700, LockingFolder(REFERENCE))
    assert counts(sliced) == counts(whole)
    assert sliced.findings.rows() == whole.findings.rows()
    assert "CTE301" in set(whole.findings["code"])


def test_all_students_of_a_file_are_locked_before_it_is_judged(tmp_path):
    path = tmp_path / "upload.csv"
    path.write_text("\n".join([",".join(find("cte").layout.columns), *CTE_ROWS]))
    tables = LockingFolder(REFERENCE)
    judge(path, find("cte"), 100, tables)
    assert set(tables.noted) == {900000001, 900000002, 90000001}


def test_only_the_columns_that_are_asked_for_are_kept(tmp_path):
    path = tmp_path / "upload.csv"
    path.write_text("\n".join([",".join(find("cte").layout.columns), *CTE_ROWS]))
    kind, tables = find("cte"), ReferenceFolder(REFERENCE)
    checked = check(path, kind.layout, kind.rules, focus=FOCUS, tables=tables, keeps=["school.id"])
    assert {"school.id", "row"} <= set(checked.rows.columns)
    assert "concurrent.entry_date" not in checked.rows.columns
    assert checked.rows.filter(pl.col("row_is_bad")).height == checked.error_count


def test_what_a_later_slice_tells_of_the_order_of_dates_holds_for_all(tmp_path):
    path, kind = tmp_path / "upload.csv", find("cte")
    row = "1000,2001,900000001,1,01.0205,{},,1.50,"
    days = ["10/11/2020"] * 30 + ["2020-11-02"] * 30 + ["25/9/2020", "26/9/2020"]
    path.write_text("\n".join([",".join(kind.layout.columns), *map(row.format, days)]))
    sliced = judge(path, kind, 700, LockingFolder(REFERENCE))
    assert sliced.findings.filter(pl.col("code") == "CELL111")["row"].to_list() == list(range(2, 32))
    assert sliced.findings.rows() == judge(path, kind, 1 << 23, ReferenceFolder(REFERENCE)).findings.rows()


def test_a_look_up_that_names_a_school_and_a_sau_is_refused():
    kind = find("cte")
    both = msgspec.structs.replace(kind.layout.stored["concurrent"], sau="sau")
    layout = msgspec.structs.replace(kind.layout, stored={**kind.layout.stored, "concurrent": both})
    with pytest.raises(BrokenLayout, match="a school and a district"):
        check(FOLDERS[0] / "upload.csv", layout, kind.rules, focus=FOCUS, tables=ReferenceFolder(REFERENCE))


@pytest.mark.parametrize("lacking", ["GradeLevel", "EntryDate"])
def test_a_reference_file_has_all_of_its_columns_also_those_that_nobody_reads(tmp_path, lacking):
    folder = shutil.copytree(REFERENCE, tmp_path / "reference")
    enrollments = folder / "enrollments.csv"
    pl.read_csv(enrollments, infer_schema=False).drop(lacking).write_csv(enrollments)
    with pytest.raises(Refusal, match=f"lacks columns: {lacking}"):
        ReferenceFolder(folder).enrollments(pl.Series([900000001]), FOCUS.school_year)
