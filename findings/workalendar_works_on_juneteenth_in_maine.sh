#!/usr/bin/env bash
# Two packages of public holidays set two due days in Maine: workalendar works on Juneteenth and rests on
# the Friday after Thanksgiving, holidays the other way round, in each year from 2022 to 2040.
#
# Versions: workalendar 17.0.0, holidays 0.109; Python 3.11, Linux x86_64, 2026-11-28.
# Both have a calendar of Maine of their own, Patriots' Day included, and number the working days alike.
# They agree on every other day, so that a test on any other week of the year finds no difference.
#
# Output seen:
#   3 working days after 2026-06-17: 2026-06-23 2026-06-22
#   1 working day after 2026-11-25: 2026-11-27 2026-11-30
#   10 working days after 2026-09-08: 2026-09-22 2026-09-22
#   days from 2022 to 2040 that only holidays has: 19 of 19 Juneteenth
#   days from 2022 to 2040 that only workalendar has: 19 of 19 Thanksgiving Friday
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    workalendar==17.0.0 holidays==0.109 2>/dev/null
cd "$work"
seen=$(venv/bin/python - <<'PYTHON'
from datetime import date

import holidays
from workalendar.usa import Maine

YEARS = range(2022, 2041)
maine = Maine()
state = holidays.US(subdiv="ME", years=YEARS)
for start, number in [(date(2026, 6, 17), 3), (date(2026, 11, 25), 1), (date(2026, 9, 8), 10)]:
    word = "day" if number == 1 else "days"
    dues = state.get_nth_working_day(start, number), maine.add_working_days(start, number)
    print(f"{number} working {word} after {start}:", *dues)
listed = {day: name for year in YEARS for day, name in maine.holidays(year) if day.year in YEARS}
only = {
    "holidays": [name for day, name in state.items() if day not in listed and "observed" not in name],
    "workalendar": [name for day, name in listed.items() if day not in state],
}
for package, word in {"holidays": "Juneteenth", "workalendar": "Thanksgiving Friday"}.items():
    number = sum(word in name for name in only[package])
    print(f"days from 2022 to 2040 that only {package} has: {number} of {len(only[package])} {word}")
PYTHON
)
echo "$seen"
[ "$seen" = "3 working days after 2026-06-17: 2026-06-23 2026-06-22
1 working day after 2026-11-25: 2026-11-27 2026-11-30
10 working days after 2026-09-08: 2026-09-22 2026-09-22
days from 2022 to 2040 that only holidays has: 19 of 19 Juneteenth
days from 2022 to 2040 that only workalendar has: 19 of 19 Thanksgiving Friday" ]
