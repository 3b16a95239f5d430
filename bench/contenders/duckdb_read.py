"""DuckDB, which merely reads the file as text."""

from pathlib import Path

import duckdb


def run(file: Path, reference: Path) -> None:
    duckdb.sql("SET threads = 2")
    duckdb.sql(f"CREATE TABLE rows AS SELECT * FROM read_csv('{file}', all_varchar = true)")
