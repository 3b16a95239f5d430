"""Numbers the different texts of a column, so that what is to be found out about each is found out once."""

import polars as pl


class DifferentTexts:
    """The different texts of one column, numbered as they come, over all slices of a file."""

    def __init__(self) -> None:
        self._categories = pl.Categories.random("texts")
        self._kind = pl.Categorical(self._categories)
        self._kept = pl.Series(dtype=self._kind)  # the categories live as long as a series has them

    def numbers(self, texts: pl.Series) -> pl.Series:
        """Return the number (UInt32) of each text, null for null."""
        return texts.cast(self._kind).to_physical()

    def texts(self) -> pl.Series:
        """Return the texts in the order of their numbers, from 0."""
        return self._categories.to_series()


def number_column(column: str) -> str:
    """Return the name under which rows have the numbers of a column's texts."""
    return f"{column}:number"
