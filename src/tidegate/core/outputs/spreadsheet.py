"""Keeps a cell from being run: a spreadsheet takes what begins so for a formula."""

from typing import TypeVar

import polars as pl

Cell = TypeVar("Cell")

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def escape_formula(cell: Cell) -> Cell | str:
    """Return a cell as it is; a text that a spreadsheet would run gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS) else cell


def escape_formulas(cells: pl.Expr) -> pl.Expr:
    """Return the texts of a column as `escape_formula` gives them."""
    begins = pl.any_horizontal(cells.str.starts_with(start) for start in _STARTS)
    return pl.when(begins).then("'" + cells).otherwise(cells)
