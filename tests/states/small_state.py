"""A small invented state, written anew for each test: one file type with one rule, its example, case and message."""

from itertools import count
from pathlib import Path

NAME = "small_state"
_NUMBERS = count(2)
FILES = {
    "__init__.py": '"""A small state."""\n',
    "apps.py": '''"""The Django app of a small state."""

from django.apps import AppConfig


class SmallStateConfig(AppConfig):
    """What it stores."""

    name = __package__
    label = "small_state"
''',
    "state.toml": """name = "Small"
short_name = "SM"

[words]
sau = "District"

[student_numbers]
min_digits = 9
max_digits = 9

[organization_ids]
form = "digits"
max_length = 4

[school_years]
begins = "08-15"
first = 1990
years_ahead = 5

[code_lists.bus_codes]
nouns = ["bus code", "bus codes"]
""",
    "file_types/__init__.py": '"""Its file types."""\n',
    "file_types/bus/__init__.py": '"""The file type Bus."""\n',
    "file_types/bus/guide.md": "# Bus\n\nOne line for each student who rides.\n",
    "file_types/bus/layout.toml": """name = "Bus"
title = "Bus riders"
log_title = "Bus Import Error Log"
area = "BUS"
order = 10
summary = "One line for each student who rides a bus."

[identity]
sau_id = "DistrictID"

[columns.DistrictID]
of = { type = "digits", max_length = 4 }
description = "The district."
example = "1000"

[columns.Bus]
of = { type = "code", list_name = "bus_codes" }
description = "The bus."
example = "B1"

[columns.Miles]
of = { type = "decimal", maximum = 99, places = 1 }
description = "How far the student rides."
example = "3.5"

[stored.sau]
find = "organization"
by = "DistrictID"
kind = "SAU"
label = "District ID"

[stored.bus]
find = "code"
by = "Bus"
label = "Bus"
""",
    "file_types/bus/rules/__init__.py": '"""The rules of bus files."""\n',
    "file_types/bus/rules/bus201_walks.py": '''"""BUS201: a student who could walk."""

import polars as pl

from tidegate.core.rules.expressions import value
from tidegate.core.rules.rule import RowRule


class Walks(RowRule):
    """The student could walk.

    What it checks: Nobody rides less than half a mile.

    How to fix it: Take the row out.
    """

    code = "BUS201"
    message = 'Miles "{Miles}" is a walk'
    columns = ("Miles",)
    good = ({}, {"Miles": "0.5"})
    bad = ({"Miles": "0.4"},)

    def broken(self) -> pl.Expr:
        """True for less than half a mile."""
        return value("Miles") < 0.5
''',
    "file_types/bus/cases/all_good/upload.csv": "DistrictID,Bus,Miles\n1000,B1,3.5\n",
    "file_types/bus/cases/all_good/result_log.csv": "Bus Import Error Log\nAll Records completed successfully\n",
    "file_types/bus/cases/a_walk/upload.csv": "DistrictID,Bus,Miles\n1000,B1,0.3\n1000,B9,1\n",
    "file_types/bus/cases/a_walk/result_log.csv": (
        "Row Number,District ID,School ID,State Student Number,Error\n"
        '2,1000,,,"Miles ""0.3"" is a walk"\n'
        '3,1000,,,"Bus ""B9"" is not on this school year\'s list"\n'
    ),
}
REFERENCE = {
    "organizations.csv": "OrganizationID,Name,Kind,ParentID,LocalID\n1000,First District,District,,\n",
    "bus_codes.csv": "Code,Title,FirstYear,LastYear\nB1,Bus one,,\n",
}


def write_state(home: Path, *, is_alone: bool = False, **changes: str | None) -> Path:
    """Write the package and return its folder. `changes` replaces files by their paths; None leaves one out. Where one
    process imports several, each has a name of its own, but for the one that `is_alone`."""
    folder = home / (NAME if is_alone else f"{NAME}_{next(_NUMBERS)}")
    files: dict[str, str | None] = {**FILES, **changes}
    for case in ("all_good", "a_walk"):
        files |= {f"file_types/bus/cases/{case}/reference/{name}": text for name, text in REFERENCE.items()}
    for name, text in files.items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    return folder
