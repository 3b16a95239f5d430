#!/usr/bin/env bash
# The optimal suppression of pytauargus (OPT) hides eight of nine numbers where four do, which its quick one
# (MOD) finds; and the audit fails the four, which are safe.
#
# Versions: pytauargus 0.6.0; Python 3.11, Linux x86_64, 2026-11-28.
# The table is 2 2 and 7 3, with totals. Counts below 3 are hidden, and a reader should not come nearer to them
# than 60 %: nearer than 0.8 and 3.2. With all four parts hidden and all totals shown, each 2 can be anything
# from 0 to 4 (every table of whole numbers with these totals is tried below). MOD hides just that. The audit of
# the same table reports 1 to 3, no bounds of what is published, and fails both. OPT, whose costs are the
# numbers themselves, hides everything but the total of all, 38 students beside the small numbers in place of
# 10. Told that the ones come with a decimal, OPT hides four numbers, the totals 9 and 5 among them: still 14.
#
# Output seen:
#   OPT(1): 8 hidden, 38 beside the small ones; first row could be 0..14 0..14, by its audit 1..9 1..9
#   OPT(1), decimals=1: 4 hidden, 14 beside the small ones; first row could be 0..4 0..4, by its audit 0..4 0..4
#   MOD(1): 4 hidden, 10 beside the small ones; first row could be 0..4 0..4, by its audit 1..3 failed 1..3 failed
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check pytauargus==0.6.0 2>/dev/null
cd "$work"
seen=$(TMPDIR="$work" venv/bin/python 2>/dev/null - <<'PYTHON'
from itertools import product

from pytauargus import protect

PARTS = {("North", "A"): 2, ("North", "B"): 2, ("South", "A"): 7, ("South", "B"): 3}
students = [
    {"School": school, "Group": group, "Students": 1}
    for (school, group), number in PARTS.items()
    for _ in range(number)
]


def with_totals(numbers):
    """Return the parts with every total."""
    table = {}
    for (school, group), number in zip(PARTS, numbers):
        for place in product((school, "Total"), (group, "Total")):
            table[place] = table.get(place, 0) + number
    return table


every_table = [with_totals(numbers) for numbers in product(range(15), repeat=4) if sum(numbers) == 14]
for suppress, options in (("OPT(1)", {}), ("OPT(1)", {"decimals": 1}), ("MOD(1)", {})):
    result = protect(
        students, ["School", "Group"], response="Students", safety_rules="FREQ(3,60)", suppress=suppress, **options
    )
    (table,) = result.tables
    places = [(cell["School"], cell["Group"]) for cell in table.rows]
    shown = {place: number for place, number in zip(places, table.safe(None)) if number is not None}
    beside = sum(cell["Students"] for cell in table.rows if cell["status"] == "M")
    fits = [each for each in every_table if all(each[place] == number for place, number in shown.items())]
    audits = {places[cell["cell"]]: cell for cell in result.engine.audit(0)}
    could, audited = [], []
    for place in (("North", "A"), ("North", "B")):
        values = [each[place] for each in fits]
        could.append(f"{min(values)}..{max(values)}")
        cell = audits[place]
        audited.append(f"{abs(cell['min']):.0f}..{cell['max']:.0f}{' failed' if cell['unsafe'] else ''}")
    name = ", ".join([suppress, *(f"{option}={value}" for option, value in options.items())])
    print(
        f"{name}: {len(places) - len(shown)} hidden, {beside:.0f} beside the small ones;",
        f"first row could be {' '.join(could)}, by its audit {' '.join(audited)}",
    )
PYTHON
)
echo "$seen"
[ "$seen" = "OPT(1): 8 hidden, 38 beside the small ones; first row could be 0..14 0..14, by its audit 1..9 1..9
OPT(1), decimals=1: 4 hidden, 14 beside the small ones; first row could be 0..4 0..4, by its audit 0..4 0..4
MOD(1): 4 hidden, 10 beside the small ones; first row could be 0..4 0..4, by its audit 1..3 failed 1..3 failed" ]
