#!/usr/bin/env bash
# cell-key-perturbation moves the number of students without a race alike in every school, 41 to 39, and in a
# table of the same students without that column it publishes 42 42 39 39 40.
#
# Versions: cell-key-perturbation 3.1.0, pandas 2.3.3; Python 3.11, Linux x86_64, 2026-11-29.
# The noise of a number comes from its key, the sum of the random keys of its records, so that the same records
# are moved in the same way in each table, as the documentation says. The sums leave out records with a missing
# value in a column of the table, the numbers keep them, and a cell without a key gets the key 0, whoever is in
# it. A recommendation to drop such rows is printed. Where a word stands for the blank, all is as it should be.
# The table of noise is a plain one: -2 to 2, by the key alone.
#
# Output seen:
#   blank race, by school and race: {41} becomes 39 39 39 39 39
#   blank race, by school alone: {41} becomes 42 42 39 39 40
#   the word Blank, by school and race: {41} becomes 42 42 39 39 40
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    cell-key-perturbation==3.1.0 pandas==2.3.3 2>/dev/null
cd "$work"
seen=$(venv/bin/python 2>/dev/null - <<'PYTHON'
import random
from contextlib import redirect_stdout
from io import StringIO

import pandas
from cell_key_perturbation.create_perturbed_table import create_perturbed_table

keys = random.Random(2026)
SCHOOLS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm")
students = pandas.DataFrame(
    [
        (school, race, keys.randrange(256))
        for school in SCHOOLS
        for race, number in ((None, 41), ("White", 60))
        for _ in range(number)
    ],
    columns=["school", "race", "key"],
)
noise = pandas.DataFrame(
    [(count, key, key % 5 - 2) for count in range(1, 751) for key in range(256)], columns=["pcv", "ckey", "pvalue"]
)
blank = students["race"].isna()
ways = {
    "blank race, by school and race": (students, "race"),
    "blank race, by school alone": (students[blank], None),
    "the word Blank, by school and race": (students.fillna("Blank"), "race"),
}
for name, (rows, column) in ways.items():
    with redirect_stdout(StringIO()):
        table = create_perturbed_table(rows, noise, ["school"], [column] if column else [], "key")
    if column:
        table = table[table[column] != "White"]
    print(f"{name}: {set(table['pre_sdc_count'])} becomes", *table["count"])
PYTHON
)
echo "$seen"
[ "$seen" = "blank race, by school and race: {41} becomes 39 39 39 39 39
blank race, by school alone: {41} becomes 42 42 39 39 40
the word Blank, by school and race: {41} becomes 42 42 39 39 40" ]
