"""What the home shows of the whole state: senders by file type."""

from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.http import urlencode

from tidegate.file_types import FileType
from tidegate.overview.senders import SENDERS_ON_A_PAGE, Sender, SenderCell, SenderFilter, count_senders, find_senders
from tidegate.overview.state_year import TypeStandings
from tidegate.uploads.models import Standing
from tidegate.web.home.home import ICONS, MOODS
from tidegate.web.pages import Page
from tidegate.web.plots.bars import BarRows, Part, Row

STANDINGS = (Standing.CLEAN, Standing.NOTHING, Standing.ERRORS, Standing.NONE)
"""In the order in which a bar shows them: what is done first."""
_PARTS = tuple(Part(standing.label, f"standing-{standing.value}") for standing in STANDINGS)


class LinkedCount(NamedTuple):
    """A number, and the list that has its senders."""

    standing: Standing
    number: int
    address: str


@dataclass(frozen=True)
class StandingsInBars:
    """How many senders are where with each file type: the plot and its table."""

    plot: BarRows
    rows: list[tuple[str, list[LinkedCount]]]
    parts: tuple[Part, ...] = _PARTS


def standings_in_bars(known: list[TypeStandings]) -> StandingsInBars:
    """Return the plot and the table of the senders by file type."""
    bars = [Row(each.file_type.name, [each.counts[standing] for standing in STANDINGS]) for each in known]
    table = [(each.file_type.name, [_linked(each, standing) for standing in STANDINGS]) for each in known]
    return StandingsInBars(BarRows(_PARTS, bars, is_whole=True), table)


def _linked(known: TypeStandings, standing: Standing) -> LinkedCount:
    query = urlencode({"file_type": known.file_type.slug, "standing": standing.value})
    return LinkedCount(standing, known.counts[standing], f"{reverse('start')}?{query}#senders")


class ShownCell(NamedTuple):
    """A cell of the list of senders, with what its colour and sign say."""

    file_type: FileType
    cell: SenderCell
    mood: str
    icon: str


class SenderRow(NamedTuple):
    """A line of the list of senders."""

    sender: Sender
    cells: list[ShownCell]


def senders_page(asked: SenderFilter, number: int, *, sender_count: int) -> Page:
    """Return the page of this number, or the nearest one that there is. `sender_count` is that of all senders."""
    count = count_senders(asked, of=sender_count)
    number = min(max(1, number), max(1, -(-count // SENDERS_ON_A_PAGE)))
    found = find_senders(asked, start=(number - 1) * SENDERS_ON_A_PAGE)
    rows = [_row(sender, asked) for sender in found]
    return Page(rows, number, count, has_next=number * SENDERS_ON_A_PAGE < count, size=SENDERS_ON_A_PAGE)


def _row(sender: Sender, asked: SenderFilter) -> SenderRow:
    cells = [(each, sender.cells.get(each.slug, SenderCell())) for each in asked.shown_types]
    return SenderRow(
        sender, [ShownCell(each, cell, MOODS[cell.standing], ICONS[cell.standing]) for each, cell in cells]
    )
