"""Collects the causes of a file's findings while its rows are checked, a piece at a time.

Of each cause the number of rows and the first of them are kept, and of each rule and column only
the most frequent values: a file in which everything is wrong needs no more memory than another.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from types import MappingProxyType
from typing import NamedTuple

import msgspec
import polars as pl

from tidegate.core.frames.joins import are_alike
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.issue import ReadingIssue
from tidegate.core.rules.cause import (
    MAX_ROWS_LISTED,
    UNSHOWN,
    Cause,
    CauseWords,
    Stage,
    cause_words,
    fill,
    list_values,
    stage_of,
)
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.finding import word_message
from tidegate.core.rules.rule import COLUMN, ColumnRule, FileRule, ReadingRule, RowRule, Severity, names_in

MAX_VALUES = 100
"""Largest number of causes of one rule and column; the rarest values are one cause more."""
# With this many values of a rule and column, a new one is only counted if a piece has several rows of
# it; with more than twice as many, the rarest are lost. Their rows count as others.
_MAX_VALUES_COUNTED = 500
_MAX_VALUES_AT_ONCE = 2 * _MAX_VALUES_COUNTED
_MIN_ROWS_OF_WHOLE, _SHARE_OF_WHOLE = 3, 0.9
_LOOKED_UP = (Stage.LISTS, Stage.RECORDS)
_INDEX, _COUNT, _NUMBER, _POSITION = "index", "count", "number", "position"
_VALUES = "\x00"  # keeps the place of the values in the heading of a whole file
_ALWAYS_SHOWN = frozenset({"column", "count", "were", "it", "form"})

Key = tuple[str, str, tuple[str, ...] | None]
"""The code, the column (blank: any) and the values; None: all values that are not counted by themselves."""


class _Counted(msgspec.Struct):
    """What is known of a cause so far."""

    number: int
    severity: str
    text: str
    whole_file: str = ""
    columns: dict[str, None] = msgspec.field(default_factory=dict)
    count: int = 0
    rows: "array[int]" = msgspec.field(default_factory=lambda: array("L"))

    def add(self, count: int, rows: Sequence[int]) -> None:
        """Count rows that were not counted yet; `rows` are the numbers of the first of them, or of all."""
        self.count += count
        if len(self.rows) < MAX_ROWS_LISTED or min(rows) < self.rows[-1]:
            self.rows = array("L", sorted([*self.rows, *rows])[:MAX_ROWS_LISTED])


class _RuleWords(NamedTuple):
    """What all findings of a rule about a column have in common."""

    code: str
    column: str
    severity: str
    words: CauseWords


class CauseCollector:
    """The causes of a file. Everything in it belongs to the thread that checks the rows."""

    def __init__(self, layout: Layout, rules: Iterable[RowRule]) -> None:
        self._layout = layout
        self._causes: dict[Key, _Counted] = {}
        self._value_counts: dict[tuple[str, str], int] = defaultdict(int)
        self._of_piece: dict[str, list[pl.Series]] = defaultdict(list)
        self._words: dict[tuple[str, str, int], CauseWords] = {}
        self._holds_back = any(isinstance(rule, FileRule) and rule.held_back_by for rule in rules)
        self._numbered: list[Key] = []  # of a value that is lost: the others
        self._of_rows = SpillBuffer()
        self._held = SpillBuffer()
        self._holding_rule: FileRule | None = None

    def note(
        self, rule: ColumnRule | RowRule, rows: pl.DataFrame, said: Mapping[str, pl.Expr] = MappingProxyType({})
    ) -> None:
        """Take rows that break a rule. Those of a rule across rows have the words of its message; of others they may
        have been `said_once`."""
        if rows.is_empty():
            return
        if isinstance(rule, FileRule) and rule.held_back_by:
            self._holding_rule = rule
            held_by = pl.col(rule.held_back_by).cast(pl.UInt32).alias("held_by")
            self._held.add(rows.select(pl.col(ROW).cast(pl.UInt32), held_by))
            return
        self._note(_RuleWords(rule.code, rule.column, str(rule.severity), self._words_of(rule).saying(said)), rows)

    def _words_of(self, rule: ColumnRule | RowRule) -> CauseWords:
        known = (rule.code, rule.column, id(rule))
        if known not in self._words:
            self._words[known] = cause_words(rule, self._layout)
        return self._words[known]

    def note_row_issues(self, findings: Iterable[pl.DataFrame], rules: Mapping[str, ReadingRule]) -> None:
        """Take what the reader has found about rows: a frame for each code and column, shaped as FINDINGS."""
        for part in findings:
            code, column = part.select("code", "column").row(0)
            rule = rules[code]
            template = rule.cause or rule.message
            heading = template if names_in(template) <= {"column"} else rule.summary.removesuffix(".")
            words = CauseWords({}, COLUMN not in rule.cause_by, heading, "", {"column": pl.lit(column)})
            self._note(_RuleWords(code, column, str(rule.severity), words), part)

    def _note(self, common: _RuleWords, rows: pl.DataFrame) -> None:
        words = common.words
        if words.keys:
            self._note_values(common, rows)
            return
        key = (common.code, "" if words.has_one else common.column, ())
        if key not in self._causes:
            self._add_new(common, [key], rows.head(1))
        counted = self._causes[key]
        counted.columns.setdefault(common.column)
        if words.has_one:
            self._of_piece[common.code].append(rows[ROW])  # a row may break it in several columns
        else:
            counted.add(rows.height, rows[ROW].head(MAX_ROWS_LISTED).to_list())
        self._remember(common, rows[ROW], pl.lit(counted.number))

    def _note_values(self, common: _RuleWords, rows: pl.DataFrame) -> None:
        texts = {f"key{number}": text for number, text in enumerate(common.words.texts())}
        names = list(texts)
        keyed = rows.select(ROW, **texts).with_row_index(_INDEX)
        of_column = (common.code, common.column)
        least = 2 if self._value_counts[of_column] >= _MAX_VALUES_COUNTED else 1
        different = [1 if are_alike(keyed[name]) else keyed[name].n_unique() for name in names]
        if (number := self._number_of_one(common, keyed, max(different))) is not None:
            self._remember(common, keyed[ROW], pl.lit(number))
            return
        counted = _count(keyed, names, max(different))
        counted, others = counted.head(_MAX_VALUES_AT_ONCE), counted.slice(_MAX_VALUES_AT_ONCE)
        found: list[Key] = [(*of_column, values) for values in counted.select(names).iter_rows()]
        is_new = [key not in self._causes and count >= least for key, count in zip(found, counted[_COUNT], strict=True)]
        new = [key for key, is_its in zip(found, is_new, strict=True) if is_its]
        self._add_new(common, new, rows[counted[_INDEX].filter(pl.Series(is_new, dtype=pl.Boolean))])
        self._value_counts[of_column] += len(new)
        causes = [self._causes[key] for key in found if key in self._causes]
        own = counted
        if len(causes) < len(found):
            is_own = pl.Series([key in self._causes for key in found], dtype=pl.Boolean)
            own, others = counted.filter(is_own), pl.concat([counted.filter(~is_own), others])
        for cause, (count, listing) in zip(causes, own.select(_COUNT, "rows").iter_rows(), strict=True):
            cause.add(count, listing)
        numbers = [cause.number for cause in causes]
        if not others.is_empty():
            first = others["rows"].explode().sort().head(MAX_ROWS_LISTED).to_list()
            numbers.append(self._add_rest(common, int(others[_COUNT].sum()), first))
        self._remember(common, keyed[ROW], _numbers_of_rows(keyed, own.select(names), numbers))
        if self._value_counts[of_column] > 2 * _MAX_VALUES_COUNTED:
            self._keep_frequent(of_column, _MAX_VALUES_COUNTED)

    def _number_of_one(self, common: _RuleWords, keyed: pl.DataFrame, most_different: int) -> int | None:
        """Count rows that all have one cause, and return its number; None for other rows, which are not counted.

        It is a fast way for a file in which everything is wrong. The rows have one cause if all have the same key and
        that key has a cause already, or if every row has a key of its own and none of the keys that could have a cause
        of their own has one.
        """
        takes_new = self._value_counts[common.code, common.column] < _MAX_VALUES_COUNTED
        if most_different not in (1, keyed.height) or (most_different > 1 and takes_new):
            return None
        keys = keyed.drop(_INDEX, ROW).head(_MAX_VALUES_AT_ONCE if most_different > 1 else 1)
        known = [key for values in keys.iter_rows() if (key := (common.code, common.column, values)) in self._causes]
        if most_different == 1 and known:
            self._causes[known[0]].add(keyed.height, keyed[ROW].head(MAX_ROWS_LISTED).to_list())
            return self._causes[known[0]].number
        if most_different == 1 or known:
            return None
        return self._add_rest(common, keyed.height, keyed[ROW].sort().head(MAX_ROWS_LISTED).to_list())

    def _add_new(self, common: _RuleWords, keys: Sequence[Key], firsts: pl.DataFrame) -> None:
        """Add causes, with the heading that each has by its first row."""
        if not keys:
            return
        words = common.words
        heading = word_message(words.heading, words.values)
        whole = word_message(words.whole_file or " ", words.values | {"values": pl.lit(_VALUES)})
        texts = firsts.with_columns(heading.alias("heading"), whole.alias("whole")).select("heading", "whole")
        for key, (text, whole_file) in zip(keys, texts.iter_rows(), strict=True):
            self._add(key, common, text, whole_file.strip(" "))

    def _add(self, key: Key, common: _RuleWords, text: str, whole_file: str = "") -> None:
        """Add a cause that no row has yet.

        Args:
            key: Its key.
            common: What its findings have in common.
            text: Its heading.
            whole_file: Its heading if nearly all rows break the rule; blank if the rule has none.
        """
        number = len(self._numbered)
        self._numbered.append(key)
        self._causes[key] = _Counted(number, common.severity, text, whole_file, {common.column: None})

    def _add_rest(self, common: _RuleWords, count: int, rows: Sequence[int]) -> int:
        """Count rows among those with other values; return the number of that cause."""
        key = (common.code, common.column, None)
        if key not in self._causes:
            self._add(key, common, f"{common.column}: other values of this kind")
        self._causes[key].add(count, rows)
        return self._causes[key].number

    def _keep_frequent(self, of_column: tuple[str, str], limit: int) -> None:
        """Put all but the most frequent values together."""
        own = [(key, cause) for key, cause in self._causes.items() if key[:2] == of_column and key[2] is not None]
        frequent = {key for key, _ in nlargest(limit, own, key=lambda each: (each[1].count, -each[1].rows[0]))}
        rare = [(key, cause) for key, cause in own if key not in frequent]
        if rare:
            common = _RuleWords(*of_column, rare[0][1].severity, CauseWords({}, False, "", "", {}))
            first = sorted(row for _, cause in rare for row in cause.rows)[:MAX_ROWS_LISTED]
            self._add_rest(common, sum(cause.count for _, cause in rare), first)
        for key, cause in rare:
            self._numbered[cause.number] = (*of_column, None)
            del self._causes[key]
        self._value_counts[of_column] = len(frequent)

    def _remember(self, common: _RuleWords, rows: pl.Series, numbers: pl.Expr | pl.Series) -> None:
        """Remember the causes of bad rows, by their numbers, if other rows may not be loaded because of them."""
        if self._holds_back and common.severity == Severity.ERROR:
            frame = rows.cast(pl.UInt32).to_frame(ROW)
            self._of_rows.add(frame.with_columns(numbers.cast(pl.UInt32).alias(_NUMBER)))

    def end_piece(self) -> None:
        """Count the rows of a piece that break a rule in several columns once."""
        for code, parts in self._of_piece.items():
            rows = parts[0] if len(parts) == 1 else pl.concat(parts).unique().sort()
            self._causes[code, "", ()].add(rows.len(), rows.head(MAX_ROWS_LISTED).to_list())
        self._of_piece.clear()

    def causes(self, issues: Iterable[ReadingIssue], rules: Mapping[str, ReadingRule], row_count: int) -> list[Cause]:
        """Return the causes in the order in which they are to be fixed.

        Args:
            issues: What the reader has found about the file and its header.
            rules: The reading rules by code, which word them.
            row_count: The number of the file's rows.
        """
        self.end_piece()
        for of_column in list(self._value_counts):
            self._keep_frequent(of_column, MAX_VALUES)
        keys = self._whole_files(row_count)
        causes = {key: self._cause(key, counted) for key, counted in self._causes.items()}
        causes |= self._held_alone(causes, keys)
        of_file = [cause_of_issue(issue, rules[issue.code], self._layout) for issue in issues]
        return sorted([*_together(of_file), *causes.values()], key=lambda cause: cause.rank)

    def _cause(self, key: Key, counted: _Counted) -> Cause:
        code, _, values = key
        whole = counted.whole_file == _VALUES
        return Cause(
            code,
            counted.severity,
            stage_of(code, is_of_file=whole),
            counted.text,
            tuple(name for name in counted.columns if name),
            tuple(values or ()),
            counted.count,
            tuple(counted.rows),
        )

    def _whole_files(self, row_count: int) -> dict[Key, Key]:
        """Merge the causes of each rule that nearly all rows break and that has a heading for a whole file. Where there
        is such a rule, drop the causes of other look-ups that fail for nearly all rows: they were made in the wrong
        year, or for another organization. Return the new key of each merged or dropped cause."""
        by_code: dict[str, list[Key]] = defaultdict(list)
        for key in self._causes:
            by_code[key[0]].append(key)
        enough = max(_SHARE_OF_WHOLE * row_count, _MIN_ROWS_OF_WHOLE)
        whole = [keys for keys in by_code.values() if sum(self._causes[key].count for key in keys) >= enough]
        said = [keys for keys in whole if self._causes[keys[0]].whole_file]
        moved: dict[Key, Key] = {}
        for keys in said:
            moved |= dict.fromkeys(keys, self._put_together(keys))
        for keys in whole:
            if said and keys not in said and stage_of(keys[0][0], is_of_file=False) in _LOOKED_UP:
                moved |= dict.fromkeys(keys, moved[said[0][0]])
                for key in keys:
                    del self._causes[key]
        return moved

    def _put_together(self, keys: list[Key]) -> Key:
        by_count = sorted(keys, key=lambda key: -self._causes[key].count)
        values = [value for key in by_count for value in key[2] or ()]
        first = self._causes[keys[0]]
        whole_file = first.whole_file.replace(_VALUES, list_values(values))
        together = _Counted(first.number, first.severity, whole_file, _VALUES)
        for key in keys:
            counted = self._causes.pop(key)
            together.add(counted.count, counted.rows)
            together.columns |= counted.columns
        key = (keys[0][0], "", tuple(values))
        self._causes[key] = together
        return key

    def _held_alone(self, causes: dict[Key, Cause], moved: Mapping[Key, Key]) -> dict[Key, Cause]:
        """Add each held-back row to the cause of the row that holds it back. Return one extra cause for rows whose
        holder has no cause."""
        rule = self._holding_rule
        if rule is None:
            return {}
        held = pl.concat(list(self._held)).unique(ROW)
        by = held["held_by"].unique()
        found = pl.concat([part.filter(pl.col(ROW).is_in(by.implode())) for part in self._of_rows] or [_NO_NUMBERS])
        keys = sorted(causes, key=lambda key: causes[key].rank)
        positions = {key: position for position, key in enumerate(keys)}
        positions |= {key: positions[there] for key, there in moved.items()}
        ranked = pl.Series([positions.get(key) for key in self._numbered], dtype=pl.Int64)
        found = found.select(ROW, ranked.gather(found[_NUMBER]).alias(_POSITION))
        first = found.group_by(ROW).agg(pl.col(_POSITION).min())
        joined = held.join(first.rename({ROW: "held_by"}), on="held_by", how="left")
        for position, count in joined.drop_nulls(_POSITION).group_by(_POSITION).len().iter_rows():
            causes[keys[position]] = causes[keys[position]].holding_back(count)
        alone = joined.filter(pl.col(_POSITION).is_null())[ROW].sort()
        if alone.is_empty():
            return {}
        stage, text = stage_of(rule.code, is_of_file=False), rule.summary.removesuffix(".")
        rows = tuple(alone.head(MAX_ROWS_LISTED))
        words = (rule.code, str(rule.severity), stage, text)
        return {(rule.code, "", ()): Cause(*words, tuple(filter(None, [rule.column])), (), alone.len(), rows)}


def _count(keyed: pl.DataFrame, names: Sequence[str], most_different: int) -> pl.DataFrame:
    """Return how many rows have each combination of keys, and the first of them; the frequent ones first if there are
    many. One key has `most_different` values."""
    # to know that all are alike, or different, takes a fraction of the time of counting each
    if most_different == 1:
        rows = keyed.select(pl.col(ROW).head(MAX_ROWS_LISTED).implode().alias("rows"))
        return keyed.head(1).select(*names, pl.lit(keyed.height, pl.UInt32).alias(_COUNT), _INDEX).hstack(rows)
    if most_different == keyed.height:
        return keyed.select(*names, pl.lit(1, pl.UInt32).alias(_COUNT), _INDEX, pl.concat_list(ROW).alias("rows"))
    listed = pl.col(ROW).head(MAX_ROWS_LISTED)
    grouped = keyed.group_by(names, maintain_order=True)
    counted = grouped.agg(pl.len().alias(_COUNT), pl.col(_INDEX).first(), listed.alias("rows"))
    if counted.height <= _MAX_VALUES_AT_ONCE:
        return counted
    return counted.sort(_COUNT, descending=True, maintain_order=True)


def _numbers_of_rows(keyed: pl.DataFrame, own: pl.DataFrame, numbers: Sequence[int]) -> pl.Expr | pl.Series:
    """Return the number of each row's cause. `numbers` are those of the keys in `own`, and one for all others."""
    if len(numbers) == 1:
        return pl.lit(numbers[0])
    numbered = own.with_columns(pl.Series(_NUMBER, numbers[: own.height], dtype=pl.UInt32))
    joined = keyed.join(numbered, on=own.columns, how="left", maintain_order="left")
    return joined[_NUMBER].fill_null(numbers[-1])


_NO_NUMBERS = pl.DataFrame(schema={ROW: pl.UInt32, _NUMBER: pl.UInt32})


def cause_of_issue(issue: ReadingIssue, rule: ReadingRule, layout: Layout) -> Cause:
    """Return the cause of what the reader has found about the file or its header."""
    column = issue.words.get("column", "")
    is_personal = layout.is_personal(column)
    words = {
        name: UNSHOWN if name == "text" or (is_personal and name not in _ALWAYS_SHOWN) else text
        for name, text in issue.words.items()
    }
    stage = stage_of(issue.code, is_of_file=issue.row is None)
    columns = (column,) if column else ()
    return Cause(issue.code, str(rule.severity), stage, fill(rule.message, words), columns)


def _together(causes: Iterable[Cause]) -> Iterable[Cause]:
    """Return causes with the same heading as one."""
    return {(cause.code, cause.text): cause for cause in causes}.values()
