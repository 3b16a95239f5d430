#!/usr/bin/env bash
# A student in two schools has two rows with one number, and the grade in the first of them changes from 10 to 12:
# csvdiff says that the files are identical, csv-diff says nothing, and fastrecon counts three rows that changed.
# daff shows the one.
#
# Versions: csvdiff 0.3.3, csv-diff 1.2, fastrecon 0.9.3, daff 1.4.2; Python 3.11, Linux x86_64, 2026-11-29.
# csvdiff and csv-diff keep the last row of each number, and what changes in another is lost. fastrecon holds each
# row of a number against all of its rows in the other file, so that two are changed in any two files with such a
# student, unless the files are the same as a whole. Where nobody has two rows, all four agree.
#
# Output seen:
#   once, csvdiff: 1 rows changed (25.0%)
#   once, csv-diff: 1 row changed
#   once, fastrecon: changed_rows : 3
#   once, daff: ->,012345680,South,11->12
#   twice, csvdiff: files are identical
#   twice, csv-diff: nothing
#   twice, fastrecon: changed_rows : 3
#   twice, daff: ->,012345679,North,10->12
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    csvdiff==0.3.3 csv-diff==1.2 fastrecon==0.9.3 daff==1.4.2 2>/dev/null
cd "$work"
header=StudentId,School,Grade
printf '%s\n' $header 012345678,North,9 012345679,North,10 012345679,South,10 012345680,South,11 > old.csv
printf '%s\n' $header 012345678,North,9 012345679,North,12 012345679,South,10 012345680,South,11 > twice.csv
printf '%s\n' $header 012345678,North,9 012345679,North,10 012345679,South,10 012345680,South,12 > once.csv
say() {
    local said
    said=$(grep -- "$2" | tr -s ' ' | xargs)
    echo "$1: ${said:-nothing}"
}
seen=$(
    for new in once twice; do
        venv/bin/csvdiff --style=summary StudentId old.csv $new.csv 2>&1 | say "$new, csvdiff" 'changed\|identical'
        venv/bin/csv-diff --key StudentId old.csv $new.csv 2>&1 | say "$new, csv-diff" changed
        venv/bin/fastrecon compare --left csv:old.csv --right csv:$new.csv --keys StudentId 2>/dev/null |
            say "$new, fastrecon" changed_rows
        venv/bin/daff.py diff --id StudentId old.csv $new.csv 2>/dev/null | say "$new, daff" ^-
    done
)
echo "$seen"
[ "$seen" = "once, csvdiff: 1 rows changed (25.0%)
once, csv-diff: 1 row changed
once, fastrecon: changed_rows : 3
once, daff: ->,012345680,South,11->12
twice, csvdiff: files are identical
twice, csv-diff: nothing
twice, fastrecon: changed_rows : 3
twice, daff: ->,012345679,North,10->12" ]
