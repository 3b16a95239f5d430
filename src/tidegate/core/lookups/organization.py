"""The look-up of an organization by its organization ID, and the IDs that a mistyped one may have meant."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product
from typing import Any, ClassVar, NamedTuple

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from tidegate.core.layouts.identifiers import are_ids_numbers, fold_organization_id
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.lookups.lookup import Join, LabelledLookup, Suggester
from tidegate.core.lookups.sources import LookupCache, Sources
from tidegate.core.reference.organizations import SAU, Organizations
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.suggestions.suggestion import Candidate, Suggestion, as_digits, rank, suggest_by_value

_MIN_NAME_SCORE = 82
_NAME_SCORERS: tuple[tuple[Any, float], ...] = (
    (fuzz.token_sort_ratio, _MIN_NAME_SCORE),
    (fuzz.token_set_ratio, _MIN_NAME_SCORE),
)
_NAME = "[a-z]{4}|[a-z]{2} [0-9]"  # a word, or a kind of organization and its number: RSU 57
_WORDS_AND_NUMBER = "((?:[a-z]+ ){2,}?)(?:no |number )?([0-9]+.*)"
_OWN_BONUS, _PREFERRED_BONUS = 8, 4


class OrganizationLookup(LabelledLookup, frozen=True, tag="organization"):
    """The organization of a kind with the organization ID in column `by`."""

    gives: ClassVar = {
        "id": "the integer by which it is stored: its ID where IDs are numbers",
        "name": "its name",
        "schools": "its schools in words, null where it has none",
    }

    organization_field: ClassVar = "id"

    kind: str

    @property
    def kind_found(self) -> str:
        """The kind of organizations that the layout says."""
        return self.kind

    @property
    def cached_column(self) -> str:
        """The column with the ID."""
        return self.by

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:  # noqa: ARG002 - the same for any layout
        """Return the list of organizations."""
        return (Organizations.file,)

    @property
    def number_column(self) -> str:
        """The column with the ID, where IDs are numbers."""
        return self.by if are_ids_numbers() else ""

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return the join of the organization's ID and name."""
        return LookupCache(lambda keys: self._find(name, keys, sources), self.by).join

    def _find(self, name: str, keys: pl.DataFrame, sources: Sources) -> pl.DataFrame:
        """Return one line per distinct text that is an organization's ID: the text, and the fields found."""
        by, organizations, schools = f"{self.by}:value", sources.organizations, f"{name}.schools"
        fields = organizations.filter(pl.col("kind") == self.kind).select(
            fold_organization_id(pl.col("identifier")).alias("folded"),
            pl.col("id").alias(f"{name}.id"),
            pl.col("name").alias(f"{name}.name"),
        )
        texts = keys.select(by, fold_organization_id(pl.col(by)).alias("folded"))
        texts = texts.filter(pl.col("folded").is_in(fields["folded"].implode())).unique()
        found = texts.join(fields, on="folded", how="inner").drop("folded")
        if not sources.is_needed(schools):
            return found
        of_each = schools_in_words(organizations).rename({"id": f"{name}.id", "schools": schools})
        return found.join(of_each, on=f"{name}.id", how="left")

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:  # noqa: ARG002 - the guide's district
        """Return the district of the guide."""
        schools = "Rock Star High School (1001) and Rock Star Middle School (1002)"
        return {"id": 1000, "name": "Rock Star Public Schools", "schools": schools}

    def suggester(self, name: str, sources: Sources) -> Suggester:
        """Return the suggester: the district in focus comes first."""
        return OrganizationSuggester(self, name, sources)


_MAX_SCHOOLS = 12


def schools_in_words(organizations: pl.DataFrame) -> pl.DataFrame:
    """Return `id` of each district that has schools, and `schools`: their names with the IDs that people write."""
    id_ = pl.coalesce("local_id", "identifier")
    named = organizations.drop_nulls("parent_id").sort("name").select(
        pl.col("parent_id").alias("id"), (pl.col("name") + " (" + id_ + ")").alias("school")
    )  # fmt: skip
    school, count = pl.col("school").head(_MAX_SCHOOLS), pl.len()
    first, last = school.head(count.clip(1, _MAX_SCHOOLS) - 1).str.join(", "), school.last()
    more = " and " + (count - _MAX_SCHOOLS).cast(pl.String) + " more"
    listed = (
        pl.when(count == 1).then(last)
        .when(count > _MAX_SCHOOLS).then(school.str.join(", ") + more)
        .otherwise(first + " and " + last)
    )  # fmt: skip
    return named.group_by("id").agg(listed.alias("schools"))


