"""Damages generated files at random and compares what tidegate reads with an independent view of a spreadsheet's rows.

The long run: `.venv/bin/python -m tools.mutate_files --count 100000`. A seeded sample of it runs in the suite.
`tools.compare_with_libreoffice` lets LibreOffice be the judge.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tools.spreadsheet_view import BLANK, decode, rows_of

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.read_file import Reading, read_file
from tidegate.file_types import find_all

LAYOUTS = [kind.layout for kind in find_all().values()]
COMMENTS = ("", "", "moved, from Dexter", 'says "hello"', "two\nlines", "Zoë Nuñez", "a  b", "naïve; or | not", "łódź")
AWKWARD = (
    '"',
    '""',
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\x00",
    "\x1a",
    "\u00a0",
    "\u200b",
    " ",
    "é",
    "\ufeff",
    "=",
    "'",
    '"\n',
)
FOOTERS = ("Total: 120", "(120 rows affected)", "120 rows selected.", "End of report")


@dataclass(frozen=True)
class Damaged:
    """A file as bytes, and how it was made."""

    content: bytes
    layout: Layout
    delimiter: str
    codec: str


def chance_of(seed: int) -> random.Random:
    """Return the chances of the file with this number, the same every time."""
    return random.Random(seed)  # noqa: S311 - damage, no secrets


def make_file(chance: random.Random) -> Damaged:
    """Return a file such as an exporting program may write, and then damaged a few times."""
    layout = chance.choice(LAYOUTS)
    delimiter, end = chance.choice(",,,\t;|"), chance.choice(["\n", "\r\n", "\r\n", "\r"])
    quoting = chance.choice(["never", "always", "needed", "needed"])
    lines = [delimiter.join(layout.columns)]
    lines += [_line(layout, number, chance, delimiter, quoting) for number in range(chance.randint(1, 12))]
    for _ in range(chance.choice([0, 0, 0, 1, 2])):
        lines.insert(
            chance.randint(0, len(lines)),
            chance.choice(["", "", "  ", delimiter * 8, lines[0], chance.choice(FOOTERS)]),
        )
    text = end.join(lines) + chance.choice([end, end, "", end * 2])
    text = _damage_text(text, chance)
    codec = chance.choice(["utf-8"] * 4 + ["utf-8-sig", "cp1252", "utf-16"])
    content = text.encode(codec, "replace")
    if codec.startswith("utf-8") and chance.random() < 0.1:
        place = chance.randint(len(content) // 2, len(content))
        content = content[:place] + bytes([chance.choice([0xE9, 0xF1, 0x80, 0x81, 0xFF])]) + content[place:]
    return Damaged(content, layout, delimiter, codec)


def _line(layout: Layout, number: int, chance: random.Random, delimiter: str, quoting: str) -> str:
    cells = []
    for name, column in layout.columns.items():
        cell = column.example
        if name == "StateStudentID":
            cell = str(900000001 + number)
        elif name in {"Comments", "SchoolStudentID", "MiddleName"}:
            cell = chance.choice(COMMENTS)
        if quoting == "never":
            cell = cell.translate(dict.fromkeys(map(ord, f'"\n{delimiter}')))
        elif quoting == "always" or any(sign in cell for sign in f'"\n{delimiter}'):
            cell = '"' + cell.replace('"', '""') + '"'
        cells.append(cell)
    return delimiter.join(cells)


def _damage_text(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice([0, 1, 1, 2, 3, 6])):
        start = 0 if chance.random() < 0.08 else min(len(text), text.find("\n") + 1)
        place = chance.randint(start, len(text))
        length = chance.choice([1, 1, 1, 2, 5, 40])
        kind = chance.choice(["insert", "insert", "delete", "replace", "repeat", "move"])
        piece = text[place : place + length]
        if kind == "insert":
            text = text[:place] + chance.choice(AWKWARD) + text[place:]
        elif kind == "delete":
            text = text[:place] + text[place + length :]
        elif kind == "replace":
            text = text[:place] + chance.choice(AWKWARD) + text[place + length :]
        elif kind == "repeat":
            text = text[:place] + piece * 2 + text[place + length :]
        else:
            rest = text[:place] + text[place + length :]
            other = chance.randint(start, len(rest))
            text = rest[:other] + piece + rest[other:]
    return text


def _fold(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def compare(reading: Reading, damaged: Damaged) -> list[str]:
    """Return what is wrong with a reading: rows with another number or other values than in the independent view."""
    names = {_fold(name): name for name in damaged.layout.columns}
    seen = list(rows_of(decode(damaged.content), damaged.delimiter))
    header_row = next((row for row, cells, _ in seen if any(cell.strip(BLANK) for cell in cells)), 0)
    above = [issue.row for issue in reading.issues if issue.code == "FILE012"]
    if above:
        header_row = next(
            row for row, cells, _ in seen if row > max(above) and any(cell.strip(BLANK) for cell in cells)
        )
    header = next(cells for row, cells, _ in seen if row == header_row)
    places = {names[_fold(name)]: place for place, name in reversed(list(enumerate(header))) if _fold(name) in names}
    left_out = {issue.row for issue in reading.issues if issue.code in {"FILE025", "FILE026"}}
    broken = {issue.row for issue in reading.issues if issue.code in {"FILE022", "FILE023", "CELL130"}}
    expected = {
        row: (cells, is_broken)
        for row, cells, is_broken in seen
        if row > header_row and any(c.strip(BLANK) for c in cells)
    }
    read = {row[0]: dict(zip(reading.rows.columns[1:], row[1:], strict=True)) for row in reading.rows.iter_rows()}
    wrong = [] if len(read) == reading.rows.height else ["a row number stands twice"]
    wrong += [f"row {row} is too many" for row in (read.keys() | left_out) - expected.keys()]
    wrong += [f"row {row} was left out" for row in left_out if row in expected and _is_data(expected[row][0], header)]
    wrong += [f"row {row} is missing" for row in expected.keys() - read.keys() - left_out]
    wrong += [
        f"row {row}: the broken quote" for row, (_, is_broken) in expected.items() if is_broken != (row in broken)
    ]
    for row, cells in read.items():
        there = expected.get(row, ([], False))[0]
        for name, place in places.items():
            value = cells[name]
            if (value or "") != (there[place] if place < len(there) else ""):
                wrong.append(f"row {row}, {name}: {value!r}")
    return wrong


def _is_data(cells: list[str], header: list[str]) -> bool:
    """Whether a row may hold a record, so that it must not be left out."""
    names, texts = ([_fold(cell) for cell in row if _fold(cell)] for row in (header, cells))
    is_drawn = all(not cell.strip(BLANK + "-=_*") for cell in cells)
    return names != texts and not is_drawn and sum(bool(cell.strip(BLANK)) for cell in cells) > 3


def try_one(seed: int, folder: Path) -> tuple[str, list[str]]:
    """Make one file, read it on both paths and compare; return what became of it and what is wrong."""
    damaged = make_file(chance_of(seed))
    path = folder / f"{seed}.csv"
    path.write_bytes(damaged.content)
    fast = read_file(path, damaged.layout, others=LAYOUTS)
    exact = read_file(path, damaged.layout, others=LAYOUTS, is_exact=True)
    wrong = []
    if fast.rows.rows() != exact.rows.rows() or fast.issues != exact.issues:
        wrong.append("the two paths disagree")
    if fast.is_refused:
        return fast.issues[0].code, wrong
    for code in ("FILE015", "FILE036"):  # two delimiters, Mac Roman: the independent view knows neither
        if any(issue.code == code for issue in fast.issues):
            return code, wrong
    return "read", wrong + compare(fast, damaged)


def main() -> None:
    """Run as many files as asked for and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--first", type=int, default=0)
    asked = options.parse_args()
    seeds = range(asked.first, asked.first + asked.count)
    begun = time.monotonic()
    outcomes: Counter[str] = Counter()
    faulty = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            outcome, wrong = try_one(seed, Path(folder))
            (Path(folder) / f"{seed}.csv").unlink()
            outcomes[outcome] += 1
            faulty += bool(wrong)
            if wrong and faulty <= 20:
                print(f"seed {seed}: {'; '.join(wrong[:5])}", flush=True)
    print(f"{asked.count:,} files in {time.monotonic() - begun:.0f} s, {faulty} with something wrong", dict(outcomes))
    sys.exit(bool(faulty))


if __name__ == "__main__":
    main()
