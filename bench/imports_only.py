"""A process that imports what `tidegate check` imports, and does nothing: `python -m bench.imports_only LIST`.

With `--write`, and a command line of the program after it, it runs that command and writes the names of all modules that
are not the program's own into LIST.
"""

import importlib
import sys
from contextlib import suppress
from pathlib import Path


def write(path: Path, arguments: list[str]) -> None:
    """Run the program with these arguments and write what it has imported."""
    from tidegate.cli.main import run

    sys.argv = ["tidegate", *arguments]
    with suppress(SystemExit):
        run()
    names = [name for name in sys.modules if name.partition(".")[0] not in ("tidegate", "bench", "__main__")]
    path.write_text("\n".join(names) + "\n")


def main() -> None:
    """Import everything of the list, in its order."""
    path = Path(sys.argv[1])
    if sys.argv[2:3] == ["--write"]:
        write(path, sys.argv[3:])
        return
    for name in path.read_text().split():
        with suppress(ImportError):  # a module that was made while the program ran
            importlib.import_module(name)


if __name__ == "__main__":
    main()
