#!/usr/bin/env bash
# Dates that pandas has read from a Stata file become 1970-01-01, every one of them and without a
# word, in the SPSS, Stata or SAS transport file that pyreadstat then writes.
#
# Versions: pandas 3.1.1, pyreadstat 1.3.7; Python 3.11, Linux x86_64, 2026-11-27.
# pandas.read_stata gives days the unit of a second (datetime64[s]). pyreadstat writes milliseconds,
# microseconds and nanoseconds rightly, and for seconds the first day of their count, in all its three
# formats. Whoever turns a Stata file into one for SPSS in two lines has lost every date of it.
#
# Output seen:
#   read_stata: datetime64[s] 2020-09-08 2021-06-11
#   sav by seconds: 1970-01-01 1970-01-01
#   sav by microseconds: 2020-09-08 2021-06-11
#   dta by seconds: 1970-01-01 1970-01-01
#   dta by microseconds: 2020-09-08 2021-06-11
#   xpt by seconds: 1970-01-01 1970-01-01
#   xpt by microseconds: 2020-09-08 2021-06-11
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check pandas==3.1.1 pyreadstat==1.3.7 2>/dev/null
cd "$work"
seen=$(venv/bin/python - <<'PYTHON'
import datetime

import pandas
import pyreadstat

days = [datetime.datetime(2020, 9, 8), datetime.datetime(2021, 6, 11)]
pandas.DataFrame({"day": days}).to_stata("in.dta", write_index=False, convert_dates={"day": "td"})
frame = pandas.read_stata("in.dta")
print("read_stata:", frame["day"].dtype, *frame["day"].dt.date)
ways = {
    "sav": (pyreadstat.write_sav, pyreadstat.read_sav),
    "dta": (pyreadstat.write_dta, pyreadstat.read_dta),
    "xpt": (pyreadstat.write_xport, pyreadstat.read_xport),
}
for kind, (write, read) in ways.items():
    for unit, of in {"seconds": frame, "microseconds": frame.astype({"day": "datetime64[us]"})}.items():
        write(of, f"out.{kind}")
        print(f"{kind} by {unit}:", *read(f"out.{kind}")[0]["day"].dt.date)
PYTHON
)
echo "$seen"
[ "$seen" = "read_stata: datetime64[s] 2020-09-08 2021-06-11
sav by seconds: 1970-01-01 1970-01-01
sav by microseconds: 2020-09-08 2021-06-11
dta by seconds: 1970-01-01 1970-01-01
dta by microseconds: 2020-09-08 2021-06-11
xpt by seconds: 1970-01-01 1970-01-01
xpt by microseconds: 2020-09-08 2021-06-11" ]
