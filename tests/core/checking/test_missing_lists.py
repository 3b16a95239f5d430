"""Without one of its lists a check says which rules it could not ask, and reports nothing as not found."""

import json
import shutil
from functools import cache
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from tests.core.worlds import ROWS, make_file, make_reference
from tidegate.cli.main import app
from tidegate.core import Focus, ReferenceFolder, check
from tidegate.core.errors import Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.number_requests import NumberRequests
from tidegate.core.reference.stored_lines import line_table
from tidegate.core.rules.rule import FileRule
from tidegate.file_types import find

YEAR = SchoolYear(2020)
OF_LINES = line_table(find("cte").layout, find("cte").layout.on_file).file
EMPTY = (NumberRequests.file, OF_LINES)
NOT_ASKED = {
    ("cte", "organizations.csv"): {"FIND401", "FIND402", "ORG201", "CTE404", "CTE501", "CTE503", "CTE504"},
    ("cte", "students.csv"): {"FIND403", "CTE501", "CTE502", "CTE504"},
    ("cte", "enrollments.csv"): {"CTE501", "CTE502", "CTE503", "CTE504"},
    ("cte", "cte_codes.csv"): {"CTE403", "CTE301"},
    ("cte", "cte_records.csv"): {"CTE601", "CTE602", "CTE603"},
    ("student-enrollment", "organizations.csv"): {"FIND401", "FIND402", "ENR201", "ENR405"},
    ("student-enrollment", "students.csv"): {"FIND403"},
    ("student-enrollment", "enrollments.csv"): {"ENR501", "ENR502", "ENR503", "ENR504"},
    ("student-information", "organizations.csv"): {"FIND401", "INF501"},
    ("student-information", "students.csv"): {"FIND403", "INF501", "INF502"},
    ("student-information", "enrollments.csv"): {"INF501"},
    ("cte-outcome", "organizations.csv"): {"FIND401", "FIND402", "OUT404", "OUT501"},
    ("cte-outcome", "students.csv"): {"FIND403", "OUT501"},
    ("cte-outcome", "enrollments.csv"): {"OUT502"},
    ("cte-outcome", "cte_codes.csv"): {"FIND404 of CTECode", "OUT501"},
    ("cte-outcome", "credential_codes.csv"): {"FIND404 of Credential"},
    ("cte-outcome", "cte_records.csv"): {"OUT501"},
    ("new-state-id", "students.csv"): {"NSI301", "NSI501"},
    ("new-state-id", "organizations.csv"): {"FIND401"},
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Path:
    folder = make_reference(tmp_path_factory.mktemp("lists") / "reference")
    for file in EMPTY:
        if not (folder / file.file_name).exists():
            (folder / file.file_name).write_text(",".join(file.header) + "\n")
    return folder


@pytest.fixture(scope="module")
def found(reference, tmp_path_factory):
    """Check a random file with all lists or without one: what was found, and what was not asked."""

    @cache
    def check_without(slug: str, missing: str | None, seed: int):
        kind, folder = find(slug), tmp_path_factory.mktemp("without") / "reference"
        shutil.copytree(reference, folder)
        if missing:
            (folder / missing).unlink(missing_ok=True)
        path = make_file(folder.parent / "upload.csv", kind, Random(seed), count=200)
        tables = ReferenceFolder(folder)
        result = check(path, kind.layout, kind.rules, focus=Focus(YEAR, 1000, "Rock Star"), tables=tables)
        return set(result.findings.select("row", "column", "code").iter_rows()), result.not_asked

    return check_without


@pytest.mark.parametrize(("slug", "missing"), NOT_ASKED)
def test_rules_that_need_a_missing_list_are_named_and_report_nothing(found, slug, missing):
    kind = find(slug)
    for seed in range(2):
        whole, everything_asked = found(slug, None, seed)
        assert not everything_asked
        part, not_asked = found(slug, missing, seed)
        assert not_asked.keys() == {missing}
        assert NOT_ASKED[slug, missing] <= set(not_asked[missing])
        assert not {code for _, _, code in part} & set(not_asked[missing])
        # A row that is bad by a rule that is not asked now may break rules across rows, or hold others back; and what
        # such a rule made a mere consequence is said now.
        # CELL103: without enrollments a number that has lost its zeros stays as it is.
        across = {"CELL103", *(rule.code for rule in kind.rules if isinstance(rule, FileRule))}
        said_now = {rule.code for rule in kind.rules if not set(not_asked[missing]).isdisjoint(rule.suppressed_by)}
        assert {each for each in part if each[2] not in across | said_now} <= whole


def test_without_the_number_requests_none_was_made(found):
    assert found("new-state-id", NumberRequests.file.file_name, 0) == found("new-state-id", None, 0)


@pytest.mark.parametrize("slug", ROWS)
def test_a_list_that_no_rule_needs_is_not_missed(found, slug):
    assert found(slug, "taught_codes.csv", 0) == found(slug, None, 0)


def test_a_folder_without_any_list_is_refused(tmp_path):
    (tmp_path / "upload.csv").write_text("SAUID\n")
    kind = find("cte")
    with pytest.raises(Refusal, match="none of the lists"):
        check(tmp_path / "upload.csv", kind.layout, kind.rules, focus=Focus(YEAR), tables=ReferenceFolder(tmp_path))


def test_the_command_names_what_it_did_not_check(reference, tmp_path):
    folder = tmp_path / "lists"
    shutil.copytree(reference, folder)
    (folder / "enrollments.csv").unlink()
    path = make_file(tmp_path / "upload.csv", find("cte"), Random(0), count=5)
    options = ["--file-type", "cte", "--school-year", "2020-2021", "--reference", str(folder), "--format", "json"]
    run = CliRunner().invoke(app, ["check", str(path), *options])
    codes = ["CTE501", "CTE502", "CTE503", "CTE504"]
    assert f"Not checked: {', '.join(codes)}. The reference folder has no enrollments.csv." in run.stderr
    assert f'"not_checked": {{"enrollments.csv": {json.dumps(codes)}}}' in run.stdout