class OrganizationSuggester(Suggester):
    """Suggests districts for an unknown ID."""

    def __init__(self, lookup: OrganizationLookup, name: str, sources: Sources) -> None:
        super().__init__(column=lookup.by, found=f"{name}.id", scope="context.organization_id")
        self._sources = sources

    def suggest(self, unknown: pl.DataFrame) -> pl.DataFrame:
        """Suggest by ID and name; `scope` is the organization in focus."""
        saus = self._sources.organizations.filter(pl.col("kind") == SAU).rows(named=True)
        candidates = OrganizationCandidates([(each["id"], named(each)) for each in saus])
        return suggest_by_value(unknown, candidates.suggest)


class NamedOrganization(NamedTuple):
    """An organization that may be suggested. `is_own`: it is the row's district or one of its
    schools."""

    id: str
    name: str
    local_id: str
    is_own: bool
    is_preferred: bool


def named(organization: Mapping[str, object], *, prefer: str = "") -> NamedOrganization:
    """Return an organization of the reference data that may be suggested, as nobody's own; `prefer` is a kind of
    organization."""
    return NamedOrganization(
        id=str(organization["identifier"]),
        name=str(organization["name"]),
        local_id=str(organization["local_id"] or ""),
        is_own=False,
        is_preferred=organization["kind"] == prefer,
    )


class OrganizationCandidates:
    """The organizations that may be suggested for the values of a file, of which a few are near each text.

    A state has a thousand, and a file may have a thousand wrong IDs: only those that are near are scored in Python.
    """

    def __init__(self, organizations: Sequence[tuple[int | None, NamedOrganization]]) -> None:
        """Take the organizations, each after the ID of the district whose own it is."""
        self._all = organizations
        self._ids = [_fold(each.id) for _, each in organizations]
        self._local_ids = [_fold(each.local_id) for _, each in organizations]
        self._near: dict[str, list[int]] = {}

    @cached_property
    def _forms_of_names(self) -> tuple[list[str], list[int]]:
        """What a name in place of an ID is compared with; few files have one.

        Returns:
            The forms of all names, and the position of the organization of each.
        """
        spelled = [(form, place) for place, (_, each) in enumerate(self._all) for form in _forms(each.name)]
        return [form for form, _ in spelled], [place for _, place in spelled]

    def suggest(self, text: str, district: int | None) -> list[Suggestion]:
        """Return what `text` may have been meant to be; those of the row's district come first."""
        if text not in self._near:
            self._near[text] = sorted(self._positions(_folded(text.strip())))
        near = [self._all[position] for position in self._near[text]]
        return suggest_organizations(text, [each._replace(is_own=own == district) for own, each in near])

    def _positions(self, folded: "_FoldedText") -> set[int]:
        """Return the positions of all organizations that have a score, and perhaps of some that have none."""
        asked = [(folded.plain, self._ids, 1), (folded.plain, self._local_ids, 1), (folded.digits, self._ids, 0)]
        found: list[list[tuple[str, Any, int]]] = [
            process.extract(text, ids, scorer=OSA.distance, score_cutoff=most, limit=None) for text, ids, most in asked
        ]
        named = self._named(folded) if folded.may_be_a_name else ()
        return {place for near in found for _, _, place in near}.union(named)

    def _named(self, folded: "_FoldedText") -> Iterator[int]:
        """Yield the positions of the organizations whose names or initials the text may be."""
        initials = folded.text.upper()
        yield from (place for place, (_, each) in enumerate(self._all) if _initials(each.name) == initials)
        forms, places = self._forms_of_names
        for text, (scorer, least) in product(_forms(folded.text), _NAME_SCORERS):
            near = process.extract(text, forms, scorer=scorer, score_cutoff=least, limit=None)
            yield from (places[place] for _, _, place in near)


