"""Keeps a cell from being run: a spreadsheet takes what begins so for a formula."""

from typing import TypeVar

Cell = TypeVar("Cell")

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def not_a_formula(cell: Cell) -> Cell | str:
    """Return a cell as it is; a text that a spreadsheet would run gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS) else cell
