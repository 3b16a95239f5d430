"""The demo of the present state: invented reference lists, files and people, which its package brings."""

import importlib.util
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from tidegate.accounts.demo_person import DemoPerson
from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.layouts.import_checked import import_checked
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_package

if TYPE_CHECKING:  # the sample files need no database
    from tidegate.records.import_folder import ImportSummary


class DemoFile(NamedTuple):
    """A file to send, the slug of its type, and its school year, where that is not the demo's."""

    path: Path
    file_type: str
    school_year: SchoolYear | None = None


class Demo(Protocol):
    """What the module `demo` of a state's package has."""

    PASSWORD: str
    """That of everybody; it is shown to whoever runs the demo."""
    PEOPLE: Sequence[DemoPerson]
    SENDER: str
    """The email of the person who sends the demo's files."""
    SCHOOL_YEAR: SchoolYear
    """The one that the files are of."""

    def list_school_years(self, today: date) -> list[SchoolYear]:
        """Return the school years that the demo collects."""
        ...

    def write_reference(self, folder: Path, *, today: date) -> None:
        """Write the reference folder."""
        ...

    def write_files(self, folder: Path) -> Sequence[DemoFile]:
        """Write the files to send, and return them in the order of sending."""
        ...


_PARTS = ("PASSWORD", "PEOPLE", "SENDER", "SCHOOL_YEAR", "list_school_years", "write_reference", "write_files")


def find_demo() -> Demo | None:
    """Return the demo of the present state, None where it has none. Raises BrokenLayout where a part is missing."""
    name = f"{present_package().name}.demo"
    if importlib.util.find_spec(name) is None:
        return None
    module = import_checked(name)
    if missing := [part for part in _PARTS if not hasattr(module, part)]:
        raise BrokenLayout(f"{module.__file__}:1: the demo lacks {', '.join(missing)}")
    return cast("Demo", module)


def demo_of_state() -> Demo:
    """Return the demo of the present state. A Refusal where it has none."""
    demo = find_demo()
    if demo is None:
        raise Refusal(f"{present_package().state.name} has no demo", fix=f"Add {present_package().folder / 'demo'}")
    return demo


def fill_demo(*, today: date) -> "ImportSummary":
    """Import the demo's reference lists and return what was new. Run again it changes nothing; what uploads brought
    stays, and so do closed school years. Its people are filled in by `accounts.demo_people`."""
    from django.db import transaction

    from tidegate.records.import_folder import import_reference
    from tidegate.reference.import_file import NewerRecords
    from tidegate.reference.school_years import add_school_years

    demo = demo_of_state()
    with transaction.atomic(), TemporaryDirectory() as folder:
        add_school_years(demo.list_school_years(today))
        demo.write_reference(Path(folder), today=today)
        return import_reference(Path(folder), by=None, newer=NewerRecords.KEEP)
