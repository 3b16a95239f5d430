#!/usr/bin/env bash
# earthmover, which turns files of districts into Ed-Fi's JSON, averages the scores 90, 80 and a blank to 56.7, where
# the lowest is 80; a test that nobody took has the average 0 and no lowest score. Of the birth date 13/9/2011 it
# makes the 9th of March.
#
# Versions: earthmover 0.4.10, dask 2024.8.2, pandas 2.2.3, PyYAML 6.0.4; Python 3.11, Linux x86_64, 2026-11-29.
# By its documentation the mean of a group is the mean of the numeric values. It is their sum over the number of
# rows; min and max leave blanks out. date_format takes its form where it finds it in the cell, as documented, unless
# exact_match is set. So of a date in another country's order it finds the end, 3/9/2011, and has no error to
# ignore; of a year with five figures, four.
#
# Output seen:
#   Math, 3 students: sum 170.0, mean 56.7, min 80.0, max 90.0
#   Music, 2 students: sum 0.0, mean 0.0, min -, max -
#   9/8/2011: found 2011-09-08, exact 2011-09-08
#   13/9/2011: found 2011-03-09, exact -
#   9/8/20111: found 2011-09-08, exact -
#   2011-09-08: found -, exact -
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    earthmover==0.4.10 dask==2024.8.2 dask-expr==1.1.13 pandas==2.2.3 pyarrow==26.0.1 numpy==2.4.6 PyYAML==6.0.4 \
    2>/dev/null
cd "$work"
cat > scores.csv <<'CSV'
student,test,score
012345678,Math,90
012345679,Math,80
012345680,Math,
012345678,Music,
012345679,Music,
CSV
cat > births.csv <<'CSV'
cell,found,exact
9/8/2011,9/8/2011,9/8/2011
13/9/2011,13/9/2011,13/9/2011
9/8/20111,9/8/20111,9/8/20111
2011-09-08,2011-09-08,2011-09-08
CSV
cat > earthmover.yaml <<'YAML'
version: 2
config: {output_dir: ./out, show_graph: False}
sources:
  scores: {file: ./scores.csv, header_rows: 1}
  births: {file: ./births.csv, header_rows: 1}
transformations:
  scores:
    source: $sources.scores
    operations:
      - operation: group_by
        group_by_columns: [test]
        create_columns: {rows: count(), sum: sum(score), mean: mean(score), min: min(score), max: max(score)}
  births:
    source: $sources.births
    operations:
      - {operation: date_format, column: found, from_format: "%m/%d/%Y", to_format: "%Y-%m-%d", ignore_errors: True}
      - operation: date_format
        column: exact
        from_format: "%m/%d/%Y"
        to_format: "%Y-%m-%d"
        ignore_errors: True
        exact_match: True
destinations:
  scores: {source: $transformations.scores, extension: jsonl}
  births: {source: $transformations.births, extension: jsonl}
YAML
venv/bin/earthmover run -c earthmover.yaml > log 2>&1 || cat log
seen=$(venv/bin/python - <<'PYTHON'
import json


def rows(name):
    for line in open(f"out/{name}.jsonl"):
        yield {key: value or "-" for key, value in json.loads(line).items()}


for row in rows("scores"):
    mean = round(float(row["mean"]), 1)
    print(f"{row['test']}, {row['rows']} students: sum {row['sum']}, mean {mean}, min {row['min']}, max {row['max']}")
for row in rows("births"):
    print(f"{row['cell']}: found {row['found']}, exact {row['exact']}")
PYTHON
)
echo "$seen"
[ "$seen" = "Math, 3 students: sum 170.0, mean 56.7, min 80.0, max 90.0
Music, 2 students: sum 0.0, mean 0.0, min -, max -
9/8/2011: found 2011-09-08, exact 2011-09-08
13/9/2011: found 2011-03-09, exact -
9/8/20111: found 2011-09-08, exact -
2011-09-08: found -, exact -" ]
