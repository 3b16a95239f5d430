"""Cells of a fix file survive a spreadsheet."""

import csv
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.outputs.fix_file import fix_file
from tidegate.core.outputs.spreadsheet import as_it_was
from tidegate.core.parsing.fix_file_notes import rows_to_fix
from tidegate.core.parsing.parse import parse
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find

CTE = find("cte")
HEADER = ",".join(CTE.layout.columns)
REFERENCE = Path(__file__).parents[2] / "corpus" / "reference"
DAYS = ["13/10/2020", "10/11/2020", "2020-09-01"]
ODD = [
    "0012", "1.50", "9/1/2020", "2020-09-01", "+5", "=SUM(A1)", "-2", "@x", "1E5", "12345678901234567890", "TRUE",
    "true", "Mar 1", "1-2", "3/4", "O'Neil", " x", "x ", '="0123"', 'say "hi"', "50%", "$5", "Zo\u00eb", "1,5", "10:30",
    "'0123", '="0123"  ', '\u00a0="0123"',
]  # fmt: skip


@pytest.mark.parametrize("cell", ["", "43", "2020-09-01", "Smith", "O'Neil, Zo\u00eb"])
def test_a_plain_cell_stays_as_it_is(cell: str):
    assert as_it_was(cell) == cell


@pytest.mark.parametrize("cell", ODD)
def test_a_wrapped_cell_is_read_as_the_cell_that_was_sent(cell: str):
    texts = pl.DataFrame(
        {"row": [2], **{name: [""] for name in CTE.layout.columns}}, schema_overrides={"row": pl.UInt32}
    )

    def read(value: str) -> str:
        return parse(texts.with_columns(SchoolStudentID=pl.lit(value)), CTE.layout).rows["SchoolStudentID"][0]

    assert read(as_it_was(cell)) == read(cell)


def test_a_questioned_date_stays_questioned_until_it_is_written_another_way(tmp_path):
    first, to_fix, again, left = (tmp_path / f"{name}.csv" for name in ("first", "to-fix", "again", "left"))
    rows = [f"1000,2001,90000000{number},,01.0205,{day},,1," for number, day in enumerate(DAYS, start=1)]
    first.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    assert check_and_fix(first, to_fix)["code"].to_list() == ["CELL104", "CELL111"]
    text = to_fix.read_text(encoding="utf-8-sig").replace(in_csv("13/10/2020"), "2020-10-13")
    for unsaid in (in_csv("10/11/2020"), "10/11/2020", "10/11/2020 0:00", "10/11/20"):
        again.write_text(text.replace(in_csv("10/11/2020"), unsaid), encoding="utf-8")
        found = check_and_fix(again, left)
        assert found.select("row", "code").rows() == [(3, "CELL111")]
        assert "may be October 11 or November 10; it is written the same way as before" in found["message"][0]
        assert check_and_fix(left, again)["code"].to_list() == ["CELL111"]  # a fix file of the fix file asks, too
    for said in ("2020-10-11", "2020-11-10", "11/10/2020", "11-Oct-2020"):
        again.write_text(text.replace(in_csv("10/11/2020"), said), encoding="utf-8")
        assert check_and_fix(again, left).is_empty()


def in_csv(cell: str) -> str:
    return f'"=""{cell}"""'


