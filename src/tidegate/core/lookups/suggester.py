"""What suggests values for those that a look-up did not find, and what asks the look-ups of a file for it."""

from collections.abc import Sequence

import polars as pl

from tidegate.core.suggestions.by_value import SCOPE


class Suggester:
    """Suggests for the values of one file that one look-up does not know.

    `column` holds the value, `found` is null where nothing was found for it, and `scope` is the column with the ID of
    the school, SAU or focus on which a suggestion depends, blank where it depends on none.
    """

    def __init__(self, *, column: str, found: str, scope: str = "") -> None:
        self.column = column
        self.found = found
        self.scope = scope

    def note(self, rows: pl.DataFrame) -> None:
        """Note what the joined rows of a slice say about values that are likely."""

    def suggest(self, unknown: pl.DataFrame) -> pl.DataFrame:
        """Return `value`, `scope` and `suggestions` for distinct pairs of `value` and `scope`, frequent ones first."""
        raise NotImplementedError


class LookupSuggestions:
    """Asks the suggesters of a file's look-ups, by the name of the look-up."""

    def __init__(self, suggesters: dict[str, Suggester]) -> None:
        self._suggesters = suggesters

    def note(self, rows: pl.DataFrame) -> None:
        """Note what the joined rows of a slice say about values that are likely."""
        for each in self._suggesters.values():
            each.note(rows)

    def message_values(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return for each row and look-up whether nothing was found, and the scope of a suggestion."""
        each = self._suggesters.items()
        unknown = [pl.col(suggester.found).is_null().alias(f"unknown:{name}") for name, suggester in each]
        scopes = [pl.col(s.scope).cast(pl.Int32).alias(f"scope:{name}") for name, s in each if s.scope]
        return rows.select(*unknown, *scopes)

    def asked(self) -> pl.Expr:
        """Return the name of the look-up that may suggest something for a finding, null where none may."""
        names: Sequence[pl.Expr] = [
            pl.when((pl.col("column") == suggester.column) & pl.col(f"unknown:{name}")).then(pl.lit(name))
            for name, suggester in self._suggesters.items()
        ]
        return pl.coalesce(*names, pl.lit(None, pl.String))

    def scope(self, asked: str) -> pl.Expr:
        """Return the scope of each finding, given the column with the names of look-ups."""
        scopes = [
            pl.when(pl.col(asked) == name).then(f"scope:{name}")
            for name, suggester in self._suggesters.items()
            if suggester.scope
        ]
        return pl.coalesce(*scopes, pl.lit(None, dtype=pl.Int32))

    def suggest(self, name: str, unknown: pl.DataFrame) -> pl.DataFrame:
        """Return `value`, `scope` and `suggestions` for distinct values that the look-up does not know."""
        return self._suggesters[name].suggest(unknown.select("value", SCOPE))
