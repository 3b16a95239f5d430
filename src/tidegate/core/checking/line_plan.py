"""The plan: which lines on file an upload adds, changes, withdraws or leaves as they are, before anything is written.

A line on file is known by its ID. Decision 45.
"""

import hashlib
from collections.abc import Callable
from typing import Literal, NamedTuple

import msgspec
import polars as pl
from msgspec.structs import replace

from tidegate.core.reference.stored_lines import LINE_ID, SENDER, UPLOAD_ID
from tidegate.core.rules.expressions import AT, ROW

NEW, CHANGED, UNCHANGED, WITHDRAWN, MISSING = "new", "changed", "unchanged", "withdrawn", "missing"
KEEP, WITHDRAW = "keep", "withdraw"
Choice = Literal["", "keep", "withdraw"]
CODES = {NEW: 1, CHANGED: 2, UNCHANGED: 3}
"""The codes of what a row of the file is."""

SENDERS = pl.Schema({UPLOAD_ID: pl.Int64(), SENDER: pl.Int32()})
FindSenders = Callable[[pl.Series], pl.DataFrame]
"""Takes the changes with which lines began, and returns for which organization each was made (SENDERS): null for one
of the state, such as an import."""


class PlanSettings(msgspec.Struct, frozen=True):
    """What the sender says about lines on file that the file does not have.

    Attributes:
        missing: KEEP or WITHDRAW where the file has fewer lines of a group than are on file; blank is no choice.
        chosen_rows: The choice is for the groups of these rows alone; None is for all.
        is_of_groups: Whether the choice was made about groups, after the file was checked: not with the file itself.
        is_complete: Whether the file is everything that its organization has at the schools that it names.
        is_fix_file: Whether the file is a fix file. Where it is complete, too, that is said of the file which it
            corrects: a line whose code or day was corrected is changed, and others of its students stay.
        senders: Tells for whom a line was sent; None where nobody knows.
    """

    missing: Choice = ""
    chosen_rows: frozenset[int] | None = None
    is_of_groups: bool = False
    is_complete: bool = False
    is_fix_file: bool = False
    senders: FindSenders | None = msgspec.field(default=lambda _changes: SENDERS.to_frame())

    @property
    def withdraws_the_rest(self) -> bool:
        """Whether lines go that a complete file leaves out altogether, as its sender has said with the file."""
        is_about_groups = self.is_of_groups or self.chosen_rows is not None
        return self.speaks_of_others and self.missing == WITHDRAW and not is_about_groups

    @property
    def speaks_of_others(self) -> bool:
        """Whether the file says something about students whom it does not name: that they have no line."""
        return self.is_complete and not self.is_fix_file

    def is_chosen(self) -> pl.Expr:
        """Return whether the sender has said what becomes of the lines that a group of rows leaves out."""
        has_choice = pl.lit(bool(self.missing))
        rows = self.chosen_rows
        return (has_choice if rows is None else has_choice & pl.col(ROW).is_in(list(rows)).any()).alias("chosen")


NO_PAIRS = pl.DataFrame(schema={AT: pl.UInt32, LINE_ID: pl.Int64})
NO_LINES = pl.Series(LINE_ID, [], pl.Int64)


class PlanCandidate(NamedTuple):
    """What the plan of a partition would be if no further row had an error.

    Attributes:
        corrected: The rows that change a line of another unit: their positions (AT), and the lines' IDs (LINE_ID).
        withdrawn: The IDs of the lines that end without another in their place.
        may_be_anothers: The positions of new rows that may be a line of another organization.
    """

    corrected: pl.DataFrame = NO_PAIRS
    withdrawn: pl.Series = NO_LINES
    may_be_anothers: pl.Series = NO_PAIRS[AT]

    @property
    def ended(self) -> pl.DataFrame:
        """The lines that end although no row has their key (LINE_ID), each with the row that changes it (AT)."""
        return pl.concat([self.corrected, self.withdrawn.to_frame()], how="diagonal")


