"""The totals that certificates say: every office may have them, so the guard takes them for known. Not everybody has
them, so what is small or was hidden stays hidden."""

from typing import Any

from tidegate.accountability.guard.earlier_releases import EarlierRelease, ToldBy
from tidegate.accountability.guard.rates import MET, NO, YES
from tidegate.accountability.guard.release import Cell
from tidegate.accountability.models import Snapshot
from tidegate.accountability.publication.exact_counts import MEASURE
from tidegate.accountability.publication.same_count import certificates_of_same
from tidegate.accountability.reports.participation import COUNTED


def certified_totals(snapshot: Snapshot, slug: str) -> list[EarlierRelease]:
    """Return what the certificates of a snapshot and of others of the same count say of a report or an indicator, as
    numbers of its release; none where they say nothing."""
    documents = [each.document["certificate"] for each in certificates_of_same(snapshot, slug)]
    known = [_of_indicator(said, slug) | _of_measures(said, slug) for said in documents]
    return [EarlierRelease(totals, {}, told_by=ToldBy.CERTIFICATE) for totals in known if totals]


def _of_indicator(said: dict[str, Any], slug: str) -> dict[Cell, int]:
    """Return how many met an indicator and how many did not; an older certificate says nothing of it."""
    total = next((each for each in said.get("indicators", ()) if each["indicator"] == slug), None)
    if total is None or total["numerator"] is None or not total["denominator"]:
        return {}
    return {((MET, YES),): total["numerator"], ((MET, NO),): total["denominator"] - total["numerator"]}


def _of_measures(said: dict[str, Any], slug: str) -> dict[Cell, int]:
    """Return how many of each measure are none of the next, which is a part of it."""
    totals = [each["students"] for each in said["counts"] if each["report"] == slug and not each["keys"]]
    if len(totals) != len(COUNTED):
        return {}
    nested = [*totals, 0]
    return {
        ((MEASURE, measure),): nested[place] - nested[place + 1]
        for place, measure in enumerate(COUNTED)
        if nested[place] is not None and nested[place + 1] is not None
    }
