#!/usr/bin/env bash
# One date written as 2026-09-05 behind 365 like 9/8/2026, and fastdateinfer takes the column for %Y-%d-%Y: two
# years and no month. hi-dateinfer reads 9/13/23 as it is meant, and takes 9/13/24 for a day of the year 9.
#
# Versions: fastdateinfer 0.3.1, hi-dateinfer 0.4.6, datemonkey 0.2.0; Python 3.11, Linux x86_64, 2026-11-29.
# All three are given a column and name the one format of it. fastdateinfer leaves out what is built in another way,
# as unknown; but with / or with - is one way to it, and it votes on each of the three places alone. The year is
# sure of the first place and wins it, one against 365, and keeps the last. With the 13th there is an error instead.
# A two-digit year is an hour to hi-dateinfer up to 23, which it mends; from 24 to 31 it is a day, from 32 on a
# minute. datemonkey is right in all of these, and takes school years for days of 1905, with high confidence.
#
# Output seen:
#   all alike: fastdateinfer %m/%d/%Y (1.0), hi-dateinfer %m/%d/%Y, datemonkey %m/%d/%Y (HIGH)
#   and one unknown: fastdateinfer %m/%d/%Y (0.997), hi-dateinfer %m/%d/%Y, datemonkey %m/%d/%Y (HIGH)
#   and one 2026-09-05: fastdateinfer %Y-%d-%Y (0.667), hi-dateinfer %m/%d/%Y, datemonkey %m/%d/%Y (MEDIUM)
#   and one 2026-09-13: fastdateinfer ValueError, hi-dateinfer %m/%d/%Y, datemonkey %m/%d/%Y (MEDIUM)
#   9/8/23 9/13/23: fastdateinfer %m/%d/%y (1.0), hi-dateinfer %m/%d/%y, datemonkey %m/%d/%y (MEDIUM)
#   9/8/24 9/13/24: fastdateinfer %m/%d/%y (1.0), hi-dateinfer %y/%d/%m, datemonkey %m/%d/%y (MEDIUM)
#   9/8/32 9/13/32: fastdateinfer %m/%d/%y (1.0), hi-dateinfer %m/%d/%M, datemonkey %m/%d/%y (MEDIUM)
#   2025 2026 2027: fastdateinfer %Y (1.0), hi-dateinfer %Y, datemonkey EXCEL_SERIAL (HIGH)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    fastdateinfer==0.3.1 hi-dateinfer==0.4.6 datemonkey==0.2.0 2>/dev/null
cd "$work"
seen=$(venv/bin/python - <<'PYTHON'
import datetime

import datemonkey
import fastdateinfer
import hidateinfer

YEAR = [datetime.date(2026, 1, 1) + datetime.timedelta(day) for day in range(365)]
DATES = [f"{day.month}/{day.day}/{day.year}" for day in YEAR]
COLUMNS = {
    "all alike": DATES,
    "and one unknown": [*DATES, "unknown"],
    "and one 2026-09-05": [*DATES, "2026-09-05"],
    "and one 2026-09-13": [*DATES, "2026-09-13"],
}
for column in ("9/8/23 9/13/23", "9/8/24 9/13/24", "9/8/32 9/13/32", "2025 2026 2027"):
    COLUMNS[column] = column.split()


def by_fastdateinfer(column):
    try:
        found = fastdateinfer.infer(column, prefer_dayfirst=False)
    except ValueError as error:
        return type(error).__name__
    return f"{found.format} ({round(found.confidence, 3)})"


def by_datemonkey(column):
    found = datemonkey.detect_format(column, locale_preference="us")
    return f"{found.format} ({found.confidence.name})"


for name, column in COLUMNS.items():
    formats = by_fastdateinfer(column), hidateinfer.infer(column), by_datemonkey(column)
    print(f"{name}: fastdateinfer {formats[0]}, hi-dateinfer {formats[1]}, datemonkey {formats[2]}")
PYTHON
)
echo "$seen"
[ "$seen" = "all alike: fastdateinfer %m/%d/%Y (1.0), hi-dateinfer %m/%d/%Y, datemonkey %m/%d/%Y (HIGH)
and one unknown: fastdateinfer %m/%d/%Y (0.997), hi-dateinfer %m/%d/%Y, datemonkey %m/%d/%Y (HIGH)
and one 2026-09-05: fastdateinfer %Y-%d-%Y (0.667), hi-dateinfer %m/%d/%Y, datemonkey %m/%d/%Y (MEDIUM)
and one 2026-09-13: fastdateinfer ValueError, hi-dateinfer %m/%d/%Y, datemonkey %m/%d/%Y (MEDIUM)
9/8/23 9/13/23: fastdateinfer %m/%d/%y (1.0), hi-dateinfer %m/%d/%y, datemonkey %m/%d/%y (MEDIUM)
9/8/24 9/13/24: fastdateinfer %m/%d/%y (1.0), hi-dateinfer %y/%d/%m, datemonkey %m/%d/%y (MEDIUM)
9/8/32 9/13/32: fastdateinfer %m/%d/%y (1.0), hi-dateinfer %m/%d/%M, datemonkey %m/%d/%y (MEDIUM)
2025 2026 2027: fastdateinfer %Y (1.0), hi-dateinfer %Y, datemonkey EXCEL_SERIAL (HIGH)" ]
