#!/usr/bin/env bash
# earthmover, which turns files of districts into Ed-Fi's JSON, maps grades by a list of 00 to 12 and KG, and only
# 08, 09 and KG come out mapped; the others stay as they are, without a word. The example of its documentation
# (subjects 01 to 05) maps nothing.
#
# Versions: earthmover 0.4.10, dask 2024.8.2, pandas 2.2.3, PyYAML 6.0.4; Python 3.11, Linux x86_64, 2026-11-29.
# All cells are text to it. In its YAML the codes of a map_values stand without quotation marks, as documented, and
# are numbers: 01 is 1, and 010 would be 8, for behind a zero YAML 1.1 counts by eights. 08 and 09 are no such
# numbers, stay text and are found, so that a trial with grade 9 passes. In quotation marks, and in a map_file, all
# are right.
#
# Output seen:
#   as documented: 00 01 02 03 04 05 06 07 eight nine 10 11 12 kindergarten
#   in quotation marks: zero one two three four five six seven eight nine ten eleven twelve kindergarten
#   map_file: zero one two three four five six seven eight nine ten eleven twelve kindergarten
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    earthmover==0.4.10 dask==2024.8.2 dask-expr==1.1.13 pandas==2.2.3 pyarrow==26.0.1 numpy==2.4.6 PyYAML==6.0.4 \
    2>/dev/null
cd "$work"
names=(zero one two three four five six seven eight nine ten eleven twelve)
echo "student,grade" > students.csv
echo "code,name" > grades.csv
for number in "${!names[@]}"; do
    printf '%09d,%02d\n' "$number" "$number" >> students.csv
    printf '%02d,%s\n' "$number" "${names[number]}" >> grades.csv
    printf '          %02d: %s\n' "$number" "${names[number]}" >> bare
done
echo "000000013,KG" >> students.csv
echo "KG,kindergarten" >> grades.csv
echo "          KG: kindergarten" >> bare
sed 's/\([0-9KG]*\):/"\1":/' bare > quoted

run() { # the name of the run, and a file with the mapping
    {
        echo "version: 2"
        echo "config: {output_dir: ./out, show_graph: False}"
        echo "sources: {students: {file: ./students.csv, header_rows: 1}}"
        echo "transformations:"
        echo "  mapped:"
        echo "    source: \$sources.students"
        echo "    operations:"
        echo "      - operation: map_values"
        echo "        column: grade"
        cat "$2"
        echo "destinations: {mapped: {source: \$transformations.mapped, extension: jsonl}}"
    } > earthmover.yaml
    rm -rf out
    venv/bin/earthmover run -c earthmover.yaml > log 2>&1 || cat log
    echo "$1:" $(sed 's/.*"grade": "\([^"]*\)".*/\1/' out/mapped.jsonl)
}
{ echo "        mapping:"; cat bare; } > as_documented
{ echo "        mapping:"; cat quoted; } > in_quotation_marks
echo "        map_file: ./grades.csv" > by_map_file
seen=$(run "as documented" as_documented; run "in quotation marks" in_quotation_marks; run "map_file" by_map_file)
echo "$seen"
[ "$seen" = "as documented: 00 01 02 03 04 05 06 07 eight nine 10 11 12 kindergarten
in quotation marks: zero one two three four five six seven eight nine ten eleven twelve kindergarten
map_file: zero one two three four five six seven eight nine ten eleven twelve kindergarten" ]
