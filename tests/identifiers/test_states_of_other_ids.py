"""Small invented states whose IDs are not Maine's: each is tried in a process of its own, which serves one state."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.identifiers.small_state import write_state

_OURS = ("TIDEGATE_", "PYTEST_XDIST", "DJANGO_")
_WITHOUT = ("cacheprovider", "xdist", "schemathesis", "randomly")
_INSIDE = Path(__file__).with_name("inside_a_state.py")


@pytest.mark.parametrize(
    ("ids", "database"),
    [
        pytest.param({"digits": (10, 10)}, "of another state", id="10 digits"),
        pytest.param(
            {"digits": (5, 7), "form": "text", "length": 14}, "from the beginning", id="5 to 7 digits and texts"
        ),
        pytest.param({"digits": (11, 12), "length": 14}, "of another state", id="11 to 12 digits and long numbers"),
    ],
)
def test_a_state_of_other_ids_is_served_from_check_to_export(tmp_path, ids, database):
    folder = write_state(tmp_path, **ids)
    without = [word for name in _WITHOUT for word in ("-p", f"no:{name}")]
    # A folder of its own: in the shared one pytest takes back the rights by which other tests' databases are reached.
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "--basetemp",
        str(tmp_path / "inside"),
        *without,
        str(_INSIDE),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    environment |= {"TIDEGATE_STATE": str(folder), "TEST_DATABASE": database}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
