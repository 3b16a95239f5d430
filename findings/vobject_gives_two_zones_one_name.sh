#!/usr/bin/env bash
# A calendar that vobject writes for a due time in Denver and the same clock time in Phoenix holds one
# time zone, MST, for both. Read back by vobject, Phoenix is an hour early; by icalendar, Denver is late.
#
# Versions: vobject 0.9.9, icalendar 7.3.2, tzdata 2026.6; Python 3.11, Linux x86_64, 2026-11-28.
# vobject names a zone of zoneinfo or dateutil by its winter abbreviation, and describes each name once: the
# zone that comes first. icalendar takes MST for the zone of that name in the database, which has no
# summer time, and pays no heed to the description in the file. So each of the two readers moves one of
# the two events, whichever comes first in the file, and neither reads the calendar that was meant.
#
# Output seen:
#   zones in the file: TZID:MST
#   meant: Denver 23:00 UTC, Phoenix 00:00 UTC
#   vobject: Denver 23:00 UTC, Phoenix 23:00 UTC
#   icalendar: Denver 00:00 UTC, Phoenix 00:00 UTC
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    vobject==0.9.9 icalendar==7.3.2 tzdata==2026.6 2>/dev/null
cd "$work"
seen=$(PYTHONTZPATH= venv/bin/python - <<'PYTHON'
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar
import vobject

due = {city: datetime(2026, 10, 15, 17, tzinfo=ZoneInfo(f"America/{city}")) for city in ("Denver", "Phoenix")}
calendar = vobject.iCalendar()
for city, time in due.items():
    event = calendar.add("vevent")
    event.add("uid").value = city
    event.add("summary").value = city
    event.add("dtstart").value = time
text = calendar.serialize()
print("zones in the file:", *[line for line in text.splitlines() if line.startswith("TZID:")])
read = {
    "meant": due,
    "vobject": {e.summary.value: e.dtstart.value for e in vobject.readOne(text).vevent_list},
    "icalendar": {e["summary"]: e.start for e in icalendar.Calendar.from_ical(text).walk("VEVENT")},
}
for name, times in read.items():
    print(f"{name}:", ", ".join(f"{city} {time.astimezone(UTC):%H:%M} UTC" for city, time in times.items()))
PYTHON
)
echo "$seen"
[ "$seen" = "zones in the file: TZID:MST
meant: Denver 23:00 UTC, Phoenix 00:00 UTC
vobject: Denver 23:00 UTC, Phoenix 23:00 UTC
icalendar: Denver 00:00 UTC, Phoenix 00:00 UTC" ]
