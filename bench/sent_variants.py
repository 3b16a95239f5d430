"""The same rows as other programs would write them: quotes, blanks, wrappings, encodings and totals. Nothing else differs.

Every variant has the rows of the plain file, in its order, and must give its findings.
"""

from collections.abc import Callable
from pathlib import Path

from bench.district_state import student_of

Cells = list[str]
_QUOTED_NAMES = ('"Ouellette, Jr."', '"O\'Neil"', '"St. Pierre"', '"Pelletier"', '"de la Cruz, III"')
_FIRST_NAMES = ('"Emma"', '"Mary Ann"', '"Jean-Luc"', '"Liam"')


def _lines(path: Path) -> list[Cells]:
    return [line.split(",") for line in path.read_text().splitlines()]


def _join(rows: list[Cells], end: str = "\n") -> bytes:
    return "".join(",".join(cells) + end for cells in rows).encode()


def _with_names(rows: list[Cells]) -> list[Cells]:
    named = [[*rows[0], "LastName", "FirstName"]]
    named += [[*cells, *student_of(number % 1000).names] for number, cells in enumerate(rows[1:])]
    return named


def _names_last(rows: list[Cells]) -> bytes:
    return _join(_with_names(rows))


def _both_encodings(rows: list[Cells]) -> bytes:
    """One name is written in UTF-8 and one in Windows-1252: two exports that were put together."""
    named = _with_names(rows)
    named[len(named) // 3][-2], named[2 * len(named) // 3][-2] = "Muñoz", "Béland"
    lines = [",".join(cells) + "\n" for cells in named]
    first = len(lines) // 2
    return "".join(lines[:first]).encode() + "".join(lines[first:]).encode("cp1252")


def _quoted_names_first(rows: list[Cells]) -> bytes:
    """As PowerSchool writes them with "Include Student Name"."""
    named = [["LastName", "FirstName", *rows[0]]]
    named += [[_QUOTED_NAMES[n % 5], _FIRST_NAMES[n % 4], *cells] for n, cells in enumerate(rows[1:])]
    return _join(named)


def _blanks_and_quotes(rows: list[Cells]) -> bytes:
    return "".join(", ".join(cell or '""' for cell in cells) + "\n" for cells in rows).encode()


def _equals_signs(rows: list[Cells]) -> bytes:
    return _join([rows[0], *([f'="{cell}"' for cell in cells] for cells in rows[1:])])


def _american_dates(rows: list[Cells]) -> bytes:
    dates = [place for place, name in enumerate(rows[0]) if name.endswith("Date")]
    for cells in rows[1:]:
        for place in dates:
            parts = cells[place].split("-")
            if len(parts) == 3:
                cells[place] = f"{int(parts[1])}/{int(parts[2])}/{parts[0]}"
    return _join(rows)


def _totals_row(rows: list[Cells]) -> bytes:
    return _join(rows) + f"Total,,,{len(rows) - 1}{',' * (len(rows[0]) - 4)}\n".encode()


def _carriage_returns(rows: list[Cells]) -> bytes:
    return _join(rows, "\r\n")


VARIANTS: dict[str, Callable[[list[Cells]], bytes]] = {
    "names_last": _names_last,
    "both_encodings": _both_encodings,
    "quoted_names_first": _quoted_names_first,
    "blanks_and_quotes": _blanks_and_quotes,
    "equals_signs": _equals_signs,
    "american_dates": _american_dates,
    "totals_row": _totals_row,
    "carriage_returns": _carriage_returns,
}


def make_variant(plain: Path, name: str) -> Path:
    """Return the file with the rows of the plain one as a variant writes them, made once."""
    path = plain.with_name(f"{plain.stem}_{name}.csv")
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(VARIANTS[name](_lines(plain)))
        part.rename(path)
    return path