def suggest_organizations(text: str, organizations: Sequence[NamedOrganization]) -> list[Suggestion]:
    """Return organization IDs that `text` may have been meant to be; `organizations` are those of the right kind.

    The row's own district and its schools go first, then technical schools where the column asks for one.
    """
    folded = _folded(text.strip())
    candidates = [candidate for each in organizations for candidate in _candidates(folded, each)]
    best = max((candidate.score for candidate in candidates), default=0)
    first = {candidate.value for candidate in candidates if candidate.score > best - 6}
    return rank(c._replace(is_sure=len(first) == 1 and c.score == best >= 85) for c in candidates)


class _FoldedText(NamedTuple):
    """A text that may mean an organization, and how it is compared with each."""

    text: str
    plain: str
    digits: str
    may_be_a_name: bool


def _folded(text: str) -> _FoldedText:
    return _FoldedText(text, _fold(text), _fold(as_digits(text)), bool(re.search(_NAME, _spelled(text))))


def _candidates(folded: _FoldedText, each: NamedOrganization) -> Iterator[Candidate]:
    for score, why in _scores(folded, each):
        bonus = _OWN_BONUS * each.is_own + _PREFERRED_BONUS * each.is_preferred
        yield Candidate(score + bonus, each.id, f"{each.name}{why}")


def _scores(folded: _FoldedText, each: NamedOrganization) -> Iterator[tuple[float, str]]:
    """Yield scores of how near the organization is, each with its reason."""
    plain, local = folded.plain, _fold(each.local_id) if each.local_id else ""
    if local and plain == local:
        yield 86, f", whose local ID is {each.local_id}"
    yield from _by_id(folded, each)
    if folded.may_be_a_name:
        score = _name_score(folded.text, each.name)
        if score >= _MIN_NAME_SCORE:
            yield score * 0.9, ", by its name"
    own, what = _fold(each.id), "digit" if each.id.isdigit() else "character"
    if len(plain) >= 3 and plain.isdigit() == own.isdigit() and OSA.distance(plain, own, score_cutoff=1) == 1:
        is_swap = sorted(plain) == sorted(own)
        yield 70 + 5 * is_swap, f", two {what}s swapped" if is_swap else f", one {what} differs"
    if len(local) >= (3 if each.is_own else 4) and OSA.distance(plain, local, score_cutoff=1) == 1:
        yield 68, f", whose local ID is {each.local_id}"


def _by_id(folded: _FoldedText, each: NamedOrganization) -> Iterator[tuple[float, str]]:
    own = _fold(each.id)
    if folded.plain == own:
        yield 90, ""
    elif folded.digits == own:
        yield 89, ", with digits for letters that look like them"


def _name_score(text: str, name: str) -> float:
    if text.upper() == _initials(name):
        return 96
    return max(_likeness(one, other) for one, other in product(_forms(text), _forms(name)))


def _likeness(text: str, name: str) -> float:
    if not set(re.findall("[0-9]+", text)) <= set(re.findall("[0-9]+", name)):
        return 0  # RSU 5 is not RSU 57
    return max(fuzz.token_sort_ratio(text, name), 0.97 * fuzz.token_set_ratio(text, name))


@lru_cache(maxsize=1 << 16)
def _forms(name: str) -> tuple[str, ...]:
    """Return a name as it is compared, and, where several words stand before its number, their initials with it:
    Regional School Unit No. 57 is rsu 57, too."""
    spelled = _spelled(name)
    numbered = re.match(_WORDS_AND_NUMBER, spelled)
    if not numbered:
        return (spelled,)
    words, number = numbered.groups()
    return spelled, "".join(word[0] for word in words.split()) + " " + number


@lru_cache(maxsize=1 << 16)
def _spelled(name: str) -> str:
    """Return the words and numbers of a name, in small letters, without signs and leading zeros: R.S.U. #05 is
    rsu 5."""
    parts = re.findall(r"[^\W\d_]+|[0-9]+", re.sub("[.'’]", "", name.lower()))
    return " ".join(part.lstrip("0") or part for part in parts)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


@lru_cache(maxsize=1 << 16)  # each of a state's organizations is compared with every text
def _fold(text: str) -> str:
    """Return an ID in small letters, without signs, leading zeros and the `.0` that some
    programs add."""
    return re.sub(r"[\W_]", "", re.sub(r"\.0*$", "", text)).lstrip("0").upper()
