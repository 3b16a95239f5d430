#!/usr/bin/env bash
# Five packages that reckon Jaro-Winkler see the names Carmen Garcia and Carmela Garcia as alike by 0.898,
# 0.899, 0.906 and 0.922: a limit of 0.9 for possible duplicates finds them in three and not in two.
#
# Versions: rapidfuzz 3.14.6, jaro-winkler 2.0.3 (PyPI), strsimpy 0.2.1, jaro-winkler 0.2.8 (npm),
# @skyra/jaro-winkler 1.1.1; Python 3.11, Node 20, Linux x86_64, 2026-11-28.
# Here 7 of the 12 letters found stand elsewhere, and half of that is 3 to one and 3.5 to another. The
# five first letters in common count a tenth each up to the fourth, or all five, or less in long names.
# Martha and Marhta, the pair of every text book, has six letters and two transposed: all agree on it. A
# low pair (Jean-Paul, Jean Pierre) gets the bonus for its beginning by one package, and by four it does not.
#
# Output seen:
#   Martha, Marhta: 0.961 0.961 0.961 0.961 0.961
#   Carmen Garcia, Carmela Garcia: 0.906 0.906 0.899 0.898 0.922
#   Smith Jr, Smith: 0.925 0.925 0.938 0.925 0.938
#   Jean-Paul, Jean Pierre: 0.67 0.67 0.67 0.67 0.835
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    rapidfuzz==3.14.6 jaro-winkler==2.0.3 strsimpy==0.2.1 2>/dev/null
cd "$work"
npm install --silent --no-audit --no-fund --prefix . jaro-winkler@0.2.8 @skyra/jaro-winkler@1.1.1 >/dev/null
cat > pairs.json <<'JSON'
[["Martha", "Marhta"], ["Carmen Garcia", "Carmela Garcia"], ["Smith Jr", "Smith"], ["Jean-Paul", "Jean Pierre"]]
JSON
node > node.json <<'JAVASCRIPT'
const first = require('jaro-winkler');
const { jaroWinkler } = require('@skyra/jaro-winkler');
console.log(JSON.stringify(require('./pairs.json').map(([a, b]) => [first(a, b), jaroWinkler(a, b)])));
JAVASCRIPT
seen=$(venv/bin/python - <<'PYTHON'
import json

import jaro
from rapidfuzz.distance import JaroWinkler
from strsimpy.jaro_winkler import JaroWinkler as OtherJaroWinkler

with open("pairs.json") as pairs, open("node.json") as node:
    for (a, b), by_node in zip(json.load(pairs), json.load(node), strict=True):
        by_python = [f(a, b) for f in (JaroWinkler.similarity, jaro.jaro_winkler_metric, OtherJaroWinkler().similarity)]
        print(f"{a}, {b}:", *(round(value, 3) for value in by_python + by_node))
PYTHON
)
echo "$seen"
[ "$seen" = "Martha, Marhta: 0.961 0.961 0.961 0.961 0.961
Carmen Garcia, Carmela Garcia: 0.906 0.906 0.899 0.898 0.922
Smith Jr, Smith: 0.925 0.925 0.938 0.925 0.938
Jean-Paul, Jean Pierre: 0.67 0.67 0.67 0.67 0.835" ]
