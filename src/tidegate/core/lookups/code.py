"""The look-up of a code in its list, and suggestions for a code that the list does not have.

A code is found even if a spreadsheet took its zeros off. Suggestions from a CIP list go by the
digits, the family, words of the title and edit distance, and codes of the row's school come first.
Suggestions from any other list are made like those for the choices of a column.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import ClassVar

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.column_types import Choice, Code
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import Join, LabelledLookup, Suggester
from tidegate.core.lookups.school import first_school_field
from tidegate.core.lookups.sources import LookupCache, Sources
from tidegate.core.reference.codes import list_file
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.reference.taught_codes import TaughtCodes
from tidegate.core.suggestions.suggestion import (
    SCOPE,
    Candidate,
    Suggestion,
    as_digits,
    rank,
    suggest_by_value,
    suggest_choices,
)

_CIP = r"[0-9]{2}\.[0-9]{4}"
_TAUGHT_HERE = ", taught at this school"
_MIN_TITLE_SCORE = 78
_SURE_TITLE_SCORE = 95


class CodeLookup(LabelledLookup, frozen=True, tag="code"):
    """The code in column `by`, where its list has it in the upload's school year, or in one of the `years_before` it.
    Case does not matter.

    A damaged text is read as the one code with the same numeric value. In a list with decimals `1.0205` is 01.0205 and
    `13.121` is 13.1210, but `43` alone is no code. In a list without decimals, such as 01, 002 and UN, `1` and `2` are
    read as 01 and 002. With a `label`, which messages call the value by, a code that is not in the list is an error
    (FIND404), worded by `message` where there is one. Without a label a rule of the file type has to report it.
    """

    # After the guide's own example; DOMAIN.md, Codes.

    gives: ClassVar = {
        "code": "the code as the list has it",
        "mended": "whether the text was damaged and the code is what it must have been",
    }

    label: str = ""
    message: str = ""
    years_before: int = 0

    @property
    def cached_column(self) -> str:
        """The column with the code."""
        return self.by

    @property
    def message_of_layout(self) -> str:
        """The message of FIND404 in the layout's words."""
        return self.message

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:
        """Return the code list."""
        return tuple(list_file(of.list_name) for of in (layout.columns[self.by].type,) if isinstance(of, Code))

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return the join. Raises BrokenLayout if the column is not one of codes."""
        listed = codes_in_years(self.by, sources, years_before=self.years_before)
        return LookupCache(lambda keys: self._find(name, keys, listed), self.by).join

    def _find(self, name: str, keys: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
        """Return one line per distinct text that names a code: the text, and the fields found."""
        by, code, mended = f"{self.by}:value", f"{name}.code", f"{name}.mended"
        listed = listed.select(pl.col("code").alias(code))
        form = r"^[0-9]+\.[0-9]+$" if _has_decimals(listed[code]) else r"^[0-9]+(\.0*)?$"
        # Of texts that are no code in any form, which may be as many as the rows, none goes on.
        is_some = _in_capitals(pl.col(by)).is_in(listed.select(_in_capitals(pl.col(code))).to_series().implode())
        texts = keys.select(by).filter(is_some | pl.col(by).str.contains(form)).unique()
        exact = texts.join(listed, left_on=by, right_on=code, how="inner", coalesce=False)
        in_any_case = _by_key(texts.join(exact, on=by, how="anti"), listed, by, code, key=_in_capitals)
        found = pl.concat([exact, in_any_case])
        damaged = texts.join(found, on=by, how="anti").filter(pl.col(by).str.contains(form))
        repaired = _by_key(damaged, listed, by, code, key=_bare_number)
        return pl.concat(
            [found.with_columns(pl.lit(False).alias(mended)), repaired.with_columns(pl.lit(True).alias(mended))]
        )

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:
        """Return the column's example."""
        return {"code": columns[self.by].example, "mended": False}

    def read_as(self, name: str) -> pl.Expr:
        """Return the code, null if the text was not damaged."""
        return pl.when(pl.col(f"{name}.mended")).then(f"{name}.code")

    def suggester(self, name: str, sources: Sources) -> Suggester:
        """Return the suggester: codes that the row's school has reported come first."""
        return CodeSuggester(self, name, sources)


