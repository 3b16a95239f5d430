#!/usr/bin/env bash
# xlsx2csv writes months and days into the words of a number format and drops the number: 175 shown as
# 175 days becomes 0 "23ays", 12 students 0 "stu11ents". Of 30 hours it keeps 06:00.
#
# Versions: xlsx2csv 0.8.6, openpyxl 3.1.5, xlsxwriter 3.3.1; Python 3.11, Linux x86_64, 2026-11-28.
# It takes a format with one of the letters of a date for a date, in quotation marks or not, and puts the
# day, month or hour for the letter. 175 is then a day of June 1900 (the 23rd), and the cell holds neither
# the number nor the word. Words without such letters, and the same cells read by openpyxl, come out right.
#
# Output seen:
#   0 "in all": 175 openpyxl 175
#   0 "days": 0 "23ays" openpyxl 175
#   0 "students": 0 "stu11ents" openpyxl 12
#   0 "months": 0 "01ont12s" openpyxl 5
#   "Grade "0: "gra08e "0 openpyxl 9
#   [h]:mm:ss: 06:00 openpyxl 1 day, 6:00:00
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    xlsx2csv==0.8.6 openpyxl==3.1.5 xlsxwriter==3.3.1 2>/dev/null
cd "$work"
seen=$(venv/bin/python - <<'PYTHON'
import csv
import io

import openpyxl
import xlsxwriter
from xlsx2csv import Xlsx2csv

CELLS = {
    '0 "in all"': 175,
    '0 "days"': 175,
    '0 "students"': 12,
    '0 "months"': 5,
    '"Grade "0': 9,
    "[h]:mm:ss": 1.25,
}
book = xlsxwriter.Workbook("book.xlsx")
sheet = book.add_worksheet()
for row, (form, value) in enumerate(CELLS.items()):
    sheet.write_number(row, 0, value, book.add_format({"num_format": form}))
book.close()
text = io.StringIO()
Xlsx2csv("book.xlsx").convert(text)
rows = csv.reader(io.StringIO(text.getvalue()))
cells = openpyxl.load_workbook("book.xlsx").active["A"]
for form, row, cell in zip(CELLS, rows, cells, strict=True):
    print(f"{form}: {row[0]} openpyxl {cell.value}")
PYTHON
)
echo "$seen"
[ "$seen" = '0 "in all": 175 openpyxl 175
0 "days": 0 "23ays" openpyxl 175
0 "students": 0 "stu11ents" openpyxl 12
0 "months": 0 "01ont12s" openpyxl 5
"Grade "0: "gra08e "0 openpyxl 9
[h]:mm:ss: 06:00 openpyxl 1 day, 6:00:00' ]
