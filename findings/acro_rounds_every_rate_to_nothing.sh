#!/usr/bin/env bash
# acro rounds a table of attendance rates to 0.0 in every cell, and takes percentages for numbers of
# students: a table whose smallest cell stands for 12 of them fails as too small in each of its cells.
#
# Versions: acro 1.0.2 with pandas 2.3.3; Python 3.11, Linux x86_64, 2026-11-28.
# The checks want 10 students in a cell. Counts and means of the made-up table below pass them. With
# normalize, the share of a cell (0.19) is itself held against 10. mitigation="round" rounds to the nearest
# 5 whatever the cells are, so that a mean rate of 0.42, which no check objected to, is published as 0.0,
# beside counts that are rounded as one would wish. The status is "review", as it is for any rounded table.
#
# Output seen:
#   as it is, count: pass, 13 12 43 14 16 37
#   as it is, row shares: fail, 0.19 0.18 0.63 0.21 0.24 0.55
#   as it is, mean rate: pass, 0.42 0.52 0.49 0.54 0.5 0.51
#   rounded, count: review, 15.0 10.0 45.0 15.0 15.0 35.0
#   rounded, row shares: review, 0.0 0.0 0.0 0.0 0.0 0.0
#   rounded, mean rate: review, 0.0 0.0 0.0 0.0 0.0 0.0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check acro==1.0.2 pandas==2.3.3 2>/dev/null
cd "$work"
seen=$(venv/bin/python 2>/dev/null - <<'PYTHON'
import pandas
from acro import ACRO

CELLS = {
    ("North", "A"): 13,
    ("North", "B"): 12,
    ("North", "C"): 43,
    ("South", "A"): 14,
    ("South", "B"): 16,
    ("South", "C"): 37,
}
students = pandas.DataFrame(
    [cell for cell, number in CELLS.items() for _ in range(number)], columns=["school", "group"]
)
students["rate"] = (students.index % 9 + 1) / 10
tables = {
    "count": {},
    "row shares": {"normalize": "index"},
    "mean rate": {"values": students["rate"], "aggfunc": "mean"},
}
for way, options in {"as it is": {}, "rounded": {"mitigation": "round"}}.items():
    acro = ACRO(**options)
    for name, kind in tables.items():
        table = acro.crosstab(students["school"], students["group"], **kind)
        *_, record = acro.results.results.values()
        print(f"{way}, {name}: {record.status},", *table.round(2).to_numpy().ravel())
PYTHON
)
echo "$seen"
[ "$seen" = "as it is, count: pass, 13 12 43 14 16 37
as it is, row shares: fail, 0.19 0.18 0.63 0.21 0.24 0.55
as it is, mean rate: pass, 0.42 0.52 0.49 0.54 0.5 0.51
rounded, count: review, 15.0 10.0 45.0 15.0 15.0 35.0
rounded, row shares: review, 0.0 0.0 0.0 0.0 0.0 0.0
rounded, mean rate: review, 0.0 0.0 0.0 0.0 0.0 0.0" ]
