"""A look-up, a reference table and a code list come with one file each, and say so when a part is lacking."""

import sys

import pytest

from tidegate.core import Focus, ReferenceFolder, SchoolYear, check, lookups, reference
from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.lookups.lookup import lookup_types
from tidegate.core.reference.table import reference_tables, required_files
from tidegate.core.rules.expressions import stored, value
from tidegate.core.rules.rule import RowRule

TABLE = '''
"""The reference table of bus routes."""

import polars as pl

from tidegate.core.reference.table import FolderTable, ReferenceFile, ReferenceTable


class BusRoutes(ReferenceTable):
    """The routes of the school buses."""

    name = "bus_routes"
    order = 80
    file = ReferenceFile("bus_routes.csv", ("Route", "Town"))
    key = ("Route",)
    noun = ("bus route", "bus routes")
    is_optional = True
    schema = pl.Schema({"route": pl.String, "town": pl.String})

    def all(self) -> pl.DataFrame:
        """Return every route."""
        raise NotImplementedError


class BusRoutesInFolder(FolderTable, BusRoutes):
    """Answers from a reference folder."""

    def all(self) -> pl.DataFrame:
        """Return every route of the folder."""
        return self.folder.read(self.file).rename({"Route": "route", "Town": "town"})
'''
LOOKUP = '''
"""The look-up of a bus route."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from tidegate.core.frames.joins import left_join_one
from tidegate.core.layouts.layout import Column
from tidegate.core.lookups.lookup import Join, LabelledLookup
from tidegate.core.lookups.sources import Sources
from tidegate.core.lookups.lookup import Suggester
from tidegate.core.reference.bus_routes import BusRoutes
from tidegate.core.suggestions.suggestion import suggest_by_value
from tidegate.core.suggestions.suggestion import Suggestion


class BusRouteLookup(LabelledLookup, frozen=True, tag="bus_route"):
    """The bus route in column `by`."""

    gives: ClassVar = {"town": "where it ends"}

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return what joins the town."""
        routes = sources.tables.table(BusRoutes).all()
        found = routes.select(pl.col("route").alias(f"{self.by}:value"), pl.col("town").alias(f"{name}.town"))
        return lambda rows: left_join_one(rows, found, on=[f"{self.by}:value"])

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:
        """Return the town of the example."""
        return {"town": "Rockport"}

    def suggester(self, name: str, sources: Sources) -> Suggester:
        """Return what suggests the only route."""
        return _Suggester(column=self.by, found=f"{name}.town")


class _Suggester(Suggester):
    def suggest(self, unknown: pl.DataFrame) -> pl.DataFrame:
        return suggest_by_value(unknown, lambda *_: [Suggestion("R7", "the only route")])
'''
LAYOUT = """
name = "Buses"
title = "Buses"
log_title = "Buses"
area = "BUS"
order = 90
summary = "Who takes which bus."
[identity]
[columns.Route]
of = { type = "text", max_length = 10 }
description = "The route."
example = "R7"
[columns.Seat]
of = { type = "code", list_name = "seat_codes", pattern = "^[A-Z]$", pattern_in_words = "a letter" }
description = "The seat."
example = "A"
[stored.route]
find = "bus_route"
by = "Route"
label = "Route"
[stored.seat]
find = "code"
by = "Seat"
"""


class RouteIsKnown(RowRule):
    """There is no such route.

    What it checks: The route stands in the list.

    How to fix it: Look it up.
    """

    code = "BUS401"
    message = "The bus does not end anywhere"
    columns = ("Route",)
    good = ({},)
    bad = ({"route.town": None},)

    def broken(self):
        return stored("route.town").is_null()


class SeatIsKnown(RowRule):
    """There is no such seat.

    What it checks: The seat stands in the list of the school year.

    How to fix it: Look it up.
    """

    code = "BUS402"
    message = 'There is no seat "{Seat}" in the bus to {route.town}'
    columns = ("Seat",)
    good = ({},)
    bad = ({"seat.code": None},)

    def broken(self):
        return value("Seat").is_not_null() & stored("seat.code").is_null()