class CodeSuggester(Suggester):
    """Suggests codes that the look-up finds."""

    def __init__(self, lookup: CodeLookup, name: str, sources: Sources) -> None:
        super().__init__(column=lookup.by, found=f"{name}.code", scope=first_school_field(sources.layout))
        self._sources = sources
        self._years_before = lookup.years_before
        self._taught_here = TaughtCodes.schema.to_frame()

    def note(self, rows: pl.DataFrame) -> None:
        """Note the codes that the schools of these rows teach, as the file itself says."""
        if self.scope:
            here = pl.col(self.scope).alias("school_id"), pl.col(self.found).alias("code")
            taught = rows.lazy().select(here).unique().drop_nulls().collect()
            self._taught_here = pl.concat([self._taught_here, taught]).unique()

    def suggest(self, unknown: pl.DataFrame) -> pl.DataFrame:
        """Suggest by digits and titles; `scope` is the row's school."""
        listed = codes_in_years(self.column, self._sources, years_before=self._years_before)
        titles = dict(listed.iter_rows())
        if not _are_cip_codes(titles):
            choices = Choice(titles)
            return suggest_by_value(unknown, lambda text, _: suggest_choices(text, choices))
        schools = unknown[SCOPE].drop_nulls().unique()
        stored = self._sources.tables.taught_codes(schools, self._sources.school_year)
        taught: dict[int | None, set[str]] = {}
        for school_id, code in pl.concat([stored, self._taught_here]).iter_rows():
            taught.setdefault(school_id, set()).add(code)
        return suggest_by_value(unknown, lambda text, school: suggest_codes(text, titles, taught.get(school, set())))


def codes_in_years(column: str, sources: Sources, *, years_before: int) -> pl.DataFrame:
    """Return `code` and `title` of the column's list: the codes that are written in full and valid in the school year
    or in one of so many before it. Raises BrokenLayout if the column is not one of codes."""
    of, first_year = sources.layout.columns[column].type, sources.school_year.first
    if not isinstance(of, Code):
        raise BrokenLayout(f"{column} is looked up in a list of codes and is not a column of codes")
    listed = _valid(sources.codes(of.list_name), of, range(first_year - years_before, first_year + 1))
    # A code that was listed again has the title of its last years.
    newest = listed.sort("first_year", nulls_last=False).unique("code", keep="last", maintain_order=True)
    return newest.select("code", "title").sort("code")


def optional_codes(layout: Layout, tables: ReferenceData, school_year: SchoolYear) -> dict[str, frozenset[str]]:
    """Return the codes of the school year, in capitals, by the name of each optional column of codes: one may read like
    a word that programs write for a blank."""
    optional = {column.name: column.type for column in layout.columns.values() if not column.required}
    listed = {name: (of, tables.codes(of.list_name)) for name, of in optional.items() if isinstance(of, Code)}
    this_year = range(school_year.first, school_year.first + 1)
    return {
        name: frozenset(_valid(codes, of, this_year).select(_in_capitals(pl.col("code"))).to_series())
        for name, (of, codes) in listed.items()
    }


def _valid(listed: pl.DataFrame, of: Code, years: range) -> pl.DataFrame:
    is_valid = pl.col("first_year").fill_null(years[-1]) <= years[-1]
    is_valid &= pl.col("last_year").fill_null(years[-1]) >= years[0]
    is_whole = pl.col("code").str.contains(of.pattern)  # a CIP list has families and series, too
    return listed.filter(is_valid & is_whole)


def suggest_codes(text: str, titles: Mapping[str, str], taught: AbstractSet[str]) -> list[Suggestion]:
    """Return codes that `text` may have been meant to be.

    `titles` has the codes that are valid in the school year, with their titles. `taught` are the
    codes that the school has reported.
    """
    candidates = [*_with_these_digits(text, titles, taught), *_in_family(text, titles), *_by_title(text, titles)]
    if not any(candidate.is_sure for candidate in candidates):
        candidates += _near(text, titles, taught)
    return rank(_prefer_taught(candidate, taught) for candidate in candidates)


def _prefer_taught(candidate: Candidate, taught: AbstractSet[str]) -> Candidate:
    if candidate.value not in taught:
        return candidate
    return candidate._replace(score=candidate.score + 12, reason=candidate.reason + _TAUGHT_HERE)


def _digits(text: str) -> str:
    """Return the text's digits. Letters that look like digits count as digits."""
    return re.sub(r"\D", "", as_digits(text))


def _with_these_digits(text: str, titles: Mapping[str, str], taught: AbstractSet[str]) -> Iterator[Candidate]:
    """Yield the codes with the digits of the text, zeros at the ends aside: 430107, 43-0107, 10205.

    A digit may be missing instead of a zero. So a code with added zeros is sure only if the school
    teaches it or no other code is one digit away.
    """
    written = re.search(r"(?<![0-9])[0-9]{2}\.[0-9]{4}(?![0-9])", text)
    digits = written[0].replace(".", "") if written else _digits(text)
    if len(digits) < 3:
        return
    by_digits = {_bare(code): code for code in titles}
    if code := by_digits.get(digits):
        yield Candidate(100, code, f"{titles[code]}, the same digits", is_sure=True)
    forms = dict.fromkeys((digits.zfill(6), digits.ljust(6, "0"), f"0{digits}".ljust(6, "0")))
    for form in forms.keys() & by_digits.keys() - {digits}:
        code = by_digits[form]
        is_sure = len(digits) >= 5 and (code in taught or len(_one_away(digits, titles)) == 1)
        yield Candidate(94, code, f"{titles[code]}, the same digits without their zeros", is_sure=is_sure)


