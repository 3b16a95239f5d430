"""Files of odd shapes, of any size and for each file type: what districts send by accident, and worse."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bench.make_files import CODES, ENROLLMENT_HEADER, FIRST_NUMBER, HEADER, STUDENTS

MOST_ROWS = 10_000_000
"""No file has more lines than this, whatever its size: a worker takes none with more rows, unless the state sets it."""

_PIECE_BYTES = 1 << 20


class Kind(NamedTuple):
    """A file type: its header and the cells of one good row after the other."""

    header: str
    cells: Callable[[int], list[str]]


def _cte(i: int) -> list[str]:
    number, code = str(FIRST_NUMBER + i % STUDENTS), CODES[i % 5]
    return ["1000", "2001", number, str(i % 99_999), code, f"2020-09-{i % 30 + 1:02d}", "2021-06-11", "1.00", ""]


def _enrollment(i: int) -> list[str]:
    entry, ends = f"20{20 + i // STUDENTS % 2}-{9 + i // STUDENTS % 4:02d}-08", "2021-06-11"
    number = str(FIRST_NUMBER + i % STUDENTS)
    return ["2000", "2001", number, str(i % 99_999), "C", "11", entry, "02", "1000", "011", ends, "02", ""]


def _new_state_id(i: int) -> list[str]:
    born = f"20{i % 9 + 4:02d}-{i % 12 + 1:02d}-{i % 28 + 1:02d}"
    return ["1000", str(i + 1), f"Last{i}", f"First{i % 977}", "", "", born, "F", "11"]


NEW_STATE_ID_HEADER = "SAUID,SchoolStudentID,LastName,FirstName,MiddleName,Suffix,DateOfBirth,Gender,GradeLevel\n"

KINDS = {
    "cte": Kind(HEADER, _cte),
    "student-enrollment": Kind(ENROLLMENT_HEADER, _enrollment),
    "new-state-id": Kind(NEW_STATE_ID_HEADER, _new_state_id),
}

Line = Callable[[Kind, int], str | bytes]


@dataclass(frozen=True)
class Shape:
    """What stands in a file: what `begins` it, given the kind and the bytes that the file is to have, and `line` after
    line below, each with its end. Text is spelt in `codec`."""

    line: Line
    begins: Callable[[Kind, int], Iterator[str]] = lambda kind, _: iter([kind.header])
    codec: str = "utf-8"


def plain(kind: Kind, i: int) -> str:
    """Return a good row as most files have it."""
    return ",".join(kind.cells(i)) + "\n"


def _quoted(kind: Kind, i: int) -> str:
    return ",".join(f'"{cell}"' for cell in kind.cells(i)) + "\n"


def _wrapped(kind: Kind, i: int) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([f'="{cell}"' for cell in kind.cells(i)])
    return line.getvalue()


def _each(change: Callable[[str], str]) -> Line:
    return lambda kind, i: ",".join(map(change, kind.cells(i))) + "\n"


def _with(place: int, value: Callable[[int], str]) -> Line:
    """Return the line whose cell at the place, counted from either end, is another one."""

    def line(kind: Kind, i: int) -> str:
        cells = kind.cells(i)
        cells[place] = value(i)
        return ",".join(cells) + "\n"

    return line


def _in_column(name: str, value: Callable[[int], str]) -> Line:
    """Return the line whose cell below the name, where the kind has it, is another one."""

    def line(kind: Kind, i: int) -> str:
        names, cells = kind.header.strip().split(","), kind.cells(i)
        if name in names:
            cells[names.index(name)] = value(i)
        return ",".join(cells) + "\n"

    return line


def _date_of_another_form(i: int) -> str:
    year, month, day = 2020, 9 + i % 4, i // 4 % 28 + 1
    forms = (
        f"{year}-{month:02d}-{day:02d}",
        f"{month}/{day}/{year}",
        f"{month:02d}-{day:02d}-{year}",
        f"{year}{month:02d}{day:02d}",
        f"{day} {('Sep', 'Oct', 'Nov', 'Dec')[i % 4]} {year}",
        f"{year}-{month:02d}-{day:02d} 00:00:{i // 7 % 60:02d}",
        f"{day}.{month}.{year}",
        str(44_000 + i % 365),
        f"{month}/{day}/{year % 100}",
    )
    return forms[i % len(forms)]


def _dates_in_forms(kind: Kind, i: int) -> str:
    names, cells = kind.header.strip().split(","), kind.cells(i)
    dated = (
        _date_of_another_form(i + p) if "Date" in n else c for p, (n, c) in enumerate(zip(names, cells, strict=True))
    )
    return ",".join(dated) + "\n"


def _every_cell_wrong(kind: Kind, i: int) -> str:
    return ",".join(f"{i}x{chr(97 + place)}" for place, _ in enumerate(kind.cells(i))) + "\n"


def _cells_of_every_kind(kind: Kind, i: int) -> str:
    return ",".join(f"?{place}" for place, _ in enumerate(kind.cells(i))) + "\n"


def _encodings_by_line(kind: Kind, i: int) -> bytes:
    return _in_name(kind, i, "é").encode("utf-8" if i % 2 else "cp1252")


def _in_name(kind: Kind, i: int, letter: str) -> str:
    cells = kind.cells(i)
    cells[3] = f"{letter}{i % 9_999}"
    return ",".join(cells) + "\n"


def _broken_in_two(kind: Kind, i: int) -> str:
    cells = kind.cells(i)
    return ",".join([*cells[:3], f'"a\n{i % 9_999}"', *cells[4:]]) + "\n"


def _many_names(kind: Kind, size: int) -> Iterator[str]:
    yield kind.header.strip()
    for i in range(size // 8):
        yield f",Name{i % 1000:03d}"
    yield "\n"


def _wide_header(kind: Kind, _: int) -> Iterator[str]:
    yield ",".join([kind.header.strip(), *(f"Name{i}" for i in range(480))]) + "\n"


def _blank_wide_header(kind: Kind, _: int) -> Iterator[str]:
    yield kind.header.strip() + "," * 480 + "\n"


def _no_header(kind: Kind, _: int) -> Iterator[str]:
    yield plain(kind, 0)


SHAPES: dict[str, Shape] = {
    "plain": Shape(plain),
    "short rows": Shape(lambda kind, i: "9,\n"),
    "short rows of all cells but one": Shape(lambda kind, i: ",".join(kind.cells(i)[: kind.header.count(",") // 2]) + "\n"),
    "rows of one cell": Shape(lambda kind, i: "x\n"),
    "rows of one cell, all different": Shape(lambda kind, i: f"{i}\n"),
    "long rows": Shape(lambda kind, i: ",".join([*kind.cells(i), "x", "y"]) + "\n"),
    "rows of 500 cells": Shape(lambda kind, i: ",".join([*kind.cells(i), *["7"] * 491]) + "\n"),
    "a row of 500 cells, each a different width": Shape(lambda kind, i: plain(kind, i).strip() + ",9" * (i % 500 + 1) + "\n"),
    "rows of 100,000 cells": Shape(lambda kind, i: "9," * 100_000 + "\n"),
    "blank cells beyond the header": Shape(lambda kind, i: plain(kind, i).strip() + "," * (i % 2 * 3) + "\n"),
    "half of the rows short": Shape(lambda kind, i: plain(kind, i) if i % 2 else "9,\n"),
    "a header of a million names": Shape(plain, begins=_many_names),
    "a header of 490 names": Shape(plain, begins=_wide_header),
    "a header with blank cells at its end": Shape(plain, begins=_blank_wide_header),
    "no header": Shape(plain, begins=_no_header),
    "one line without an end": Shape(lambda kind, i: "9" * 1000),
    "one line of cells without an end": Shape(lambda kind, i: "9," * 500),
    "one cell of a row without an end": Shape(lambda kind, i: ",".join(kind.cells(0)[:3]) + ",x" if not i else "9" * 1000),
    "lines of 32,000 characters": Shape(_in_column("Comments", lambda i: f"{i} {'note ' * 6_400}")),
    "cells of 40,000 characters": Shape(_with(3, lambda i: "x" * 40_000)),
    "names of 600 characters": Shape(_in_column("SchoolStudentID", lambda i: f"{i}{'x' * 600}")),
    "a quote opens in every row": Shape(lambda kind, i: '9,"' + plain(kind, i)),
    "a quote opens in row 2": Shape(lambda kind, i: ('9,"' if i == 0 else "") + plain(kind, i)),
    "quotes within values": Shape(_in_column("SchoolStudentID", lambda i: f'"a"b{i % 999}')),
    "quotes everywhere": Shape(lambda kind, i: '"' * (i % 7 + 1) + ",\n"),
    "nothing but quotes": Shape(lambda kind, i: '"""\n'),
    "every cell in quotes": Shape(_quoted),
    "every cell wrapped": Shape(_wrapped),
    "cells with line breaks": Shape(_broken_in_two),
    "spaces after commas": Shape(lambda kind, i: ", ".join(kind.cells(i)) + "\n"),
    "spaces and quotes": Shape(lambda kind, i: ", ".join(f'"{cell}"' for cell in kind.cells(i)) + "\n"),
    "apostrophes": Shape(_each(lambda cell: f"'{cell}")),
    "two encodings": Shape(_encodings_by_line),
    "Windows-1252": Shape(lambda kind, i: _in_name(kind, i, "é"), codec="cp1252"),
    "UTF-16": Shape(plain, codec="utf-16-le"),
    "letters of four bytes": Shape(lambda kind, i: _in_name(kind, i, "😀")),
    "blank lines": Shape(lambda kind, i: "\n" if i else plain(kind, i)),
    "blank lines between rows": Shape(lambda kind, i: "\n" * 5 + plain(kind, i)),
    "delimiters only": Shape(lambda kind, i: "," * kind.header.count(",") + "\n" if i else plain(kind, i)),
    "spaces only": Shape(lambda kind, i: "  ,  \n" if i else plain(kind, i)),
    "NULs": Shape(lambda kind, i: "\x00" * 80 + "\n" if i else plain(kind, i)),
    "NULs in cells": Shape(_in_column("SchoolStudentID", lambda i: f"{i % 999}\x00")),
    "CR only": Shape(lambda kind, i: plain(kind, i).replace("\n", "\r")),
    "CR and LF by turns": Shape(lambda kind, i: plain(kind, i).replace("\n", ("\r", "\n", "\r\n")[i % 3])),
    "two delimiters by turns": Shape(lambda kind, i: plain(kind, i).replace(",", ";" if i % 2 else ",")),
    "the header in every other row": Shape(lambda kind, i: kind.header if i % 2 else plain(kind, i)),
    "footers": Shape(lambda kind, i: f"Total: {i}\n" if i else plain(kind, i)),
    "lines of dashes": Shape(lambda kind, i: ",".join(["----"] * (kind.header.count(",") + 1)) + "\n" if i else plain(kind, i)),
    "sample rows": Shape(_in_column("StateStudentID", lambda i: "000000001")),
    "every cell wrong": Shape(_every_cell_wrong),
    "every cell wrong in the same way": Shape(_cells_of_every_kind),
    "the same row again and again": Shape(lambda kind, i: plain(kind, 0)),
    "one student": Shape(_in_column("StateStudentID", lambda i: str(FIRST_NUMBER))),
    "students whom nobody knows": Shape(_in_column("StateStudentID", lambda i: str(100_000_000 + i * 700))),
    "zeros lost in every row": Shape(_in_column("StateStudentID", lambda i: str(i % 99_999 + 1))),
    "each row a group": Shape(_in_column("CTECode", lambda i: CODES[i // STUDENTS % 6])),
    "codes that nobody knows": Shape(_in_column("CTECode", lambda i: f"{i % 100:02d}.{i // 100 % 10_000:04d}")),
    "choices that do not exist": Shape(_in_column("GradeLevel", lambda i: f"grade {i}")),
    "dates in many forms": Shape(_dates_in_forms),
    "dates of other years": Shape(_in_column("EndDate", lambda i: f"{1900 + i % 250}-{i % 12 + 1:02d}-{i % 28 + 1:02d}")),
    "a school for every row": Shape(_in_column("SchoolID", lambda i: f"S{i}")),
    "an organization for every row": Shape(_with(0, lambda i: str(i % 9_999))),
    "formulas": Shape(_in_column("SchoolStudentID", lambda i: f"=1+{i % 9_999}")),
    "numbers in powers of ten": Shape(_in_column("StateStudentID", lambda i: f"9.{i % 99_999:05d}E+08")),
}  # fmt: skip


class Made(NamedTuple):
    """A file that was made: its bytes and how many lines stand below its header."""

    byte_count: int
    line_count: int


def make(path: Path, *, shape: str, kind: str, size: int, most_lines: int = MOST_ROWS) -> Made:
    """Write a file of the shape, of about `size` bytes, unless it has `most_lines` before."""
    of, piece, lines = SHAPES[shape], bytearray(), 0
    with path.open("wb") as out:
        out.write("\ufeff".encode(of.codec) if of.codec.startswith("utf-16") else b"")
        for text in of.begins(KINDS[kind], size):
            out.write(text.encode(of.codec))
        while lines < most_lines and out.tell() + len(piece) < size:
            line = of.line(KINDS[kind], lines)
            piece += line if isinstance(line, bytes) else line.encode(of.codec)
            lines += 1
            if len(piece) > _PIECE_BYTES:
                out.write(piece)
                piece.clear()
        out.write(piece)
    return Made(path.stat().st_size, lines)


def shapes_of(kind: str) -> list[str]:
    """Return the shapes that differ from the plain file in this kind."""
    header = KINDS[kind]
    return [
        name
        for name, shape in SHAPES.items()
        if name == "plain"
        or (shape.line is not plain and any(shape.line(header, i) != plain(header, i) for i in range(3)))
        or list(zip(shape.begins(header, 100), count())) != [(header.header, 0)]
        or shape.codec != "utf-8"
    ]
