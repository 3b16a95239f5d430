#!/usr/bin/env bash
# Two tools of districts read the same students from CSV and from fixed width, and in the second the race NA, Native
# American, is blank, and so are the last names NULL and NA. In CSV both keep them.
#
# Versions: tea-data-file-conversion 1.4.0, earthmover 0.4.10, pandas 2.2.3, dask 2024.8.2; Python 3.11, Linux x86_64,
# 2026-11-29.
# The former turns files of Texas's agency into CSV, the latter files of districts into Ed-Fi's JSON. Where they read
# CSV, both tell pandas to leave such words alone, the former for the sake of the agency's code NA, as its source
# says; with fixed width neither does. The zeros before the numbers are kept, and Null with small letters, so that
# names are lost only where the sender writes in capitals.
#
# Output seen:
#   tea-data-file-conversion, CSV: 012345678 NULL ANN NA / 012345679 NA JI NA / 012345680 Null Ben WH
#   tea-data-file-conversion, fixed width: 012345678 - ANN - / 012345679 - JI - / 012345680 Null Ben WH
#   earthmover, CSV: 012345678 NULL ANN NA / 012345679 NA JI NA / 012345680 Null Ben WH
#   earthmover, fixed width: 012345678 - ANN - / 012345679 - JI - / 012345680 Null Ben WH
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    tea-data-file-conversion==1.4.0 earthmover==0.4.10 dask==2024.8.2 dask-expr==1.1.13 pandas==2.2.3 \
    pyarrow==26.0.1 numpy==2.4.6 2>/dev/null
cd "$work"
cat > students.csv <<'CSV'
number,last,first,race
012345678,NULL,ANN,NA
012345679,NA,JI,NA
012345680,Null,Ben,WH
CSV
cat > students.txt <<'TEXT'
012345678NULL  ANN   NA
012345679NA    JI    NA
012345680Null  Ben   WH
TEXT
cat > earthmover.yaml <<'YAML'
version: 2
config: {output_dir: ./out, show_graph: False}
sources:
  csv: {file: ./students.csv, header_rows: 1}
  fixed:
    file: ./students.txt
    type: fixedwidth
    colspecs: [[0, 9], [9, 15], [15, 21], [21, 23]]
    columns: [number, last, first, race]
destinations:
  csv: {source: $sources.csv, extension: jsonl}
  fixed: {source: $sources.fixed, extension: jsonl}
YAML
venv/bin/earthmover run -c earthmover.yaml > log 2>&1 || cat log
seen=$(venv/bin/python - <<'PYTHON'
import json

from tea_data_file_conversion import processor

COLUMNS = {"number": (1, 9), "last": (10, 15), "first": (16, 21), "race": (22, 23)}
DELIMITED = [{"source_column": name, "output_field": name} for name in COLUMNS]
FIXED = [{"start": start, "end": end, "output_field": name} for name, (start, end) in COLUMNS.items()]


def show(name, rows):
    print(f"{name}:", " / ".join(" ".join(row[column] or "-" for column in COLUMNS) for row in rows))


def by_earthmover(name):
    with open(f"out/{name}.jsonl") as lines:
        return [json.loads(line) for line in lines]


csv = processor.process_delimited_file("students.csv", {"fields": DELIMITED})
fixed = processor.process_fixed_width_file("students.txt", {"fields": FIXED})
show("tea-data-file-conversion, CSV", csv.to_dict("records"))
show("tea-data-file-conversion, fixed width", fixed.fillna("").to_dict("records"))
show("earthmover, CSV", by_earthmover("csv"))
show("earthmover, fixed width", by_earthmover("fixed"))
PYTHON
)
echo "$seen"
[ "$seen" = "tea-data-file-conversion, CSV: 012345678 NULL ANN NA / 012345679 NA JI NA / 012345680 Null Ben WH
tea-data-file-conversion, fixed width: 012345678 - ANN - / 012345679 - JI - / 012345680 Null Ben WH
earthmover, CSV: 012345678 NULL ANN NA / 012345679 NA JI NA / 012345680 Null Ben WH
earthmover, fixed width: 012345678 - ANN - / 012345679 - JI - / 012345680 Null Ben WH" ]
