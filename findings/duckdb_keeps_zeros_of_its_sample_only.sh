#!/usr/bin/env bash
# DuckDB reads the same rows sorted two ways as two tables: the student 012345678 keeps the zero where that
# row is among the first, and is the number 12345678 where it is among the last. The same first row decides
# whether all the other students started in September or in August.
#
# Versions: duckdb 2.0.1; Python 3.11, Linux x86_64, 2026-11-28.
# A zero in front makes a column text, 9/13/2026 makes a date the month's first; both only within the
# sample of 20480 rows. Beyond it the zero goes without a word, while such a date ends the reading with an
# error. Without one the day comes first: 9/8/2026 is the 9th of August. Small test files never show it.
#
# Output seen:
#   zero in the first row: VARCHAR 012345678
#   zero in the last row: BIGINT 12345678
#   9/13/2026 in the first row: 29999 of 30000 on 2026-09-08
#   9/13/2026 in the last row: ConversionException
#   9/13/2026 nowhere: 30000 of 30000 on 2026-08-09
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check duckdb==2.0.1 2>/dev/null
cd "$work"
seen=$(venv/bin/python - <<'PYTHON'
import duckdb

OTHERS = 29_999


def write(header, first, rest, last):
    lines = [header, *first, *rest, *last]
    with open("students.csv", "w") as file:
        file.write("".join(f"{line}\n" for line in lines))


numbers = [str(100_000_000 + number) for number in range(OTHERS)]
for place, first, last in [("first", ["012345678"], []), ("last", [], ["012345678"])]:
    write("StudentId,Grade", *([f"{each},9" for each in part] for part in (first, numbers, last)))
    kind, least = duckdb.execute("SELECT typeof(any_value(StudentId)), min(StudentId) FROM 'students.csv'").fetchone()
    print(f"zero in the {place} row: {kind} {least}")
later = "1,9/13/2026"
for place, first, last in [("in the first row", [later], []), ("in the last row", [], [later]), ("nowhere", ["1,9/8/2026"], [])]:
    write("Grade,StartDate", first, ["1,9/8/2026"] * OTHERS, last)
    try:
        day, number = duckdb.execute(
            "SELECT StartDate, count(*) FROM 'students.csv' GROUP BY ALL ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()
        print(f"9/13/2026 {place}: {number} of {OTHERS + 1} on {day}")
    except duckdb.Error as error:
        print(f"9/13/2026 {place}: {type(error).__name__}")
PYTHON
)
echo "$seen"
[ "$seen" = "zero in the first row: VARCHAR 012345678
zero in the last row: BIGINT 12345678
9/13/2026 in the first row: 29999 of 30000 on 2026-09-08
9/13/2026 in the last row: ConversionException
9/13/2026 nowhere: 30000 of 30000 on 2026-08-09" ]
