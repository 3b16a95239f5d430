"""Runs one command and writes what it used as JSON: `python -I bench/measured.py COMMAND...`.

It is a process of its own, and a small one: Linux counts the memory of the process that starts another one among the
most memory of that one (`wait4`), and the bench itself may hold the findings of a million rows.
"""

import json
import os
import sys
import time


def main() -> None:
    """Run the command, whose output goes nowhere; a line has seconds, seconds of the processor, kB and the status."""
    to_null = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    begin = time.perf_counter()
    child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=to_null)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps([wall, used.ru_utime + used.ru_stime, used.ru_maxrss, code]))


if __name__ == "__main__":
    main()
