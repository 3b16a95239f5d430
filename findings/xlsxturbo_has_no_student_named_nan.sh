#!/usr/bin/env bash
# xlsxturbo makes of a CSV a workbook in which a student named Nan has no first name and one named True is a yes, and
# a column of American dates falls apart: 9/8/2026 is in August, 9/13/2026 in September.
#
# Versions: xlsxturbo 1.12.1, openpyxl 3.1.5, names 0.3.0 (the census of 1990); Python 3.11, Linux x86_64, 2026-11-29.
# Each cell is taken by itself for a number, a yes or no, or a date, if it can be one. Nan can: it is not a number, in
# the way of floating point, and such cells are left empty, as documented. A zero before an identifier goes, and the
# E of 12E5 is a power of ten. Dates are European by default, and American where that cannot be; with us it is the
# other way round, so that 13/9/2026 is no mistake there either.
#
# Output seen:
#   012345678 12E5 01.0205 are 12345678 1200000 1.0205
#   9/8/2026 9/13/2026 13/9/2026 are 2026-08-09 2026-09-13 2026-09-13
#   9/8/2026 9/13/2026 13/9/2026 are with us 2026-09-08 2026-09-13 2026-09-13
#   of 5163 first names changed: Nan is NoneType None
#   of 88799 last names changed: Nan is NoneType None, True is bool True
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    xlsxturbo==1.12.1 openpyxl==3.1.5 names==0.3.0 2>/dev/null
cd "$work"
seen=$(venv/bin/python - <<'PYTHON'
import csv
import pathlib

import names
import openpyxl
import xlsxturbo


def through(rows, **options):
    """Write the rows as CSV, turn that into a workbook, and read the workbook."""
    with open("students.csv", "w", newline="") as file:
        csv.writer(file).writerows([["header"] * len(rows[0]), *rows])
    xlsxturbo.csv_to_xlsx("students.csv", "students.xlsx", **options)
    return [[cell.value for cell in row] for row in openpyxl.load_workbook("students.xlsx").active.rows][1:]


def show(cells):
    return " ".join(str(getattr(cell, "date", lambda cell=cell: cell)()) for cell in cells)


IDENTIFIERS = ["012345678", "12E5", "01.0205"]
DATES = ["9/8/2026", "9/13/2026", "13/9/2026"]
print(show(IDENTIFIERS), "are", show(through([IDENTIFIERS])[0]))
print(show(DATES), "are", show(through([DATES])[0]))
print(show(DATES), "are with us", show(through([DATES], date_order="us")[0]))
folder = pathlib.Path(names.__file__).parent
for kind, files in {"first": ["dist.male.first", "dist.female.first"], "last": ["dist.all.last"]}.items():
    lines = [line for file in files for line in (folder / file).read_text().splitlines()]
    known = sorted({line.split()[0].capitalize() for line in lines})
    cells = [row[0] for row in through([[name] for name in known])]
    changed = [f"{name} is {type(cell).__name__} {cell}" for name, cell in zip(known, cells) if cell != name]
    print(f"of {len(known)} {kind} names changed:", ", ".join(changed))
PYTHON
)
echo "$seen"
[ "$seen" = "012345678 12E5 01.0205 are 12345678 1200000 1.0205
9/8/2026 9/13/2026 13/9/2026 are 2026-08-09 2026-09-13 2026-09-13
9/8/2026 9/13/2026 13/9/2026 are with us 2026-09-08 2026-09-13 2026-09-13
of 5163 first names changed: Nan is NoneType None
of 88799 last names changed: Nan is NoneType None, True is bool True" ]
