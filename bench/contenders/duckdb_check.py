"""DuckDB SQL with all the checks of a file type: which rows are refused, and the findings in a CSV file.

`python -m bench.contenders.duckdb_check cte FILE REFERENCE FINDINGS [GOOD]`: a process of its own, which imports nothing
else. A finding has row, column, value, code and message; what the message says beyond that tidegate adds alone. With
GOOD the rows that are not refused are written as they are stored, for PostgreSQL's COPY.
"""

import sys
from pathlib import Path
from string import Template

import duckdb

from bench.contenders.duckdb_rounds import ask

HERE = Path(__file__).parent


def statements(name: str, places: dict[str, str]) -> list[str]:
    """Return the statements of a script, with these places put in."""
    text = Template((HERE / f"{name}.sql").read_text()).substitute(places)
    without_notes = "\n".join(
        line for line in text.splitlines() if not line.lstrip().startswith("-- ") or line == "-- round"
    )
    return [statement for statement in without_notes.split(";\n") if statement.strip(" \n;")]


def check(file_type: str, file: Path, reference: Path, findings: Path, good: Path | None = None) -> None:
    """Write the findings, and the good rows if they are asked for."""
    connection = duckdb.connect(config={"threads": 2})
    places = {"file": str(file), "reference": str(reference), "findings": str(findings), "good": str(good)}
    name = "cte" if file_type == "cte" else "enrollment"
    for statement in statements(f"duckdb_{name}", places):
        connection.execute(statement)
    if name == "enrollment":
        across = statements("duckdb_rounds", places)
        begin = next(number for number, statement in enumerate(across) if "-- round" in statement)
        ask(connection, across[:begin], across[begin:])
        connection.execute(statements("duckdb_findings_enrollment", places)[0])
    if good:
        connection.execute(statements(f"duckdb_good_{name}", places)[0])


if __name__ == "__main__":
    kind, *paths = sys.argv[1:]
    check(kind, *map(Path, paths))
