"""Collects the findings about single rows, and the values among them that may need a suggestion."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

import polars as pl

from tidegate.core.checking.cause_collector import CauseCollector
from tidegate.core.checking.wide_findings import ORIGIN, SAID, FindingKind, WideFindings, WideParts, widened
from tidegate.core.frames.joins import IntIndex, are_alike, masks_of_all
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.column_types import Choice, Day
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import lookup_suggestions
from tidegate.core.parsing.exchanged_days import Exchange
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.rules.catalogue import RuleSet
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.finding import (
    FINDINGS,
    IDENTITY,
    NOT_YET,
    findings_of_row_issues,
    found_by,
    identity_of,
    no_findings,
    said_once,
    with_known,
    without_nul,
    worded,
)
from tidegate.core.rules.lines_on_file import NOT_THEIRS
from tidegate.core.rules.rule import ColumnRule, RowRule
from tidegate.core.suggestions.suggestion import (
    ASKED,
    ASKED_KEY,
    MAX_VALUES,
    SCOPE,
    Suggestion,
    Suggestions,
    suggest_by_value,
    suggest_choices,
    suggest_days,
)

_FORM_CODES = ("CELL104", "CELL106", "CELL107", "CELL111", "CELL115")
_FORM = "form:"
# Largest number of distinct values remembered; beyond, only the frequent ones are.
_MAX_VALUES_NOTED = 100_000
# Where each finding of a rule and column has a value of its own, so many of them are.
_MAX_DIFFERENT = 5_000


class SuggestionCollector:
    """The values of one file that may need a suggestion.

    A suggestion is never applied by itself: it changes neither a value nor a finding's severity.
    """

    def __init__(self, layout: Layout, tables: ReferenceData, school_year: SchoolYear) -> None:
        self.layout = layout
        self.school_year = school_year
        self._is_bound_to_a_thread = tables.is_bound_to_a_thread
        self.look_ups = lookup_suggestions(layout, tables, school_year)
        forms = (_FORM + name for name in layout.columns)
        self._asked = pl.Enum([*self.look_ups.names, *forms])
        self._noted = pl.DataFrame(schema={ASKED: self._asked, "value": pl.String, SCOPE: pl.Int32, "count": pl.UInt32})

    def note(self, findings: Sequence[pl.DataFrame], rows: pl.DataFrame) -> list[pl.DataFrame]:
        """Return findings, those of one rule and column in each frame, with `asked` and `scope`: what is to be asked
        about each. `rows` are joined rows, with all that the findings are about."""
        if not findings:
            return []
        of_rows, index = self.look_ups.message_values(rows), IntIndex(rows["row"])
        noted = [self._with_asked(part, of_rows, index) for part in findings]
        asked = [part.select(ASKED_KEY).drop_nulls(ASKED) for part in noted if part[ASKED].null_count() < part.height]
        self._noted = pl.concat([self._noted, *map(_counted, asked)])
        if self._noted.height > _MAX_VALUES_NOTED:
            self._noted = self._by_frequency().head(_MAX_VALUES_NOTED // 2)
        return noted

    def _with_asked(self, findings: pl.DataFrame, of_rows: pl.DataFrame, index: IntIndex) -> pl.DataFrame:
        first = findings.row(0, named=True)
        column, severity = first["column"], first["severity"]
        names = self.look_ups.names_of(column)
        form = [pl.lit(_FORM + column, self._asked)] if first["code"] in _FORM_CODES else []
        asked, scope = pl.lit(None, self._asked), pl.lit(None, pl.Int32)
        if severity != "error" or not (names or form):
            return findings.with_columns(asked.alias(ASKED), scope.alias(SCOPE))
        if names:
            positions = index.positions(findings["row"])  # a dropped row has none
            is_every = positions.equals(pl.int_range(of_rows.height, dtype=pl.UInt32, eager=True))
            findings = findings.hstack(of_rows if is_every else of_rows.select(pl.all().gather(positions)))
            scope = self.look_ups.scope(ASKED)
        is_asked = (pl.col("value") != "") & pl.col("row").is_not_null()
        of_lookups = (self.look_ups.asked(name, self._asked) for name in names)
        asked = pl.when(is_asked).then(pl.coalesce(*of_lookups, *form))
        return findings.with_columns(asked.alias(ASKED)).with_columns(scope.alias(SCOPE))

    def _by_frequency(self) -> pl.DataFrame:
        counted = self._noted
        if counted.select(ASKED_KEY).hash_rows().n_unique() < counted.height:
            counted = counted.group_by(ASKED_KEY, maintain_order=True).agg(pl.col("count").sum())
        return counted.sort("count", descending=True, maintain_order=True)

    def answers(self, exchange: Exchange) -> "Suggestions":
        """Return the suggestions. In a column whose days and months may be exchanged, each day is suggested with the
        two exchanged."""
        by_asked = self._by_frequency().partition_by(ASKED, maintain_order=True)
        frequent = pl.concat([self._noted.clear(), *(values.head(MAX_VALUES) for values in by_asked)])
        answers = Suggestions(frequent.select(ASKED_KEY), lambda asked, values: self._answer(asked, values, exchange))
        if self._is_bound_to_a_thread:
            _ = answers.every  # a database is asked now, not when somebody looks at the result
        return answers

    def _answer(self, asked: str, values: pl.DataFrame, exchange: Exchange) -> pl.DataFrame:
        if not asked.startswith(_FORM):
            return self.look_ups.suggest(asked, values)
        column = self.layout.columns[asked.removeprefix(_FORM)]
        return suggest_by_value(values, lambda text, _: self._suggest(text, column, exchange))

    def _suggest(self, text: str, column: Column, exchange: Exchange) -> Sequence[Suggestion]:
        if isinstance(column.type, Day):
            return suggest_days(text, column.type, self.school_year, exchanged=exchange.of(column.name))
        return suggest_choices(text, column.type) if isinstance(column.type, Choice) else ()


def _counted(asked: pl.DataFrame) -> pl.DataFrame:
    """Return how often each value is asked about in the findings of one rule and column."""
    # to know how many there are takes a fraction of the time of counting each
    if asked["value"].n_unique() == asked.height:
        return asked.head(_MAX_DIFFERENT).select(*ASKED_KEY, pl.lit(1, pl.UInt32).alias("count"))
    varying = [name for name in ASKED_KEY if not are_alike(asked[name])]
    if not varying:
        return asked.head(1).select(*ASKED_KEY, pl.lit(asked.height, pl.UInt32).alias("count"))
    alike = [pl.col(name).first() for name in ASKED_KEY if name not in varying]
    counted = asked.group_by(varying, maintain_order=True).agg(*alike, pl.len().cast(pl.UInt32).alias("count"))
    return counted.select(*ASKED_KEY, "count")


def _says(texts: pl.Series, unsaid: str | None) -> bool:
    """Whether any of the texts is something other than null or blank."""
    return texts.null_count() < texts.len() if unsaid is None else bool(texts.str.len_bytes().max())


# So many findings are kept in wide form if rows have at least half of the kinds.
_LEAST_OF_WIDE = 1_000
_Tell = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


class NotedFindings:
    """The findings about each row by itself, piece by piece and in the order of the Result Log.

    What findings have in common is kept once. Findings of one origin have the column, the code, the
    severity and most words of their messages in common, and are worded when they are told; findings of one
    row have the texts that name it.
    """

    def __init__(self, layout: Layout) -> None:
        self.severities: Counter[str] = Counter()
        self._layout = layout
        self._positions = {name: position for position, name in enumerate(layout.columns)}
        self._origins: dict[FindingKind, int] = {}
        self._found, self._named = SpillBuffer(), SpillBuffer()
        self._begins: list[list[int]] = []
        self._wide: list[tuple[list[int], Mapping[str, pl.Series]]] = []  # of the wide ones, kinds and what is alike

    def __len__(self) -> int:
        """Return how many pieces there are."""
        return sum(1 + len(begins) for begins in self._begins)

    def add(self, findings: Sequence[pl.DataFrame], rows: pl.DataFrame, *, begins: Sequence[int] = ()) -> None:
        """Keep the findings about the rows of a piece, or of several.

        Args:
            findings: Each frame has the findings of one origin, in the order of the rows, with what is asked about
                them (see `SuggestionCollector.note`).
            rows: The rows that they are about.
            begins: The number of the first row of each further piece.
        """
        self._begins.append(list(begins))
        numbered = [(self._number(part), part) for part in findings]
        finding_count = sum(part.height for part in findings)
        may_be_wide = finding_count >= _LEAST_OF_WIDE and 2 * finding_count >= rows.height * len(findings)
        if may_be_wide and (wide := widened(numbered, rows[ROW])) is not None:
            self._wide.append((sorted(dict(numbered), key=self._ranks().to_list().__getitem__), wide.same))
            self._found.add(wide.cells)
            self._named.add(without_nul(rows.select(ROW, *identity_of(self._layout))))
            return
        self._wide.append(([], {}))
        noted = self._in_order(numbered) if findings else pl.DataFrame(schema={ROW: pl.UInt32})
        named = rows.filter(pl.col(ROW).is_in(noted[ROW].implode())).select(ROW, *identity_of(self._layout))
        self._found.add(noted)
        self._named.add(without_nul(named))

    def _in_order(self, numbered: Sequence[tuple[int, pl.DataFrame]]) -> pl.DataFrame:
        """Return the findings of all origins, each with its number, in the order of the Result Log."""
        said = [name for name, unsaid in SAID.items() if any(_says(part[name], unsaid) for _, part in numbered)]
        shown = ("value", *said, ASKED, SCOPE)
        found = (part.select(ROW, pl.lit(number, pl.UInt32).alias(ORIGIN), *shown) for number, part in numbered)
        noted = pl.concat(list(found))
        rank = pl.col(ROW).cast(pl.UInt64) * len(self._origins) + self._ranks().gather(noted[ORIGIN])
        return noted.sort(rank, maintain_order=True)

    def _number(self, findings: pl.DataFrame) -> int:
        """Return the number of the origin of some findings."""
        first = findings.head(1).row(0, named=True)
        self.severities[first["severity"]] += findings.height
        origin = FindingKind(*(first.get(name, "").replace("\0", " ") for name in FindingKind._fields))
        return self._origins.setdefault(origin, len(self._origins))

    def _ranks(self) -> pl.Series:
        """Return for each origin the rank of its findings among those of a row."""
        keys = [(self._positions.get(each.column, -1), each.code) for each in self._origins]
        ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
        return pl.Series([ranks[key] for key in keys], dtype=pl.UInt64)

    def in_slices(self, answers: Suggestions | None, *, words: bool = True) -> Iterator[pl.DataFrame]:
        """Yield the findings of each piece, shaped as FINDINGS, with their suggestions. Without answers they have none,
        but what is asked about them (see `Suggestions.joined_to_few`). With `words=False` those that have no message
        have NOT_YET, each text of which is there once, as a category, and may have a NUL (see `all_worded`)."""
        tell = self._teller(answers, words=words)
        for part, begins in zip(self._parts(tell), self._begins, strict=True):
            found = tell(part.long(), part.rows) if isinstance(part, WideFindings) else part
            ends = found[ROW].fill_null(0).search_sorted(pl.Series(begins, dtype=pl.UInt32)) if begins else ()
            for first, end in pairwise((0, *ends, found.height)):
                yield found.slice(first, end - first)

    def to_log(self) -> Iterator[pl.DataFrame | WideFindings]:
        """Yield the findings as `in_slices` does without answers and words, those that are kept so in wide form."""
        return self._parts(self._teller(None, words=False))

    def _parts(self, tell: _Tell) -> Iterator[pl.DataFrame | WideFindings]:
        """Yield the findings as they were added, which may be those of several pieces."""
        origins = list(self._origins)
        for noted, named, (numbers, same) in zip(self._found, self._named, self._wide, strict=True):
            kinds = {number: origins[number] for number in numbers}
            is_wide, parts = bool(kinds), WideParts(noted, same)
            yield WideFindings(parts, named, kinds, tell=tell) if is_wide else tell(noted, named)

    def _teller(self, answers: Suggestions | None, *, words: bool) -> _Tell:
        """Return what makes findings of what was noted, and of what names the rows."""
        alike = pl.DataFrame(list(self._origins), schema=dict.fromkeys(FindingKind._fields, pl.String), orient="row")
        if not words:
            alike = alike.with_columns(alike[name].cast(pl.Enum(alike[name].unique())) for name in NOT_YET)

        def tell(noted: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
            if noted.is_empty():
                return no_findings()
            positions = IntIndex(named[ROW]).positions(noted[ROW])  # a dropped row has none
            names = named.select(pl.col(IDENTITY).gather(positions).fill_null(""))
            of_origin = alike[noted[ORIGIN]]
            unsaid = [pl.lit(text, pl.String).alias(name) for name, text in SAID.items() if name not in noted.columns]
            of_part = noted.with_columns(unsaid)
            of_part = worded(of_part, of_origin) if words else of_part
            of_part = of_part if answers is None else answers.joined_to(of_part)
            more = () if answers is not None else (ASKED, SCOPE) if words else (ASKED, SCOPE, *NOT_YET)
            return of_part.hstack(of_origin).hstack(names).select(*FINDINGS.names(), *more)

        return tell


BrokenRule = tuple[ColumnRule | RowRule, pl.Series]
"""A rule, and which rows break it, each by itself."""
# Of how many rows findings are made at once: it takes as long for a hundred rows as for ten thousand. Each piece may
# keep alive all texts that it was read with. What is no row, such as a footer, counts as one.
_MAX_ROWS_HELD, _MAX_PIECES_HELD = 20_000, 8


class _Part(NamedTuple):
    """Of a piece the rows that have findings, which break which rules, what the reader found, and the first row."""

    rows: pl.DataFrame
    broken_rules: dict[ColumnRule | RowRule, pl.Series]
    broken: Mapping[str, pl.Series]
    issues: pl.DataFrame
    begin: int

    @property
    def size(self) -> int:
        """How many lines have findings; those that the reader leaves out are no rows, and may be nearly all."""
        return max(self.rows.height, self.issues.height)


class FindingCollector:
    """Makes the findings about the rows of one file, each by itself, for several pieces at once."""

    def __init__(
        self, layout: Layout, rules: RuleSet, *, suggestions: SuggestionCollector, causes: CauseCollector
    ) -> None:
        """Begin without a finding.

        Args:
            layout: The layout of the school year.
            rules: All rules that the file is checked by.
            suggestions: Takes the values that something may be suggested for.
            causes: Takes the rows that break a rule.
        """
        self._layout, self._rules = layout, rules
        self._suggestions, self._causes = suggestions, causes
        self._noted = NotedFindings(layout)
        self._held: list[_Part] = []

    def add(
        self,
        rows: pl.DataFrame,
        broken_rules: Sequence[BrokenRule],
        broken: Mapping[str, pl.Series],
        issues: pl.DataFrame,
    ) -> int:
        """Take a piece, and return how many findings it has.

        Args:
            rows: Its rows.
            broken_rules: The rules that are reported, in the order of the rules.
            broken: Which rows break a rule about rows, reported or not, by its code.
            issues: What the reader has found about the rows, shaped as ISSUES.
        """
        self._suggestions.look_ups.note(rows)
        begin = min([*rows[ROW].head(1), *issues[ROW].head(1)], default=0)
        is_found = reduce(or_, (mask for _, mask in broken_rules), rows[ROW].is_in(issues[ROW].implode()))
        count = issues.height + sum(int(mask.sum()) for _, mask in broken_rules)
        if not is_found.all():
            rows = rows.filter(is_found)
            broken_rules = [(rule, mask.filter(is_found)) for rule, mask in broken_rules]
            broken = {code: mask.filter(is_found) for code, mask in broken.items()}
        self._held.append(_Part(rows, dict(broken_rules), broken, issues, begin))
        if sum(held.size for held in self._held) >= _MAX_ROWS_HELD or len(self._held) >= _MAX_PIECES_HELD:
            self._make()
        return count

    def end(self) -> NotedFindings:
        """Return the findings of all pieces."""
        self._make()
        return self._noted

    def _make(self) -> None:
        """Make the findings of the pieces that are held."""
        if not (held := self._held):
            return
        self._held = []
        # A state's rule may use pl.format, which panics where the first chunk of a column is empty (Polars 2.1).
        rows = pl.concat([each.rows for each in held], how="diagonal", rechunk=True)
        issues = pl.concat([each.issues for each in held])
        broken_rules = [(each.broken_rules, each.rows.height) for each in held]
        broken = masks_of_all([(each.broken, each.rows.height) for each in held], held[0].broken)
        of_reader = findings_of_row_issues(issues, self._rules.of_reader, rows, self._layout)
        found = of_reader.partition_by("column", "code", maintain_order=True)
        of_columns = masks_of_all(broken_rules, self._rules.of_columns).items()
        of_rules = [self._found_by(rule, mask, rows, {}) for rule, mask in of_columns]
        of_rows = masks_of_all(broken_rules, self._rules.of_rows).items()
        of_rules += [self._found_by(rule, mask, rows, broken) for rule, mask in of_rows]
        self._causes.note_row_issues(found, self._rules.of_reader)
        self._causes.end_piece()
        noted = self._suggestions.note([*found, *of_rules], rows)
        self._noted.add(noted, rows, begins=[each.begin for each in held[1:]])

    def _found_by(
        self, rule: ColumnRule | RowRule, mask: pl.Series, rows: pl.DataFrame, broken: Mapping[str, pl.Series]
    ) -> pl.DataFrame:
        """Return the findings of a rule.

        Args:
            rule: The rule.
            mask: Which rows break it.
            rows: The rows.
            broken: Which rows break a rule about rows, by its code; none of them counts for a rule about cells.
        """
        breaking = rows if mask.all() else rows.filter(mask).rechunk()
        values = said_once(rule.message_values(), breaking)
        found = found_by(rule, breaking, self._layout, column=rule.column, message_values=values)
        reported = [broken[code].filter(mask) for code in rule.follows_from if code in broken]
        own = breaking.filter(~reduce(or_, reported)) if reported else breaking
        self._causes.note(rule, own, values)
        others = [broken[code].filter(mask) for code in NOT_THEIRS if code in broken and code != rule.code]
        return with_known(rule, found, breaking, reduce(or_, others) if others else None)
