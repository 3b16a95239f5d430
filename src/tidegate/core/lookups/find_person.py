"""Finds who is known by the names and birth date of a row, and what was answered to the same request before."""

import polars as pl

from tidegate.core.layouts.lookup_settings import PersonLookup
from tidegate.core.reference.fold_person import fold, person_key, request_key
from tidegate.core.reference.tables import ReferenceData

_NAMES = ("last_name", "first_name", "date_of_birth")


def find_person(name: str, find: PersonLookup, rows: pl.DataFrame, tables: ReferenceData) -> pl.DataFrame:
    """Return one line per distinct request: its columns, `person_key`, `request_key`, `known_count`, `answer`.

    A row without a last name, a first name or a birth date asks for nobody.
    """
    columns = [f"{column}:value" for column in find.columns]
    last, first, day = (f"{column}:value" for column in (find.last_name, find.first_name, find.date_of_birth))
    asked = rows.select(columns).unique(maintain_order=True).drop_nulls([last, first, day])
    asked = asked.with_columns(
        person_key(last_name=last, first_name=first, date_of_birth=day).alias(f"{name}.person_key"),
        request_key(columns).alias(f"{name}.request_key"),
    )
    named = asked.select(fold(last).alias("last_name"), fold(first).alias("first_name"), pl.col(day).alias(_NAMES[2]))
    known = tables.people(named.unique()).select(
        person_key(last_name=_NAMES[0], first_name=_NAMES[1], date_of_birth=_NAMES[2]).alias(f"{name}.person_key")
    )
    counted = known.group_by(f"{name}.person_key").len(f"{name}.known_count").cast({f"{name}.known_count": pl.Int32})
    answers = tables.number_requests(asked[f"{name}.request_key"].unique()).rename(
        {"request_key": f"{name}.request_key", "student_number": f"{name}.answer"}
    )
    found = asked.join(counted, on=f"{name}.person_key", how="left")
    found = found.with_columns(pl.col(f"{name}.known_count").fill_null(0))
    return found.join(answers, on=f"{name}.request_key", how="left")
