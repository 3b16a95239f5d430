#!/usr/bin/env bash
# polars-readstat reads a Stata file whose years are 2025 and 2026 as two days of July 1965, and September 2026
# as a day of March 1962, each in a proper column of dates.
#
# Versions: polars-readstat 0.25.0, polars 2.1.0, pandas 3.1.1, pyreadstat 1.3.7; Python 3.11, Linux x86_64,
# 2026-11-29.
# Stata keeps months, quarters, half years and years as numbers of their own, counted from 1960, and a year as
# what it is; the formats %tm, %tq, %th and %ty tell them from days (%td). polars-readstat sees that all of them
# are dates and takes every number for days. pyreadstat leaves all but the days as numbers, which nobody can
# mistake for dates.
#
# Output seen:
#   %td: pandas 2025-09-01 2026-09-01 polars-readstat 2025-09-01 2026-09-01 pyreadstat 2025-09-01 2026-09-01
#   %tm: pandas 2025-09-01 2026-09-01 polars-readstat 1962-02-27 1962-03-11 pyreadstat 788.0 800.0
#   %tq: pandas 2025-07-01 2026-07-01 polars-readstat 1960-09-19 1960-09-23 pyreadstat 262.0 266.0
#   %th: pandas 2025-07-01 2026-07-01 polars-readstat 1960-05-11 1960-05-13 pyreadstat 131.0 133.0
#   %ty: pandas 2025-01-01 2026-01-01 polars-readstat 1965-07-18 1965-07-19 pyreadstat 2025.0 2026.0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    polars-readstat==0.25.0 polars==2.1.0 pandas==3.1.1 pyreadstat==1.3.7 2>/dev/null
cd "$work"
seen=$(venv/bin/python 2>/dev/null - <<'PYTHON'
import pandas
import polars_readstat
import pyreadstat

FORMATS = {"day": "td", "month": "tm", "quarter": "tq", "half": "th", "year": "ty"}
days = pandas.to_datetime(["2025-09-01", "2026-09-01"])
frame = pandas.DataFrame({name: days for name in FORMATS})
frame.to_stata("years.dta", write_index=False, convert_dates=dict(FORMATS))
by_pandas = pandas.read_stata("years.dta")
by_polars = polars_readstat.read_readstat("years.dta")
by_pyreadstat, _ = pyreadstat.read_dta("years.dta")
for name, form in FORMATS.items():
    print(
        f"%{form}: pandas", *by_pandas[name].dt.date, "polars-readstat", *by_polars[name], "pyreadstat", *by_pyreadstat[name]
    )
PYTHON
)
echo "$seen"
[ "$seen" = "%td: pandas 2025-09-01 2026-09-01 polars-readstat 2025-09-01 2026-09-01 pyreadstat 2025-09-01 2026-09-01
%tm: pandas 2025-09-01 2026-09-01 polars-readstat 1962-02-27 1962-03-11 pyreadstat 788.0 800.0
%tq: pandas 2025-07-01 2026-07-01 polars-readstat 1960-09-19 1960-09-23 pyreadstat 262.0 266.0
%th: pandas 2025-07-01 2026-07-01 polars-readstat 1960-05-11 1960-05-13 pyreadstat 131.0 133.0
%ty: pandas 2025-01-01 2026-01-01 polars-readstat 1965-07-18 1965-07-19 pyreadstat 2025.0 2026.0" ]
