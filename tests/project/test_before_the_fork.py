"""What a site does before its web processes are forked: they have none of the threads that were started before."""

import subprocess
import sys

import pytest

_SET_UP = """
from pathlib import Path
from tidegate.cli.setup import set_up_django
set_up_django()
print(*sorted(path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted as Linux lists them")
def test_setting_up_starts_no_thread_of_polars_pool():
    threads = subprocess.run([sys.executable, "-c", _SET_UP], capture_output=True, text=True, check=True).stdout.split()
    assert "polars-0" not in threads
