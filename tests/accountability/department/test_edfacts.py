"""Old EDFacts files: written and read back, column by column, against numbers that were counted by hand."""

import re

import pytest
from typer.testing import CliRunner

from tidegate.accountability.department.edfacts.amounts import Amount, read_amounts
from tidegate.accountability.department.edfacts.fixed_file import FileHead, read_file, write_file
from tidegate.accountability.department.edfacts.profile import FOLDER, find_profile, find_profiles, load_profile
from tidegate.cli.edfacts import edfacts
from tidegate.core.errors import BrokenLayout, Refusal

HEAD = FileHead("A KIND OF FILE", "xx156.dat", "first try", "2020-2021", "99", "01", "N", "Y")
# 9 students: 4 of the underrepresented gender (3 F, 1 M), 5 others (2 F, 2 M, 1 missing); 2 are migratory.
COUNTED = """Category,Value,RepresentativeStatusID,Amount
,,MEM,4
,,NM,5
GenderID,F,MEM,3
GenderID,M,MEM,1
GenderID,F,NM,2
GenderID,M,NM,2
GenderID,MISSING,NM,1
MigrantStatusID,MS,NM,2
"""
# Total indicator, explanation and amount of each file, as Generate's tables have them.
ENDS = {"142": 294, "154": 279, "156": 264, "158": 279, "169": 249, "209": 264}


def written(amounts: str = COUNTED, head: FileHead = HEAD) -> bytes:
    profile = find_profile("156")
    return write_file(profile, head, read_amounts(profile, amounts))


def test_a_file_has_each_value_at_its_position():
    header, *records = written().decode().split("\r\n")[:-1]
    assert len(header) == 584  # 586 with the end of the line
    assert (header[:50].strip(), header[50:60].strip(), header[60:85].strip()) == ("A KIND OF FILE", "9", "xx156.dat")
    assert (header[85:117].strip(), header[117:126], header[126:].strip()) == ("first try", "2020-2021", "")
    assert {len(record) for record in records} == {474}
    seen = [
        (r[0:10], r[10:12], r[12:14], r[48:68], r[68:83], r[83:98], r[98:113], r[143:158], r[263], r[464:474])
        for r in records
    ]
    stripped = [tuple(cell.strip() for cell in record) for record in seen]
    frame = ("99", "01", "CTECONPRGNT")
    assert stripped == [
        ("1", *frame, "MEM", "F", "", "", "N", "3"),
        ("2", *frame, "MEM", "M", "", "", "N", "1"),
        ("3", *frame, "NM", "F", "", "", "N", "2"),
        ("4", *frame, "NM", "M", "", "", "N", "2"),
        ("5", *frame, "NM", "MISSING", "", "", "N", "1"),
        ("6", *frame, "NM", "", "", "MS", "N", "2"),
        ("7", *frame, "MEM", "", "", "", "Y", "4"),
        ("8", *frame, "NM", "", "", "", "Y", "5"),
        ("9", *frame, "", "", "", "", "Y", "9"),
    ]
    assert all(not re.sub(r"\s", "", r[14:48]) and not r[113:143].strip() and not r[158:263].strip() for r in records)


