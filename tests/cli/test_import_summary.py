"""What an import did is said in words whose counts agree with their nouns."""

import pytest
from typer.testing import CliRunner

from tests.records.conftest import LINES, write_folder  # noqa: F401 - a fixture
from tidegate.cli.import_summary import changes_in_words, noun_of
from tidegate.cli.main import app
from tidegate.core.reference.table import required_files
from tidegate.reference.import_file import Merged

ENROLLMENTS = LINES["enrollments.csv"]


@pytest.fixture
def lines(db, write_folder):  # noqa: F811 - the fixture
    """Import a folder, and return what the command printed."""

    def run(**changed: list[str]) -> list[str]:
        answer = CliRunner().invoke(app, ["import-reference", str(write_folder(**changed))])
        assert answer.exit_code == 0, answer.exception
        return answer.output.splitlines()

    return run


def test_a_first_import_says_what_was_added(lines):
    assert lines() == [
        "organizations.csv: 5 organizations were added",
        "cte_codes.csv: 2 CTE codes were added",
        "students.csv: 2 students were added",
        "enrollments.csv: 4 enrollments were added",
        "1 school year was added: 2020-2021",
        "What is on file and not in these files stays as it was",
        "A worker checks the lines on file against these lists: what no longer fits is listed under that name",
    ]


def test_the_same_again_says_that_nothing_was_changed(lines):
    lines()
    assert lines() == [
        "organizations.csv: 5 organizations are unchanged",
        "cte_codes.csv: 2 CTE codes are unchanged",
        "students.csv: 2 students are unchanged",
        "enrollments.csv: 4 enrollments are unchanged",
        "Everything in these files is on file already, and nothing was changed",
    ]


def test_what_was_changed_and_what_has_ended_are_told_apart(lines):
    lines()
    ended = ENROLLMENTS[0].removesuffix(",,") + ",2021-06-11,01"
    regraded = ENROLLMENTS[1].replace(",11,", ",12,")
    another = "2021-2022,1000,1001,900000003,,P,12,2021-09-01,01,,"
    said = lines(
        enrollments=[ended, regraded, *ENROLLMENTS[2:], another],
        cte_codes=["01.0205,Agricultural mechanics,2019-2020,2021-2022"],
        students=["900000002,O'Octave,Banjo,Reed,2004-01-01,"],
        organizations=[],
    )
    assert said == [
        "organizations.csv: no organizations in it",
        "cte_codes.csv: 1 CTE code has ended",
        "students.csv: 1 student was changed",
        "enrollments.csv: 1 enrollment was added, 1 was changed, 1 has ended, 2 are unchanged",
        "1 school year was added: 2021-2022",
        "What is on file and not in these files stays as it was",
        "A worker checks the lines on file against these lists: what no longer fits is listed under that name",
    ]


def test_large_counts_are_written_as_people_read_them():
    merged = Merged(row_count=3001, added_count=2000, changed_count=1001, ended_count=1)
    said = changes_in_words(merged, noun_of("students.csv"))
    assert said == "2,000 students were added, 1,000 were changed, 1 has ended"


def test_every_file_of_the_folder_has_its_noun():
    assert len({noun_of(file.file_name) for file in required_files()}) == len(required_files())
    assert noun_of("race_codes.csv") == ("code", "codes")
