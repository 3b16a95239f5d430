#!/usr/bin/env bash
# The Python and the JavaScript library of the Table Schema specification, both by its own authors, give
# two answers on the same schema and cell: 9/8/2026 in a column of %m/%d/%Y, and 0175 in one of integers.
#
# Versions: tableschema 1.21.0 (PyPI), tableschema 1.12.6 (npm); Python 3.11, Node 20, 2026-11-28.
# In JavaScript a month needs two figures and a whole number may not begin with 0; Python takes both, and
# an underscore among the figures and a full-width 175 besides, as frictionless 5.21.0 does, too. So a file
# that a sender has checked in the browser, or has been told is wrong there, is judged otherwise at home.
#
# Output seen:
#   date %m/%d/%Y 09/08/2026: taken taken
#   date %m/%d/%Y 9/8/2026: taken refused
#   integer default 175: taken taken
#   integer default 0175: taken refused
#   integer default 1_75: taken refused
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-deps --no-compile --disable-pip-version-check \
    setuptools==65.5.0 tableschema==1.21.0 dataflows-tabulator==1.54.3 attrs cached-property==2.0.1 certifi \
    chardet==7.7.0 charset-normalizer click idna isodate==0.7.2 jsonschema==4.26.0 jsonschema-specifications \
    python-dateutil==4.0.0 referencing requests rfc3986==1.5.0 rpds-py six typing_extensions urllib3 2>/dev/null
cd "$work"
npm install --silent --no-audit --no-fund --prefix . tableschema@1.12.6 >/dev/null
cat > cells.json <<'JSON'
[["date", "%m/%d/%Y", "09/08/2026"], ["date", "%m/%d/%Y", "9/8/2026"],
 ["integer", "default", "175"], ["integer", "default", "0175"], ["integer", "default", "1_75"]]
JSON
node > node.json <<'JAVASCRIPT'
const { Field } = require('tableschema');
const said = require('./cells.json').map(([type, format, cell]) => {
  try {
    new Field({ name: 'cell', type, format }).castValue(cell);
    return 'taken';
  } catch {
    return 'refused';
  }
});
console.log(JSON.stringify(said));
JAVASCRIPT
seen=$(venv/bin/python -W ignore - <<'PYTHON'
import json

from tableschema import Field
from tableschema.exceptions import CastError

with open("cells.json") as cells, open("node.json") as node:
    for (kind, form, cell), by_node in zip(json.load(cells), json.load(node), strict=True):
        try:
            Field({"name": "cell", "type": kind, "format": form}).cast_value(cell)
            said = "taken"
        except CastError:
            said = "refused"
        print(f"{kind} {form} {cell}: {said} {by_node}")
PYTHON
)
echo "$seen"
[ "$seen" = "date %m/%d/%Y 09/08/2026: taken taken
date %m/%d/%Y 9/8/2026: taken refused
integer default 175: taken taken
integer default 0175: taken refused
integer default 1_75: taken refused" ]