def _in_family(text: str, titles: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield the codes that begin like the text: `43` is a family, `43.01` a series."""
    begins = re.fullmatch(r"([0-9]{1,2})\.?|([0-9]{2}\.[0-9]{1,3})|([0-9]{3,4})", text)
    if not begins:
        return
    family, series, bare = begins.groups()
    start = f"{family.zfill(2)}." if family else series or f"{bare[:2]}.{bare[2:]}"
    for code, title in titles.items():
        if code.startswith(start):
            yield Candidate(70, code, f"{title}, family {code[:2]}")


def _by_title(text: str, titles: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield the codes whose titles have the words of the text, also misspelt ones."""
    words = re.sub(r"[^a-z ]", " ", text.lower()).strip()
    if len(words) < 4:
        return
    lowered = {code: title.lower() for code, title in titles.items()}
    near = process.extract(words, lowered, scorer=_title_score, score_cutoff=_MIN_TITLE_SCORE, limit=12)
    best = near[0][1] if near else 0
    is_alone = sum(score > best - 8 for _, score, _ in near) == 1
    for _, score, code in near:
        is_sure = is_alone and score == best >= _SURE_TITLE_SCORE and len(words) >= 8
        yield Candidate(score * 0.9, code, f"{titles[code]}, words of the title", is_sure=is_sure)


def _title_score(words: str, title: str, *, score_cutoff: float | None = None) -> float:
    """Return how well the title covers the words, each matched with its nearest word; long words
    count more."""
    theirs = [word for word in re.split(r"[^a-z]+", title) if len(word) > 2]
    mine = [word for word in words.split() if len(word) > 2 and word != "and"]
    if not mine or not theirs:
        return 0
    found = sum(max(_word_score(word, other) for other in theirs) * len(word) for word in mine) / sum(map(len, mine))
    coverage = fuzz.token_set_ratio(words, title) / 100
    score = found * 0.94 + coverage * 6
    return score if score_cutoff is None or score >= score_cutoff else 0


def _word_score(word: str, other: str) -> float:
    """Return how similar two words are; a word of four letters or more may be the other's
    beginning."""
    if len(word) >= 4 and (other.startswith(word) or word.startswith(other[: max(5, len(other) - 3)])):
        return 97
    return fuzz.ratio(word, other)


def _near(text: str, titles: Mapping[str, str], taught: AbstractSet[str]) -> Iterator[Candidate]:
    """Yield the codes that are one typing error away, and those two away in the family or the
    school."""
    digits = _digits(text)
    if not 5 <= len(digits) <= 7:
        return
    ones = _one_away(digits, titles)
    for code in titles:
        is_same_family = code[:2] == digits[:2]
        if code in ones:
            is_sure = len(ones) == 1 and (is_same_family or code in taught)
            is_swap = _is_swap(digits, code)
            slip = "two digits swapped" if is_swap else "one digit differs"
            yield Candidate(80 + 4 * is_same_family + 5 * is_swap, code, f"{titles[code]}, {slip}", is_sure=is_sure)
        elif (is_same_family or code in taught) and OSA.distance(digits, _bare(code), score_cutoff=2) == 2:
            yield Candidate(52 + 4 * is_same_family, code, f"{titles[code]}, two digits differ")


def _one_away(digits: str, titles: Mapping[str, str]) -> set[str]:
    return {code for code in titles if OSA.distance(digits, _bare(code), score_cutoff=1) == 1}


@lru_cache(maxsize=1 << 14)  # each of a state's codes is compared with every text
def _bare(code: str) -> str:
    return code.replace(".", "")


def _is_swap(digits: str, code: str) -> bool:
    return len(digits) == 6 and sorted(digits) == sorted(_bare(code))


def _by_key(
    texts: pl.DataFrame, listed: pl.DataFrame, by: str, code: str, *, key: Callable[[pl.Expr], pl.Expr]
) -> pl.DataFrame:
    """Return the texts for which exactly one code has the same key, each with that code.

    Args:
        texts: The texts, in the column `by`.
        listed: The codes, in the column `code`.
        by: The name of the column of texts.
        code: The name of the column of codes.
        key: Makes the key of a text or a code.
    """
    once = listed.with_columns(key(pl.col(code)).alias("key")).filter(pl.len().over("key") == 1)
    return texts.with_columns(key(pl.col(by)).alias("key")).join(once, on="key", how="inner").select(by, code)


def _in_capitals(code: pl.Expr) -> pl.Expr:
    return code.str.to_uppercase()


def _has_decimals(codes: pl.Series) -> bool:
    return bool(codes.str.contains(r"^[0-9]+\.[0-9]+$").any())


def _are_cip_codes(codes: Iterable[str]) -> bool:
    return all(re.fullmatch(_CIP, code) for code in codes)


def _bare_number(code: pl.Expr) -> pl.Expr:
    """Return a code without the zeros that do not change its numeric value."""
    bare = code.str.strip_chars_start("0")
    return (
        pl.when(code.str.contains(".", literal=True))
        .then(bare.str.strip_chars_end("0").str.strip_chars_end("."))
        .otherwise(bare)
    )
