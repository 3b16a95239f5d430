"""Makes a stored state and keeps its PostgreSQL running until the input ends: `python -m bench.keep_server REFERENCE`.

It says the connection string of the server's own database. The data folder is that of `BENCH_DATA_DIR`, the program that of the path.
"""

import sys
from pathlib import Path

from bench.state import make_state

SAID = "The server: "


def main() -> None:
    """Make the state, say where it is, and wait."""
    print(f"{SAID}{make_state(Path(sys.argv[1]))}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