@pytest.fixture
def drop_in(tmp_path, monkeypatch):
    """Put files where look-ups and tables are found."""

    def put(package, name: str, text: str) -> None:
        folder = tmp_path / package.__name__
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])

    before = set(sys.modules)
    yield put
    for package, module in ((reference, "bus_routes"), (lookups, "bus_route")):
        monkeypatch.delattr(package, module, raising=False)
    for name in set(sys.modules) - before:
        if name.rpartition(".")[2] in ("bus_routes", "bus_route"):
            del sys.modules[name]


def write_reference(folder, **lists: str):
    folder.mkdir()
    for file in required_files():
        (folder / file.file_name).write_text(",".join(file.header) + "\n")
    for name, text in lists.items():
        (folder / f"{name}.csv").write_text(text)
    return ReferenceFolder(folder)


def test_a_look_up_and_a_table_are_one_file_each(drop_in, tmp_path):
    drop_in(reference, "bus_routes", TABLE)
    drop_in(lookups, "bus_route", LOOKUP)
    (tmp_path / "layout.toml").write_text(LAYOUT)
    (tmp_path / "upload.csv").write_text("Route,Seat\nR7,A\nR8,A\nR7,Z\n")
    tables = write_reference(
        tmp_path / "reference",
        bus_routes="Route,Town\nR7,Rockport\n",
        seat_codes="Code,Title,FirstYear,LastYear\nA,Window,,\nZ,Roof,,2018-2019\n",
    )
    layout = load_layout(tmp_path / "layout.toml")
    rules = [RouteIsKnown(), SeatIsKnown()]
    checked = check(tmp_path / "upload.csv", layout, rules, focus=Focus(SchoolYear(2020)), tables=tables)
    assert checked.findings.select("row", "message", "suggestions").rows() == [
        (3, "The bus does not end anywhere", '[["R7","the only route",false]]'),
        (4, 'There is no seat "Z" in the bus to Rockport', ""),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('tag="bus_route"', 'tag="bus"', 'has no tag="bus_route"'),
        ('    """The bus route in column `by`."""\n', "", "has no docstring"),
        ("    gives: ClassVar", "    gave: ClassVar", "lacks gives"),
        ("def joiner", "def joined", "lacks joiner"),
        ("def example", "def examples", "lacks example"),
        ("class _Suggester(Suggester)", "class Another(LabelledLookup)", "2 look-ups"),
    ],
)
def test_a_look_up_that_lacks_a_part_is_refused_in_a_sentence(drop_in, old, new, said):
    drop_in(reference, "bus_routes", TABLE)
    assert old in LOOKUP
    drop_in(lookups, "bus_route", LOOKUP.replace(old, new))
    with pytest.raises(BrokenLayout, match=said):
        lookup_types()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    key = ", "    keys = ", "lacks its key"),
        ('name = "bus_routes"', 'name = "buses"', "the name of its file"),
        ("(FolderTable, BusRoutes)", "(BusRoutes)", "one ReferenceTable, and one that is a FolderTable"),
        (
            "        raise NotImplementedError\n",
            "        raise NotImplementedError\n\n    def none(self): ...\n",
            "does not answer none",
        ),
    ],
)
def test_a_table_that_lacks_a_part_is_refused_in_a_sentence(drop_in, old, new, said):
    assert old in TABLE
    drop_in(reference, "bus_routes", TABLE.replace(old, new, 1))
    with pytest.raises(BrokenLayout, match=said):
        reference_tables()


def test_a_layout_with_a_look_up_that_nobody_wrote_is_refused_with_its_place(tmp_path):
    (tmp_path / "layout.toml").write_text(LAYOUT)
    with pytest.raises(BrokenLayout, match=r"stored.*bus_route"):
        load_layout(tmp_path / "layout.toml")


def test_every_example_has_the_fields_that_its_look_up_gives():
    from tidegate.file_types import find_all

    for kind in find_all().values():
        for name, lookup in kind.layout.stored.items():
            assert lookup.example(kind.layout.columns).keys() == lookup.gives.keys(), name
