#!/usr/bin/env bash
# A workbook counts its days from 1904, and four packages read three tables: by opensheet-core each student starts
# four years and a day early, by excelize 7:30 hours are 35095:30. And in any workbook opensheet-core reads half past
# seven as midnight.
#
# Versions: opensheet-core 0.3.0, excelize 0.1.0 (PyPI), openpyxl 3.1.5, python-calamine 0.9.1 and xlsxwriter 3.3.1,
# which wrote the workbooks; Python 3.11, Linux x86_64, 2026-11-29.
# Excel on the Mac used to count from 1904, and workbooks that were made from old ones still do; an attribute of the
# file says so. opensheet-core does not heed it. excelize does in dates, and adds the 1462 days between the two
# beginnings to hours, too. A time alone is a part of a day: opensheet-core drops the part where there is no whole
# day before it, and only there, so that 30:15 is a quarter past six on New Year's Day of 1900.
#
# Output seen:
#   from 1900, openpyxl: 2026-09-08 00:00:00 | 07:30:00 | 7:30:00 | 1 day, 6:15:00
#   from 1900, calamine: 2026-09-08 | 07:30:00 | 7:30:00 | 1 day, 6:15:00
#   from 1900, excelize: 2026-09-08 | 7:30 | 7:30 | 30:15
#   from 1900, opensheet-core: 2026-09-08 | 1899-12-31 00:00:00 | 1899-12-31 00:00:00 | 1900-01-01 06:15:00
#   from 1904, openpyxl: 2026-09-08 00:00:00 | 07:30:00 | 7:30:00 | 1 day, 6:15:00
#   from 1904, calamine: 2026-09-08 | 07:30:00 | 7:30:00 | 1 day, 6:15:00
#   from 1904, excelize: 2026-09-08 | 7:30 | 35095:30 | 35118:15
#   from 1904, opensheet-core: 2022-09-07 | 1899-12-31 00:00:00 | 1899-12-31 00:00:00 | 1900-01-01 06:15:00
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    opensheet-core==0.3.0 excelize==0.1.0 openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1 2>/dev/null
cd "$work"
seen=$(venv/bin/python - <<'PYTHON'
import datetime

import excelize
import openpyxl
import opensheet_core
import python_calamine
import xlsxwriter

READERS = {
    "openpyxl": lambda: [cell.value for cell in openpyxl.load_workbook("students.xlsx").active[1]],
    "calamine": lambda: python_calamine.load_workbook("students.xlsx").get_sheet_by_index(0).to_python()[0],
    "excelize": lambda: excelize.open_file("students.xlsx").get_rows("Students")[0],
    "opensheet-core": lambda: opensheet_core.read_sheet("students.xlsx")[0],
}
for first in (1900, 1904):
    with xlsxwriter.Workbook("students.xlsx", {"date_1904": first == 1904}) as book:
        sheet = book.add_worksheet("Students")
        kinds = {kind: book.add_format({"num_format": kind}) for kind in ("yyyy-mm-dd", "h:mm", "[h]:mm")}
        sheet.write_datetime(0, 0, datetime.datetime(2026, 9, 8), kinds["yyyy-mm-dd"])
        sheet.write_datetime(0, 1, datetime.time(7, 30), kinds["h:mm"])
        sheet.write_datetime(0, 2, datetime.timedelta(hours=7, minutes=30), kinds["[h]:mm"])
        sheet.write_datetime(0, 3, datetime.timedelta(hours=30, minutes=15), kinds["[h]:mm"])
    for name, read in READERS.items():
        print(f"from {first}, {name}:", " | ".join(map(str, read())))
PYTHON
)
echo "$seen"
[ "$seen" = "from 1900, openpyxl: 2026-09-08 00:00:00 | 07:30:00 | 7:30:00 | 1 day, 6:15:00
from 1900, calamine: 2026-09-08 | 07:30:00 | 7:30:00 | 1 day, 6:15:00
from 1900, excelize: 2026-09-08 | 7:30 | 7:30 | 30:15
from 1900, opensheet-core: 2026-09-08 | 1899-12-31 00:00:00 | 1899-12-31 00:00:00 | 1900-01-01 06:15:00
from 1904, openpyxl: 2026-09-08 00:00:00 | 07:30:00 | 7:30:00 | 1 day, 6:15:00
from 1904, calamine: 2026-09-08 | 07:30:00 | 7:30:00 | 1 day, 6:15:00
from 1904, excelize: 2026-09-08 | 7:30 | 35095:30 | 35118:15
from 1904, opensheet-core: 2022-09-07 | 1899-12-31 00:00:00 | 1899-12-31 00:00:00 | 1900-01-01 06:15:00" ]
