"""A reference folder is read in any order of its lines, and what is wrong with it is said when it is asked for."""

import os
import shutil
from pathlib import Path

import polars as pl

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.file_types import find

HERE = Path(__file__).parents[2] / "corpus" / "reference"
YEAR = SchoolYear(2020)
NUMBERS = [900_000_001, 900_000_002, 900_000_004]
HEADER = "SAUID,SchoolID,StateStudentID,SchoolStudentID,CTECode,StartDate,EndDate,CreditsEarned,PostsecondaryCredits\n"


def copy(folder: Path, order=reversed) -> Path:
    shutil.copytree(HERE, folder)
    for name in ("students.csv", "enrollments.csv"):
        header, *lines = (folder / name).read_text().splitlines(keepends=True)
        (folder / name).write_text(header + "".join(order([line.rstrip("\n") + "\n" for line in lines])))
    return folder


def enrollments(folder: Path) -> list[tuple]:
    return sorted(ReferenceFolder(folder).enrollments(pl.Series(NUMBERS), YEAR).rows(), key=str)


def test_the_order_of_its_lines_does_not_matter(tmp_path):
    assert enrollments(copy(tmp_path / "reversed")) == enrollments(HERE) != []


def test_a_large_question_is_answered_as_a_small_one():
    folder, many = ReferenceFolder(HERE), pl.Series([*NUMBERS, *range(1, 10_001)])
    for asked in (many, pl.Series(NUMBERS), many):
        assert sorted(folder.enrollments(asked, YEAR).rows(), key=str) == enrollments(HERE)


def test_everybody_stands_in_the_order_of_numbers_and_once(tmp_path):
    folder = copy(tmp_path / "twice", order=lambda lines: [*reversed(lines), *lines])
    everybody = ReferenceFolder(folder).everybody().to_list()
    assert everybody == sorted(set(everybody)) == ReferenceFolder(HERE).everybody().to_list()


def test_a_number_with_a_sign_in_front_is_nobodys(tmp_path):
    folder = copy(tmp_path / "signed")
    with (folder / "students.csv").open("a") as students:
        students.write("+90000099,L,F,,2004-01-01,F\n")
    assert 90_000_099 not in ReferenceFolder(folder).everybody().to_list()


def test_rules_are_named_as_not_asked_in_a_folder_without_enrollments(tmp_path):
    folder = copy(tmp_path / "without")
    (folder / "enrollments.csv").unlink()
    upload = tmp_path / "upload.csv"
    upload.write_text(HEADER + "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,\n")
    kind = find("cte")
    checked = check(upload, kind.layout, kind.rules, focus=Focus(YEAR), tables=ReferenceFolder(folder))
    assert "CTE501" in checked.not_asked["enrollments.csv"]
    assert checked.findings.is_empty()


def large(folder: Path) -> Path:
    """Return a copy of the folder whose enrollments are so many that what is parsed of them is kept."""
    copy(folder)
    others = "".join(
        f"2020-2021,1000,1001,{number},1,P,11,2020-09-01,02,,\n" for number in range(100_000_000, 100_100_000)
    )
    with (folder / "enrollments.csv").open("a") as enrolled:
        enrolled.write(others)
    return folder


def test_what_was_parsed_of_a_large_file_answers_as_the_file(tmp_path):
    folder = large(tmp_path / "large")
    (folder / "enrollments.csv").chmod(0o640)
    local = pl.DataFrame({"sau_id": [1000], "school_student_id": ["1"]}, schema_overrides={"sau_id": pl.Int32})
    for _ in range(2):
        assert enrollments(folder) == enrollments(HERE)
        assert ReferenceFolder(folder).local_numbers(local, YEAR).height >= 100_000
    kept = [path.name.rpartition("-")[0] for path in (folder / ".parsed").iterdir()]
    assert sorted(kept) == ["enrollments-2020", "local_numbers-2020"]
    assert {path.stat().st_mode & 0o777 for path in (folder / ".parsed").iterdir()} == {0o640}


def test_a_large_file_that_has_changed_is_parsed_again(tmp_path):
    folder = large(tmp_path / "changed")
    before, path = enrollments(folder), folder / "enrollments.csv"
    stat, content = path.stat(), path.read_text()
    path.write_text(content.replace("900000001", "900000009"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as unpacking an archive does
    assert path.stat().st_size == stat.st_size
    assert enrollments(folder) == [row for row in before if row[0] != 900_000_001] != before
    of_before, of_now = sorted((folder / ".parsed").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    os.utime(of_before, (0, 0))  # so old that no check still asks it
    os.utime(path)
    enrollments(folder)
    assert not of_before.exists()
    assert of_now.exists()


def test_a_large_file_is_parsed_where_nothing_can_be_kept(tmp_path):
    folder = large(tmp_path / "kept")
    enrollments(folder)
    kept = next((folder / ".parsed").iterdir())
    kept.write_bytes(kept.read_bytes()[:1_000])
    assert enrollments(folder) == enrollments(HERE)
    assert kept.stat().st_size > 1_000
    shutil.rmtree(folder / ".parsed")
    (folder / ".parsed").write_text("in the way")
    assert enrollments(folder) == enrollments(HERE)


def test_a_file_of_very_many_students_is_judged_as_in_small_parts(tmp_path):
    """From so many students on, everybody is asked for at once."""
    folder = copy(tmp_path / "many")
    with (folder / "students.csv").open("a") as students, (folder / "enrollments.csv").open("a") as enrolled:
        for number in range(910_000_000, 910_015_000):
            students.write(f"{number},L,F,,2004-01-01,F\n")
            if number % 3:
                enrolled.write(f"2020-2021,1000,1001,{number},1,P,11,2020-09-01,02,,\n")
                enrolled.write(f"2020-2021,2000,2001,{number},1,C,11,2020-09-01,02,,\n")
    kind = find("cte")
    lines = [f"1000,2001,{number},1,01.0205,2020-09-01,,1.50,\n" for number in range(909_999_000, 910_014_000)]
    found = []
    for name, parts in (("whole", [lines]), ("parts", [lines[:8_000], lines[8_000:]])):
        counts = []
        for part in parts:
            upload = tmp_path / f"{name}.csv"
            upload.write_text(HEADER + "".join(part))
            checked = check(upload, kind.layout, kind.rules, focus=Focus(YEAR), tables=ReferenceFolder(folder))
            counts.append(checked.findings.group_by("code").len())
        found.append(sorted(pl.concat(counts).group_by("code").agg(pl.col("len").sum()).rows()))
    assert found[0] == found[1]
    assert dict(found[0])["CTE501"] == sum(number % 3 == 0 for number in range(910_000_000, 910_014_000))


def test_a_code_list_is_read_once(tmp_path):
    tables = ReferenceFolder(copy(tmp_path / "copied"))
    codes = tables.codes("cte_codes")
    (tmp_path / "copied" / "cte_codes.csv").unlink()
    assert tables.codes("cte_codes").equals(codes)
