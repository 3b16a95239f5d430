"""The example of another state is what docs/extending says, and needs neither a database nor the rest of the suite."""

import os
import re
import subprocess

import pytest

from tests.browser.running_site import TIDEGATE
from tests.examples.way import BLOCKS, EXAMPLE, GUIDE, ROOT, commands
from tidegate.core.layouts.state import load_state

LINK = re.compile(r"\]\((\.\./\.\./examples/second_state/[^)]+\.(?:toml|py|csv))\)")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TIDEGATE_STATE": str(EXAMPLE)}
    command = [*TIDEGATE, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_what_the_way_shows_of_a_file_is_cut_from_it():
    pairs = zip(BLOCKS[::2], BLOCKS[1::2], strict=False)
    shown = [(links[-1], block.partition("\n")[2]) for before, block in pairs if (links := LINK.findall(before))]
    assert len(shown) > 5
    for link, block in shown:
        assert block in (GUIDE.parent / link).read_text(), f"{link} does not have: {block}"


def test_the_test_of_the_way_finds_nothing_wrong_or_missing():
    (command,) = commands("test-state")
    tested = run(*command)
    assert (tested.returncode, tested.stderr) == (0, ""), tested.stdout
    assert "all is well (1 file type, 5 rules, " in tested.stdout


def test_the_check_of_the_way_prints_what_is_to_be_corrected():
    (command,) = commands("check")
    checked = run(*command)
    assert checked.returncode == 1, checked.stderr
    assert 'The list of bus routes has no "C02"' in checked.stdout
    assert "Row Count 13   Success Count 9   Error 4" in checked.stdout


def test_nothing_outside_of_its_folder_names_the_example_state():
    if not (ROOT / ".git").exists():
        pytest.skip("only git knows which files are of the repository")
    name = load_state(EXAMPLE).name
    search = ["git", "grep", "--ignore-case", "--files-with-matches", name, "--", ".", ":!examples/second_state"]
    named = subprocess.run(search, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (named.returncode, named.stdout) == (1, "")