def check_and_fix(upload: Path, to_fix: Path, *, file_name: str = "upload.csv") -> pl.DataFrame:
    """Check a file, write its fix file, and return its errors."""
    checked = check(upload, CTE.layout, CTE.rules, focus=Focus(SchoolYear(2020)), tables=ReferenceFolder(REFERENCE))
    pieces = fix_file(upload, checked.layout, [checked.findings], CTE.rules_by_code(), file_name=file_name)
    to_fix.write_text("".join(pieces), encoding="utf-8", newline="")
    return checked.findings.filter(pl.col("severity") == "error")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_untouched_cells_come_back_unchanged_from_libreoffice(tmp_path):
    upload, made = tmp_path / "upload.csv", tmp_path / "to-fix.csv"
    with upload.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerow(["LastName", *CTE.layout.columns])
        csv.writer(out).writerows(
            [cell, "1000", "2001", "900000001", cell, "43", "9/1/2020", "", "1.50", ""] for cell in ODD
        )
    focus = Focus(SchoolYear(2020))
    checked = check(upload, CTE.layout, CTE.rules, focus=focus, tables=ReferenceFolder(REFERENCE))
    pieces = fix_file(upload, checked.layout, [checked.findings], CTE.rules_by_code(), file_name="upload.csv")
    made.write_text("".join(pieces), encoding="utf-8", newline="")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "csv", "--outdir", tmp_path / "saved", made],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    saved = check(
        tmp_path / "saved" / "to-fix.csv", CTE.layout, CTE.rules, focus=focus, tables=ReferenceFolder(REFERENCE)
    )
    texts = list(CTE.layout.columns)
    assert saved.rows.select(texts).rows() == checked.rows.filter(checked.is_bad).select(texts).rows()
    rows = range(2, len(ODD) + 2)
    assert rows_to_fix(tmp_path / "saved" / "to-fix.csv", CTE.layout) == dict(zip(rows, rows, strict=True))
    assert checked.error_count == len(ODD)


def test_rows_that_are_no_records_and_rows_that_are_too_long_lose_nothing(tmp_path):
    upload = tmp_path / "upload.csv"
    good = "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,"
    upload.write_text(f"{HEADER}\n{good}\n\n1000,2001,900000002,2,01.0205,2020-09-01,,1,50,more\n1000,2001\n", "utf-8")
    checked = check(upload, CTE.layout, CTE.rules, focus=Focus(SchoolYear(2020)), tables=ReferenceFolder(REFERENCE))
    text = "".join(fix_file(upload, checked.layout, [checked.findings], CTE.rules_by_code(), file_name="upload.csv"))
    long, short = list(csv.reader(text.lstrip("\ufeff").splitlines()))[1:]
    assert long[:10] == ["1000", "2001", "900000002", "2", '="01.0205"', "2020-09-01", "", "1", "50", "4"]
    assert long[11:] == ["upload.csv", "4", "more"]
    assert short[:10] == ["1000", "2001", *[""] * 7, "5"]


def test_a_fix_file_of_a_fix_file_keeps_the_first_name_and_row(tmp_path):
    first, second, third = (tmp_path / f"{name}.csv" for name in ("october", "to-fix", "again"))
    good, bad = (f"1000,2001,900000001,1,{code},2020-09-01,,1.50," for code in ("01.0205", "43"))
    first.write_text("\n".join([HEADER, good, good, bad]), encoding="utf-8")
    check_and_fix(first, second, file_name="october.csv")
    check_and_fix(second, third, file_name="to-fix.csv")
    (row,) = list(csv.DictReader(third.read_text("utf-8-sig").splitlines()))[-1:]
    assert (row["Row"], row["First file"], row["First row"]) == ("2", "october.csv", "4")


def test_letters_in_two_encodings_come_out_as_they_were_read(tmp_path):
    upload, made = tmp_path / "upload.csv", tmp_path / "to-fix.csv"
    line = "1000,2001,900000001,{},43,2020-09-01,,1.50,\n"
    upload.write_bytes(
        f"{HEADER}\n".encode() + line.format("Zo\u00eb").encode() + line.format("Ren\u00e9").encode("cp1252")
    )
    focus, tables = Focus(SchoolYear(2020)), ReferenceFolder(REFERENCE)
    checked = check(upload, CTE.layout, CTE.rules, focus=focus, tables=tables)
    pieces = fix_file(upload, checked.layout, [checked.findings], CTE.rules_by_code(), file_name="upload.csv")
    made.write_text("".join(pieces), encoding="utf-8", newline="")
    again = check(made, CTE.layout, CTE.rules, focus=focus, tables=tables)
    assert again.rows["SchoolStudentID"].to_list() == ["Zo\u00eb", "Ren\u00e9"]
