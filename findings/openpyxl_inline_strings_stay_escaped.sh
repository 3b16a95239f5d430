#!/usr/bin/env bash
# The same text in the same cell reads differently by openpyxl, depending on whether XlsxWriter wrote
# the workbook in one piece or with constant_memory, which is meant to be a matter of memory alone.
#
# Versions: openpyxl 3.1.5, xlsxwriter 3.3.1, polars 2.1.0, fastexcel 0.21.0; Python 3.11, 2026-11-27.
# ECMA-376 escapes signs as _xHHHH_ (ST_Xstring), so that a text that holds such letters by
# itself is written with its underscore escaped: Lot _x005F_x0041_12. XlsxWriter does so in both of its
# modes. openpyxl undoes it in shared strings, but not in inline strings, which constant_memory writes.
# calamine, by which Polars reads, undoes both.
#
# Output seen:
#   in one piece: openpyxl Lot _x0041_12, polars Lot _x0041_12
#   constant_memory: openpyxl Lot _x005F_x0041_12, polars Lot _x0041_12
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    openpyxl==3.1.5 xlsxwriter==3.3.1 polars==2.1.0 fastexcel==0.21.0 2>/dev/null
cd "$work"
seen=$(venv/bin/python - <<'PYTHON'
import openpyxl
import polars
import xlsxwriter

for name, is_constant in {"in one piece": False, "constant_memory": True}.items():
    book = xlsxwriter.Workbook("book.xlsx", {"constant_memory": is_constant})
    book.add_worksheet().write_string(0, 0, "Lot _x0041_12")
    book.close()
    by_openpyxl = openpyxl.load_workbook("book.xlsx").active["A1"].value
    by_polars = polars.read_excel("book.xlsx", has_header=False).item()
    print(f"{name}: openpyxl {by_openpyxl}, polars {by_polars}")
PYTHON
)
echo "$seen"
[ "$seen" = "in one piece: openpyxl Lot _x0041_12, polars Lot _x0041_12
constant_memory: openpyxl Lot _x005F_x0041_12, polars Lot _x0041_12" ]
