"""A code list of any name is data: it is imported, answered and exported like that of CTE codes."""

import pytest

from tidegate.core.errors import Refusal
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.reference.table import reference_tables
from tidegate.records.export_folder import export_reference
from tidegate.records.import_folder import import_reference
from tidegate.records.reference_data import ReferenceDatabase, tables_in_database

pytestmark = pytest.mark.django_db

HEADER = "Code,Title,FirstYear,LastYear"
RACES = f"{HEADER}\n1,One,,\n2,Two,2019-2020,2021-2022\n"


def test_a_list_of_any_name_comes_back_as_it_was_imported(write_folder, tmp_path):
    folder = write_folder()
    (folder / "race_codes.csv").write_text(RACES)
    (folder / "towns.csv").write_text(f"{HEADER}\nA1,Augusta,,\n")
    (folder / "notes.csv").write_text("What,Else\n1,2\n")
    summary = import_reference(folder, by=None)
    assert summary.files["race_codes.csv"].added_count == 2
    assert summary.files["towns.csv"].added_count == 1
    assert "notes.csv" not in summary.files
    for name in ("race_codes", "towns", "cte_codes"):
        of_database, of_folder = ReferenceDatabase().codes(name), ReferenceFolder(folder).codes(name)
        assert of_database.sort("code").equals(of_folder.sort("code"))
    export_reference(tmp_path / "out")
    assert (tmp_path / "out" / "race_codes.csv").read_text() == RACES
    assert not import_reference(tmp_path / "out", by=None).has_changes


def test_a_list_is_known_by_its_header_in_any_spelling(write_folder):
    folder = write_folder()
    (folder / "towns.csv").write_text("code;title;First Year;last_year\nA1;Augusta;;\n")
    assert import_reference(folder, by=None).files["towns.csv"].added_count == 1


def test_two_lists_may_have_the_same_code(write_folder):
    folder = write_folder()
    (folder / "a_codes.csv").write_text(f"{HEADER}\n01.0205,Other,,\n")
    import_reference(folder, by=None)
    assert ReferenceDatabase().codes("a_codes").rows() == [("01.0205", "Other", None, None)]
    assert ReferenceDatabase().codes("cte_codes").height == 2


def test_a_list_with_another_header_is_refused_with_its_file(write_folder):
    folder = write_folder()
    (folder / "race_codes.csv").write_text("Code,Name\n1,One\n")
    with pytest.raises(Refusal) as refused:
        import_reference(folder, by=None)
    assert "race_codes.csv row 1: Column" in refused.value.fix


def test_what_is_wrong_in_a_list_is_said_with_file_and_row(write_folder):
    folder = write_folder()
    (folder / "race_codes.csv").write_text(f"{HEADER}\n1,One,2020-2021,2018-2019\n1,Again,,\n{'x' * 21},Long,,\n")
    with pytest.raises(Refusal) as refused:
        import_reference(folder, by=None)
    said = refused.value.fix.splitlines()
    assert [line.partition(": ")[0] for line in said] == [f"race_codes.csv row {row}" for row in (2, 3, 4)]


def test_a_list_that_nobody_has_is_refused_offline(write_folder):
    with pytest.raises(Refusal, match=r"The reference folder has no race_codes\.csv"):
        ReferenceFolder(write_folder()).codes("race_codes")


def test_every_reference_table_stands_in_the_database():
    in_database = [table.name for table in tables_in_database()]
    assert in_database == [table.name for table in reference_tables()], (
        "Add a module with a DatabaseTable in reference/tables or records/tables, beside the table's model"
    )
