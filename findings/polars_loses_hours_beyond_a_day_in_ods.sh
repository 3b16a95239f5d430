#!/usr/bin/env bash
# polars reads 30:15 hours from an OpenDocument spreadsheet as nothing, without a word, and 7:30 above it
# rightly. Asked for the column as text, it loses that, too. From a workbook of Excel it reads all of them.
#
# Versions: polars 2.1.0, fastexcel 0.21.0, pandas 3.1.1, python-calamine 0.9.1, odfpy 1.4.1, openpyxl 3.1.5;
# Python 3.11, Linux x86_64, 2026-11-29.
# OpenDocument writes 30 hours and 15 minutes as PT30H15M00S. The reader of both packages, calamine, makes a
# time of day of it where there is one, and for 24 hours and more hands on these very letters: polars has a
# column of durations then, in which they are null, and pandas one of times and texts. By odfpy, pandas reads
# such a sheet not at all. A sum of hours by student is wrong exactly where there are many of them.
#
# Output seen:
#   polars, hours.xlsx: 7:30:00; 23:59:00; 1 day, 0:00:00; 1 day, 6:15:00
#   pandas by calamine, hours.xlsx: 0 days 07:30:00; 0 days 23:59:00; 1 days 00:00:00; 1 days 06:15:00
#   polars, hours.ods: 7:30:00; 23:59:00; None; None
#   pandas by calamine, hours.ods: 07:30:00; 23:59:00; PT24H00M00S; PT30H15M00S
#   polars as text, hours.ods: None; None; None; None
#   pandas by odfpy, hours.ods: DateParseError: hour must be in 0..23: 24:00
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check polars==2.1.0 \
    fastexcel==0.21.0 pandas==3.1.1 python-calamine==0.9.1 odfpy==1.4.1 openpyxl==3.1.5 2>/dev/null
cd "$work"
seen=$(venv/bin/python 2>/dev/null - <<'PYTHON'
from datetime import timedelta

import openpyxl
import pandas
import polars
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

STUDENTS = {"Alder": (7, 30), "Birch": (23, 59), "Cedar": (24, 0), "Dogwood": (30, 15)}
book = openpyxl.Workbook()
book.active.append(["Name", "Hours"])
document = OpenDocumentSpreadsheet()
table = Table(parent=document.spreadsheet, name="Hours")


def append(row, text, **value):
    P(parent=TableCell(parent=row, **value), text=text)


row = TableRow(parent=table)
append(row, "Name", valuetype="string")
append(row, "Hours", valuetype="string")
for name, (hours, minutes) in STUDENTS.items():
    book.active.append([name, timedelta(hours=hours, minutes=minutes)])
    row = TableRow(parent=table)
    append(row, name, valuetype="string")
    append(row, f"{hours}:{minutes:02}", valuetype="time", timevalue=f"PT{hours:02}H{minutes:02}M00S")
book.save("hours.xlsx")
document.save("hours.ods")


def read(name, reader, *arguments, **options):
    try:
        hours = "; ".join(map(str, reader(*arguments, **options)["Hours"]))
    except ValueError as error:
        hours = f"{type(error).__name__}: {error}"
    print(f"{name}, {arguments[0]}: {hours}")


for file in ("hours.xlsx", "hours.ods"):
    read("polars", polars.read_excel, file)
    read("pandas by calamine", pandas.read_excel, file, engine="calamine")
read("polars as text", polars.read_excel, "hours.ods", schema_overrides={"Hours": polars.String})
read("pandas by odfpy", pandas.read_excel, "hours.ods", engine="odf")
PYTHON
)
echo "$seen"
[ "$seen" = "polars, hours.xlsx: 7:30:00; 23:59:00; 1 day, 0:00:00; 1 day, 6:15:00
pandas by calamine, hours.xlsx: 0 days 07:30:00; 0 days 23:59:00; 1 days 00:00:00; 1 days 06:15:00
polars, hours.ods: 7:30:00; 23:59:00; None; None
pandas by calamine, hours.ods: 07:30:00; 23:59:00; PT24H00M00S; PT30H15M00S
polars as text, hours.ods: None; None; None; None
pandas by odfpy, hours.ods: DateParseError: hour must be in 0..23: 24:00" ]
