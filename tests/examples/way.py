"""The example of another state, and the way of docs/extending that leads to it."""

import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "second_state"
GUIDE = ROOT / "docs" / "extending" / "README.md"
CLERK, PASSWORD, OFFICE = "aldermere@demo.example", "second-state-demo", "AB-0012"
HEADER = "CountyOfficeID,SchoolID,StudentNumber,RouteCode,TimeOfDay,FirstDay,LastDay,MilesPerDay\n"
WAY = GUIDE.read_text().partition("\n## A state, from an empty folder\n")[2].partition("\n## ")[0]
BLOCKS = WAY.split("```")
"""Text and code blocks by turns."""


def commands(*names: str) -> list[list[str]]:
    """Return what the way tells to run of these commands of tidegate, without the program's own name."""
    lines = [shlex.split(line) for block in BLOCKS[1::2] for line in block.splitlines() if line.startswith("tidegate ")]
    found = [line[1:] for line in lines if line[1] in names]
    assert {line[0] for line in found} == set(names)
    return found
