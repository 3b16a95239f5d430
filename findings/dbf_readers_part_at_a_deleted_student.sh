#!/usr/bin/env bash
# One deleted student in a dBASE table, and four packages read three tables: dbfread and pyshp leave out just
# him, dbfpy3 brings him back, and with dbf-light all that follows is shifted. Birch, who was deleted, starts
# in the year 260, with 712 days, and Dogwood is gone.
#
# Versions: dbf-light 1.0.0, dbfpy3 4.2.3, dbfread 2.0.7, pyshp 3.1.6, dbf 0.99.11, which wrote the table;
# Python 3.11, Linux x86_64, 2026-11-29.
# dBASE and FoxPro mark a deleted row with a star and leave it where it is until the table is packed. dbf-light
# sees the star and looks for the next row right behind it, in the middle of this one. It raises an error only
# where a sign does not fit its column. Nobody filled in the days of Dogwood; to dbfpy3 they are 0.
#
# Output seen:
#   dbfread: 012345678 Alder 170 2026-09-08 / 012345680 Cedar 172 2026-09-10 / 012345681 Dogwood None 2026-09-11
#   pyshp: 012345678 Alder 170 2026-09-08 / 012345680 Cedar 172 2026-09-10 / 012345681 Dogwood None 2026-09-11
#   dbfpy3: 012345678 Alder 170.0 2026-09-08 / 012345679 Birch 171.0 2026-09-09 / 012345680 Cedar 172.0 2026-09-10 / 012345681 Dogwood 0.0 2026-09-11
#   dbf-light: 012345678 Alder 170 2026-09-08 / 12345679B irch               1 712 0260-09-09 / 12345680C edar               1 722 0260-09-10
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    dbf-light==1.0.0 dbfpy3==4.2.3 dbfread==2.0.7 pyshp==3.1.6 dbf==0.99.11 2>/dev/null
cd "$work"
seen=$(venv/bin/python 2>/dev/null - <<'PYTHON'
import dbf
import dbf_light
import dbfpy3.dbf
import dbfread
import shapefile

STUDENTS = [
    ("012345678", "Alder", 170, dbf.Date(2026, 9, 8)),
    ("012345679", "Birch", 171, dbf.Date(2026, 9, 9)),
    ("012345680", "Cedar", 172, dbf.Date(2026, 9, 10)),
    ("012345681", "Dogwood", None, dbf.Date(2026, 9, 11)),
]
table = dbf.Table("students.dbf", "ID C(9); NAME C(20); DAYS N(3,0); START D", dbf_type="db3")
table.open(dbf.READ_WRITE)
for student in STUDENTS:
    table.append(student)
dbf.delete(table[1])
table.close()


def by_dbf_light():
    with dbf_light.Dbf.open("students.dbf") as rows:
        return list(rows)


READERS = {
    "dbfread": lambda: [row.values() for row in dbfread.DBF("students.dbf")],
    "pyshp": lambda: shapefile.Reader(dbf="students.dbf").records(),
    "dbfpy3": lambda: dbfpy3.dbf.Dbf("students.dbf"),
    "dbf-light": by_dbf_light,
}
for name, read in READERS.items():
    print(f"{name}:", " / ".join(" ".join(map(str, row)) for row in read()))
PYTHON
)
echo "$seen"
[ "$seen" = "dbfread: 012345678 Alder 170 2026-09-08 / 012345680 Cedar 172 2026-09-10 / 012345681 Dogwood None 2026-09-11
pyshp: 012345678 Alder 170 2026-09-08 / 012345680 Cedar 172 2026-09-10 / 012345681 Dogwood None 2026-09-11
dbfpy3: 012345678 Alder 170.0 2026-09-08 / 012345679 Birch 171.0 2026-09-09 / 012345680 Cedar 172.0 2026-09-10 / 012345681 Dogwood 0.0 2026-09-11
dbf-light: 012345678 Alder 170 2026-09-08 / 12345679B irch               1 712 0260-09-09 / 12345680C edar               1 722 0260-09-10" ]
