"""A mend: what a text that a spreadsheet damaged must have been."""

from typing import NamedTuple

import polars as pl


class Repair(NamedTuple):
    """One kind of damage. `code` is the notice that tells of it, `value` the typed value that was meant, null where
    this damage is not there, and `how` says how the text was written, where the notice asks for it."""

    code: str
    value: pl.Expr
    how: str = ""
