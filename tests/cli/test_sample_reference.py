"""`tidegate sample-reference`: the way to a first Result Log without a server."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.forked_command import run_command
from tidegate.core import Focus, ReferenceFolder, SchoolYear, check
from tidegate.file_types import find

README = Path(__file__).parents[2] / "README.md"


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    return run_command(arguments, cwd=folder)


def test_the_readmes_commands_lead_to_a_result_log(tmp_path):
    section = README.read_text().partition("## Your own file's Result Log")[2].partition("\n## ")[0]
    block = section.partition("```\n")[2].partition("```")[0].replace("\\\n", " ")
    commands = [shlex.split(line)[1:] for line in block.splitlines() if line.startswith(".venv/bin/tidegate ")]
    written, checked = (run(*command, folder=tmp_path) for command in commands)
    assert (written.returncode, checked.returncode) == (0, 1)
    assert re.search(r"Row Count \d+   Success Count [1-9]", checked.stdout)
    assert (tmp_path / "log.csv").read_text().startswith("Row Number,SAU ID,School ID,State Student Number,Error\n")


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "students.csv").write_text("real\n")
    answer = run("sample-reference", tmp_path, folder=tmp_path)
    assert answer.returncode == 2
    assert "is not an empty folder" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["students.csv"]


@pytest.mark.parametrize("file_type", ["cte", "student-enrollment", "new-state-id"])
def test_the_core_checks_a_sample_file_as_a_library(tmp_path, file_type):
    run("sample-reference", "sample", folder=tmp_path)
    kind = find(file_type)
    result = check(
        tmp_path / "sample" / "files" / f"{file_type.replace('-', '_')}.csv",
        kind.layout,
        kind.rules,
        focus=Focus(SchoolYear.parse("2020-2021")),
        tables=ReferenceFolder(tmp_path / "sample" / "reference"),
    )
    assert result.row_count > 0
    assert result.row_count == result.success_count + result.error_count
