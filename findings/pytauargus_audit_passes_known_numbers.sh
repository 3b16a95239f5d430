#!/usr/bin/env bash
# pytauargus hides four numbers of students of which a reader knows each one, and its audit passes all four.
#
# Versions: pytauargus 0.6.0; Python 3.11, Linux x86_64, 2026-11-28.
# Counts below 3 are hidden (FREQ), and OPT hides two more beside them. Numbers of students are whole, and each
# 0 is published, as that of West here (of 259 in random tables, none was hidden), so a hidden number is
# at least 1: the 5 and 7 that North shows leave two ones, and with them South is 8 and 7. Exactly one table
# fits what is published. The audit lets a hidden number be 0 and reports 0 to 2. No margin makes it ask for
# more: 100 % is the highest that is taken (101 is refused), and around a 1 that is 0 to 2.
#
# Output seen:
#   FREQ(3,1) published: North x x 5 7; South x x 9 24; West 0 4 6 10; Total 9 12 20 41
#   FREQ(3,1) audit: North 0..2 passed, North 0..2 passed, South 7..9 passed, South 6..8 passed
#   FREQ(3,1) tables that fit: (1, 1, 8, 7)
#   FREQ(3,100) published: North x x 5 7; South x x 9 24; West 0 4 6 10; Total 9 12 20 41
#   FREQ(3,100) audit: North 0..2 passed, North 0..2 passed, South 7..9 passed, South 6..8 passed
#   FREQ(3,100) tables that fit: (1, 1, 8, 7)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check pytauargus==0.6.0 2>/dev/null
cd "$work"
seen=$(TMPDIR="$work" venv/bin/python 2>/dev/null - <<'PYTHON'
from itertools import product

from pytauargus import protect

GROUPS = ("A", "B", "C", "Total")
COUNTS = {"North": (1, 1, 5), "South": (8, 7, 9), "West": (0, 4, 6)}
students = [
    {"School": school, "Group": group, "Students": 1}
    for school, numbers in COUNTS.items()
    for group, number in zip(GROUPS, numbers)
    for _ in range(number)
]
for rule in ("FREQ(3,1)", "FREQ(3,100)"):
    result = protect(students, ["School", "Group"], response="Students", safety_rules=rule, suppress="OPT(1)")
    (table,) = result.tables
    places = [(cell["School"].strip(), cell["Group"]) for cell in table.rows]
    shown = dict(zip(places, table.safe(None)))
    lines = {school: [shown[school, group] for group in GROUPS] for school in (*COUNTS, "Total")}
    words = {
        school: " ".join("x" if number is None else f"{number:.0f}" for number in line)
        for school, line in lines.items()
    }
    print(rule, "published:", "; ".join(f"{school} {line}" for school, line in words.items()))
    audit = [
        f"{places[cell['cell']][0]} {abs(cell['min']):.0f}..{cell['max']:.0f} {'failed' if cell['unsafe'] else 'passed'}"
        for cell in result.engine.audit(0)
    ]
    print(rule, "audit:", ", ".join(audit))
    fits = []
    for hidden in product(range(1, 25), repeat=sum(line.count(None) for line in lines.values())):
        guess = iter(hidden)
        whole = [[next(guess) if number is None else number for number in line] for line in lines.values()]
        turned = list(zip(*whole))
        if all(sum(line[:-1]) == line[-1] for line in (*whole, *turned)):
            fits.append(hidden)
    print(rule, "tables that fit:", *fits)
PYTHON
)
echo "$seen"
[ "$seen" = "FREQ(3,1) published: North x x 5 7; South x x 9 24; West 0 4 6 10; Total 9 12 20 41
FREQ(3,1) audit: North 0..2 passed, North 0..2 passed, South 7..9 passed, South 6..8 passed
FREQ(3,1) tables that fit: (1, 1, 8, 7)
FREQ(3,100) published: North x x 5 7; South x x 9 24; West 0 4 6 10; Total 9 12 20 41
FREQ(3,100) audit: North 0..2 passed, North 0..2 passed, South 7..9 passed, South 6..8 passed
FREQ(3,100) tables that fit: (1, 1, 8, 7)" ]
