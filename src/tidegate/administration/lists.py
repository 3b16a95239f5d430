"""The lists that the state keeps: what each is called, its rows, and how they are stored."""

import re
from collections.abc import Collection
from functools import partial
from typing import NamedTuple, Protocol

from django.db.models import Count

from tidegate.administration.codes import code_rows, touched_by_codes, write_codes
from tidegate.administration.differences import Difference, Row
from tidegate.administration.organizations import (
    ORGANIZATIONS,
    organization_rows,
    touched_organizations,
    write_organizations,
)
from tidegate.administration.parents import check_parents
from tidegate.core.errors import Refusal
from tidegate.core.layouts.state import LIST_NAME_FORM
from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.table import reference_tables
from tidegate.file_types import find_all
from tidegate.reference.models import Code


class _Rows(Protocol):
    def __call__(self) -> dict[str, Row]: ...


class _Write(Protocol):
    def __call__(self, differences: Collection[Difference]) -> None: ...


class _Check(Protocol):
    def __call__(self, differences: Collection[Difference]) -> None: ...


class _Touched(Protocol):
    def __call__(self, differences: Collection[Difference]) -> list[str]: ...


class ReferenceList(NamedTuple):
    """A list: its name, what a row is called and several, its rows by their keys, what raises Conflict where
    differences of it cannot be made, what stores them, and what says which stored records they touch."""

    name: str
    noun: tuple[str, str]
    rows: _Rows
    check: _Check
    write: _Write
    touched: _Touched

    @property
    def is_of_organizations(self) -> bool:
        """Whether its rows are organizations and not codes."""
        return self.name == ORGANIZATIONS


def find_list(name: str) -> ReferenceList:
    """Return the list of organizations or a code list, which may still be empty. A Refusal where no list can have the
    name."""
    if name == ORGANIZATIONS:
        noun = ("organization", "organizations")
        return ReferenceList(name, noun, organization_rows, check_parents, write_organizations, touched_organizations)
    _check_name(name)
    of_state = present_state().code_lists.get(name)
    return ReferenceList(
        name,
        of_state.nouns if of_state else ("code", "codes"),
        partial(code_rows, name),
        _check_nothing,
        partial(write_codes, name),
        partial(touched_by_codes, name),
    )


def _check_nothing(differences: Collection[Difference]) -> None:
    """Codes rest on no other row."""


def _check_name(name: str) -> None:
    taken = {file.file_name for table in reference_tables() if table.name != "codes" for file in table.files()}
    if not re.fullmatch(LIST_NAME_FORM, name) or f"{name}.csv" in taken:
        raise Refusal(
            f'"{name[:50]}" cannot be the name of a code list',
            fix="Use small letters, digits and underscores, such as race_codes",
            code="LIST_NAME",
        )


class KnownList(NamedTuple):
    """A code list that is on file or that a file type needs: its name, how many codes it has, and what needs it."""

    name: str
    code_count: int
    open_count: int
    needed_by: tuple[str, ...]


def known_lists() -> list[KnownList]:
    """Return every code list by name: those on file, those of the state, and those that a file type looks codes up
    in."""
    needed: dict[str, list[str]] = {}
    for file_type in find_all().values():
        for name, column in file_type.layout.code_lists().items():
            needed.setdefault(name, []).append(f"{column} of {file_type.name}")
    stored = dict(Code.objects.order_by().values_list("list_name").annotate(Count("pk")))
    still_open = dict(Code.objects.filter(last_year=None).order_by().values_list("list_name").annotate(Count("pk")))
    names = sorted({*needed, *stored, *present_state().code_lists})
    return [KnownList(name, stored.get(name, 0), still_open.get(name, 0), (*needed.get(name, ()),)) for name in names]
