"""The demo of Winnora: lists, files and people that are invented. Everybody knows the password."""

import shutil
from datetime import date
from pathlib import Path

from tidegate.accounts.demo_person import DemoPerson
from tidegate.accounts.roles import DataSpecialist, StateAdministrator, Viewer
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.demo import DemoFile

PASSWORD = "second-state-demo"  # noqa: S105 - shown to whoever runs the demo
SENDER = "aldermere@demo.example"
PEOPLE = (
    DemoPerson("state@demo.example", "Sky State", StateAdministrator),
    DemoPerson(SENDER, "Alex Aldermere", DataSpecialist, "Aldermere County Office"),
    DemoPerson("corvane@demo.example", "Cory Corvane", DataSpecialist, "Corvane County Office"),
    DemoPerson("viewer@demo.example", "Val Viewer", Viewer, "Aldermere County Office"),
)
SCHOOL_YEAR = SchoolYear(2020)
_HERE = Path(__file__).parent


def list_school_years(today: date) -> list[SchoolYear]:  # noqa: ARG001 - the files are of this year
    """Return the school years that the demo collects."""
    return [SCHOOL_YEAR]


def write_reference(folder: Path, *, today: date) -> None:  # noqa: ARG001 - likewise
    """Write the reference folder."""
    shutil.copytree(_HERE / "reference", folder, dirs_exist_ok=True)


def write_files(folder: Path) -> list[DemoFile]:
    """Write the files to send, and return them in the order of sending."""
    shutil.copytree(_HERE / "files", folder, dirs_exist_ok=True)
    return [DemoFile(folder / name, "bus-riders") for name in ("bus_riders.csv", "bus_riders_with_errors.csv")]
