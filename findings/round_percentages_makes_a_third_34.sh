#!/usr/bin/env bash
# round-percentages publishes one of three as 34 and two of three as 66, so that they add up to 100. It
# compares what stands behind the points as whole numbers: of 37.5 and 31.25 the second has more, 25 to 5.
#
# Versions: round-percentages 1.0, largest-remainder 0.1.0; Python 3.11, Linux x86_64, 2026-11-29.
# The largest remainder method gives the percent that is missing to the largest fraction. A float is written
# with as many digits as it needs: 33.333333333333336 has one more than 66.66666666666667, and counts for ten
# times as much. The pair rounds to 33 and 67 by itself. The package's own example has six digits everywhere,
# where that does no harm. Of all pairs of counts up to 40 it moves one in seven by more than a half.
#
# Output seen:
#   1 2: round-percentages 34 66, largest-remainder 33 67
#   6 5 5: round-percentages 37 32 31, largest-remainder 38 31 31
#   1 1 1: round-percentages 34 33 33, largest-remainder 34 33 33
#   pairs with a share more than a half away: 252 of 1680, largest-remainder 0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    round-percentages==1.0 largest-remainder==0.1.0 2>/dev/null
cd "$work"
seen=$(venv/bin/python - <<'PYTHON'
from itertools import product

import round_percentages
from largest_remainder import LargestRemainder

WAYS = {"round-percentages": round_percentages, "largest-remainder": LargestRemainder.round}


def percents(*counts):
    return [100 * count / sum(counts) for count in counts]


for counts in [(1, 2), (6, 5, 5), (1, 1, 1)]:
    said = [" ".join([name, *map(str, way(percents(*counts)))]) for name, way in WAYS.items()]
    print(*counts, end=": ")
    print(*said, sep=", ")
pairs = [percents(*counts) for counts in product(range(41), repeat=2) if any(counts)]
moved = {
    name: sum(any(abs(share - number) > 0.5 + 1e-9 for share, number in zip(pair, way(pair))) for pair in pairs)
    for name, way in WAYS.items()
}
print(
    f"pairs with a share more than a half away: {moved['round-percentages']} of {len(pairs)},",
    f"largest-remainder {moved['largest-remainder']}",
)
PYTHON
)
echo "$seen"
[ "$seen" = "1 2: round-percentages 34 66, largest-remainder 33 67
6 5 5: round-percentages 37 32 31, largest-remainder 38 31 31
1 1 1: round-percentages 34 33 33, largest-remainder 34 33 33
pairs with a share more than a half away: 252 of 1680, largest-remainder 0" ]
