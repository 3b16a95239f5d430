#!/usr/bin/env bash
# nameparser makes of "Alder, Prince" a prince whose first name is Alder and who has no last name, and of
# "Rahman, Md Ali" a Rahman without a first name, whose suffix is Md Ali.
#
# Versions: nameparser 2.6.0, nominally 1.1.0, names 0.3.0 (census of 1990); Python 3.11, Linux x86_64, 2026-11-29.
# The comma says which name is the last. Yet after Prince, Princess, King and Queen it takes what is left, the
# last name, for the first, as in Sir Isaac. Md, short for Mohammed in Bangladesh, is a doctor's M.D. to it,
# and draws the name behind it along. Judge, Marquis and Lady are titles of somebody without a first name, but
# Duke, Earl and Dean are first names. nominally knows few titles and loses only the Md.
#
# Output seen:
#   Alder, Duke: nameparser last=Alder first=Duke; nominally last=alder first=duke
#   Alder, Judge: nameparser title=Judge last=Alder; nominally last=alder first=judge
#   Alder, Prince: nameparser title=Prince first=Alder; nominally last=alder first=prince
#   Alder, Prince John: nameparser title=Prince last=Alder first=John; nominally last=alder first=prince middle=john
#   Rahman, Md Ali: nameparser last=Rahman suffix=Md Ali; nominally last=rahman first=ali suffix=md
#   of 5163 first names after "Alder, " lost: Junior King Lady Marquis Miss Prince Princess Queen Royal
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    nameparser==2.6.0 nominally==1.1.0 names==0.3.0 2>/dev/null
cd "$work"
seen=$(venv/bin/python 2>/dev/null - <<'PYTHON'
from pathlib import Path

import names
import nominally
from nameparser import HumanName

PARTS = ("title", "last", "first", "middle", "suffix")


def words(parts):
    return " ".join(f"{part}={parts[part]}" for part in PARTS if parts[part])


for name in ("Alder, Duke", "Alder, Judge", "Alder, Prince", "Alder, Prince John", "Rahman, Md Ali"):
    print(f"{name}: nameparser {words(HumanName(name).as_dict())}; nominally {words(nominally.parse_name(name))}")
lists = [Path(names.__file__).with_name(f"dist.{sex}.first").read_text() for sex in ("female", "male")]
firsts = {line.split()[0].title() for each in lists for line in each.splitlines()}
lost = sorted(first for first in firsts if HumanName(f"Alder, {first}").first != first)
print(f'of {len(firsts)} first names after "Alder, " lost:', *lost)
PYTHON
)
echo "$seen"
[ "$seen" = 'Alder, Duke: nameparser last=Alder first=Duke; nominally last=alder first=duke
Alder, Judge: nameparser title=Judge last=Alder; nominally last=alder first=judge
Alder, Prince: nameparser title=Prince first=Alder; nominally last=alder first=prince
Alder, Prince John: nameparser title=Prince last=Alder first=John; nominally last=alder first=prince middle=john
Rahman, Md Ali: nameparser last=Rahman suffix=Md Ali; nominally last=rahman first=ali suffix=md
of 5163 first names after "Alder, " lost: Junior King Lady Marquis Miss Prince Princess Queen Royal' ]
