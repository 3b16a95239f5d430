"""A mistyped path is said with a sentence before the work is done, and is no fault of the program."""

import os

import pytest

from tests.forked_command import run_command
from tidegate.cli.named_paths import refuse_no_file, refuse_unreadable, refuse_unwritable, refuse_unwritable_folder
from tidegate.core.errors import Refusal
from tidegate.file_types import find

CASE = find("cte").folder / "cases" / "the_guides_two_errors"
CHECK = (
    "check", CASE / "upload.csv", "--file-type", "cte", "--school-year", "2020-2021", "--reference", CASE / "reference"
)  # fmt: skip
HEAD = (
    "--school-year", "2020-2021", "--file-type", "x", "--file-name", "x", "--state-code", "23", "--agency", "01",
    "--of-part", "N", "--of-total", "Y",
)  # fmt: skip


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ((*CHECK, "--result-log", "nowhere/log.csv"), "nowhere/log.csv cannot be written."),
        ((*CHECK, "--report", "."), ". cannot be written."),
        (("check", "a-file/x.csv", *CHECK[2:]), "There is no such file."),
        (("edfacts", "check", "156", "nowhere.txt"), "nowhere.txt cannot be read."),
        (("edfacts", "write", "156", "nowhere.csv", *HEAD), "nowhere.csv cannot be read."),
        (("edfacts", "write", "156", "a-file", *HEAD), "a-file is not written in UTF-8."),
        (("snapshot", "department", "1", "--output", "nowhere/made.xlsx"), "nowhere/made.xlsx cannot be written."),
        (("rehearse", "--state", "x", "--rows", "nowhere/rows.csv"), "nowhere/rows.csv cannot be written."),
        (("export-records", "a-file", "--school-year", "2020-2021"), "a-file cannot be written."),
        (("export-reference", "a-file/below"), "a-file/below cannot be written."),
        (("sample-reference", "a-file/below"), "a-file/below cannot be written."),
        (("backup", "a-file"), "a-file cannot be written."),
    ],
)
def test_a_path_that_leads_nowhere_is_said_before_the_work(tmp_path, command, said):
    (tmp_path / "a-file").write_bytes(b"\xff\xfe")
    away = {
        "TIDEGATE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "TIDEGATE_DATA_DIR": str(tmp_path / "data"),
    }
    run = run_command(command, env={**os.environ, **away}, cwd=tmp_path)
    assert (run.returncode, run.stderr.splitlines()[:1], run.stdout) == (2, [said], "")


def test_a_path_that_can_be_used_is_let_pass(tmp_path):
    file = tmp_path / "there.csv"
    refuse_unwritable(file)
    file.touch()
    for look in (refuse_unwritable, refuse_unreadable, refuse_no_file):
        look(file)
    refuse_unwritable_folder(tmp_path / "new" / "below")
    refuse_unwritable_folder(tmp_path)


@pytest.mark.parametrize("look", [refuse_unwritable, refuse_unreadable, refuse_no_file])
def test_a_name_that_no_file_can_have_is_refused(tmp_path, look):
    with pytest.raises(Refusal):
        look(tmp_path / ("x" * 5_000) / "y")


def test_a_data_folder_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "a-file").touch()
    home = {"TIDEGATE_DATA_DIR": str(tmp_path / "a-file" / "data")}
    run = run_command(["state-hash"], env={**os.environ, **home})
    assert (run.returncode, "/a-file/data cannot be used." in run.stderr) == (2, True)