def test_what_was_written_reads_back_without_a_problem():
    found = read_file(find_profile("156"), written())
    assert found.problems == []
    assert found.header["TotalRecords"] == "9"
    by_sex = {(r["RepresentativeStatusID"], r["GenderID"]): r["Amount"] for r in found.records if r["GenderID"]}
    assert by_sex == {("MEM", "F"): "3", ("MEM", "M"): "1", ("NM", "F"): "2", ("NM", "M"): "2", ("NM", "MISSING"): "1"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"CTECONPRGNT ", b"CTECONPRGNT", "it has 473 characters; it must have 474"),
        (b"CTECONPRGNT", b"CTECONXXXXX", 'TableTypeAbbrv is "CTECONXXXXX"'),
        (b"MISSING", b"UNKNOWN", 'GenderID is "UNKNOWN"'),
        (b"9         xx", b"8         xx", 'TotalRecords is "8", and the file has 9 records'),
        (b"3         \r", b"2         \r", "MEM by GenderID: the parts add up to 3, and the total is 4"),
        (b"9         \r", b"8         \r", "The total is 8, and the subtotals add up to 9"),
        (b"A KIND", b"KIND", "The header has 582 characters"),
    ],
)
def test_a_file_that_was_altered_is_found_out(old, new, said):
    content = written()
    assert old in content
    problems = read_file(find_profile("156"), content.replace(old, new, 1)).problems
    assert any(said in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",,MEM,4", ",,MEM,5", "MEM by GenderID: the parts add up to 4, and the total is 5"),
        ("MigrantStatusID,MS,NM,2", "MigrantStatusID,MS,NM,6", "6 are more than the total of 5"),
        ("MigrantStatusID,MS", "HomelessServedID,YES", "no source gives its values"),
        ("MigrantStatusID,MS", "NonTraditionalEnrolleesID,NTE", "has no category NonTraditionalEnrolleesID"),
        ("GenderID,M,NM", "GenderID,X,NM", 'GenderID cannot be "X"'),
        ("GenderID,M,NM,2", "GenderID,F,NM,2", "is there twice"),
        (",,MEM,4", ",,MEM,", "row 2 is"),
        ("Amount", "Number", "no column Amount"),
    ],
)
def test_amounts_that_cannot_be_written_are_refused_with_the_reason(old, new, said):
    with pytest.raises(Refusal, match=re.escape(said)):
        written(COUNTED.replace(old, new, 1))


@pytest.mark.parametrize("file", find_profiles())
def test_every_profile_has_the_positions_of_its_source(file):
    profile = find_profiles()[file]
    columns = {column.name: column for column in profile.columns}
    assert (columns["TotalIndicator"].first, columns["Amount"].last) == (ENDS[file], ENDS[file] + 210)
    assert all(column.length == 15 for name, column in columns.items() if profile.is_category(name))
    assert profile.last_year == "2020-2021"
    is_crossed_nowhere = [each.column for each in profile.category_sets]
    assert len(is_crossed_nowhere) == len(set(is_crossed_nowhere))


def test_a_file_whose_table_no_source_names_is_not_written():
    with pytest.raises(Refusal, match="209 cannot be written, because no source gives the abbreviation"):
        write_file(find_profile("209"), HEAD, [Amount((), "", "", 3)])


def test_a_file_without_outcomes_has_one_total():
    profile = find_profile("169")
    amounts = [Amount((), "PlacementTypeID", code, count) for code, count in (("MILITARY", 2), ("POSTSEC", 5))]
    found = read_file(profile, write_file(profile, HEAD, [*amounts, Amount((), "", "", 7)]))
    assert [(each["PlacementTypeID"], each["Amount"]) for each in found.records] == [
        ("MILITARY", "2"), ("POSTSEC", "5"), ("", "7")
    ]  # fmt: skip
    assert found.problems == []


def test_a_profile_with_a_gap_is_refused_with_its_line(tmp_path):
    path = tmp_path / "156.toml"
    path.write_text((FOLDER / "156.toml").read_text().replace("first = 84", "first = 85"))
    with pytest.raises(BrokenLayout, match=r"156.toml:\d+: GenderID begins at 85, and the column before it ends at 83"):
        load_profile(path)


def test_the_command_lists_writes_and_checks(tmp_path):
    amounts, path = tmp_path / "amounts.csv", tmp_path / "156.dat"
    amounts.write_text(COUNTED)
    options = ["--school-year=2020-2021", "--file-type=A KIND OF FILE", "--file-name=xx156.dat", "--state-code=99"]
    options += ["--agency=01", "--of-part=N", "--of-total=Y", "--file-identifier=first try"]
    run = CliRunner().invoke(edfacts, ["write", "156", str(amounts), *options], catch_exceptions=False)
    path.write_bytes(run.stdout_bytes)
    assert path.read_bytes() == written()
    checked = CliRunner().invoke(edfacts, ["check", "156", str(path)])
    assert (checked.exit_code, checked.output) == (0, "9 records for 2020-2021\n")
    assert CliRunner().invoke(edfacts, ["check", "154", str(path)]).exit_code == 1
    assert "209: Enrollment, secondary (historical" in CliRunner().invoke(edfacts, ["list"]).output