class LinePlan(msgspec.Struct, frozen=True):
    """What the good rows of a file do to the lines on file.

    Attributes:
        kinds: What each row of the file is, in their order: see `is_any_of`; 0 where it is not loaded.
        replaced: Of each row that changes a line: its position (AT), and the line's ID (LINE_ID).
        withdrawn: The IDs of the lines that end without another in their place.
        missing: The IDs of the lines that the file leaves out, and that stay, although its sender may withdraw them.
        of_others_count: How many more lines it leaves out that another organization has sent.
        schools_left_out: The schools of which the organization has lines, and that a complete file does not name.
        moved: The IDs of the lines that a row of another unit changes, as of a corrected day.
        unfit_students: The students of whom a line is withdrawn or moved: what rests on it may not fit any more.
    """

    kinds: pl.Series = msgspec.field(default_factory=lambda: pl.Series(dtype=pl.UInt8))
    replaced: pl.DataFrame = msgspec.field(default_factory=lambda: NO_PAIRS)
    withdrawn: pl.Series = msgspec.field(default_factory=lambda: NO_LINES)
    missing: pl.Series = msgspec.field(default_factory=lambda: NO_LINES)
    of_others_count: int = 0
    schools_left_out: tuple[int, ...] = ()
    moved: pl.Series = msgspec.field(default_factory=lambda: NO_LINES)
    unfit_students: pl.Series = msgspec.field(default_factory=lambda: pl.Series(dtype=pl.Int64))

    def count_of(self, kind: str) -> int:
        """Return how many rows are NEW, CHANGED or UNCHANGED, or how many lines are WITHDRAWN or MISSING."""
        if kind == WITHDRAWN:
            return self.withdrawn.len()
        return self.missing.len() if kind == MISSING else int((self.kinds == CODES[kind]).sum())

    def is_any_of(self, *kinds: str) -> pl.Series:
        """Return which rows are NEW, CHANGED or UNCHANGED."""
        return self.kinds.is_in([CODES[kind] for kind in kinds])

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind that a load writes, and how many are unchanged."""
        return {kind: self.count_of(kind) for kind in (NEW, CHANGED, UNCHANGED, WITHDRAWN)}

    @property
    def ended(self) -> pl.Series:
        """The IDs of all lines that end: those that are changed, and those that are withdrawn."""
        return pl.concat([self.replaced[LINE_ID], self.withdrawn])

    def with_withdrawn(self, ids: pl.Series) -> "LinePlan":
        """Return the plan with more lines withdrawn; one that a row changes is not."""
        more = ids.filter(~ids.is_in(self.ended.implode()))
        missing = self.missing.filter(~self.missing.is_in(more.implode()))
        return replace(self, withdrawn=pl.concat([self.withdrawn, more]).sort(), missing=missing)

    def without(self, ids: pl.Series) -> "LinePlan":
        """Return the plan with some lines staying on file that it withdraws or moves; the rows that move them are not
        loaded."""
        stays = pl.col(LINE_ID).is_in(ids.implode())
        withdrawn = self.withdrawn.to_frame()
        kept = withdrawn.filter(stays)[LINE_ID]
        moving = self.replaced.filter(stays)[AT]
        return replace(
            self,
            kinds=self.kinds.scatter(moving, 0) if moving.len() else self.kinds,
            replaced=self.replaced.filter(~stays),
            withdrawn=withdrawn.filter(~stays)[LINE_ID],
            missing=pl.concat([self.missing, kept]).sort(),
            moved=self.moved.to_frame().filter(~stays)[LINE_ID],
        )

    @property
    def sha256(self) -> str:
        """The digest of what a load would write: two plans with the same one do the same."""
        digest = hashlib.sha256()
        for part in (self.kinds.to_frame(), self.replaced, self.withdrawn.to_frame()):
            digest.update(part.write_csv().encode())
        return digest.hexdigest()
