#!/usr/bin/env bash
# csvsort of csvkit turns a column of middle names into dates of the year 1 where all of them that are
# filled in are names of months (May, June), and a column of 0 and 1 into False and True.
#
# Versions: csvkit 2.2.0 with agate 1.14.2 and parsedatetime 2.6; Python 3.11, Linux x86_64, 2026-11-27.
# csvsort, csvjoin, csvjson and csvstat guess types by agate, whose Date asks parsedatetime, and that
# takes the name of a month alone for its first day. A blank cell is no obstacle, and one name more in
# the column (Ann) hides the whole matter: the same student is written otherwise in another file.
#
# Output seen:
#   LastName,MiddleName,Credits
#   Alder,0001-05-01,True
#   Birch,,False
#   Cedar,0001-06-01,True
#   LastName,MiddleName,Credits
#   Alder,May,1
#   Birch,Ann,0.5
#   Cedar,June,1
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    csvkit==2.2.0 agate==1.14.2 parsedatetime==2.6 2>/dev/null
cd "$work"
printf 'LastName,MiddleName,Credits\nAlder,May,1\nBirch,,0\nCedar,June,1\n' > months.csv
printf 'LastName,MiddleName,Credits\nAlder,May,1\nBirch,Ann,0.5\nCedar,June,1\n' > names.csv
seen=$(venv/bin/csvsort -c LastName months.csv; venv/bin/csvsort -c LastName names.csv)
echo "$seen"
[ "$seen" = "LastName,MiddleName,Credits
Alder,0001-05-01,True
Birch,,False
Cedar,0001-06-01,True
LastName,MiddleName,Credits
Alder,May,1
Birch,Ann,0.5
Cedar,June,1" ]
