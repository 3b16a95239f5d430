"""A file and lines on file are compared part by part as they would be all at once."""

from random import Random

import polars as pl
import pytest
from psycopg import sql

from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.reading.limits import Limits
from tidegate.records.compare_lines import (
    HAS_UNREAD,
    LINE,
    LINES_PER_PART,
    ROW,
    Compared,
    FileSlices,
    LineComparison,
    Matching,
    compare_lines,
    on_file_column,
    unread_column,
)
from tidegate.records.exported_lines import ExportedColumn, ExportedFile

BY = Matching(["student", "code", "day", "credits"], ["student", "code"], "day")
TYPES = {"student": pl.String(), "code": pl.String(), "day": pl.Date(), "credits": pl.Decimal(4, 2)}
FILE = ExportedFile("cte", tuple(ExportedColumn(*each, None) for each in TYPES.items()), "", sql.SQL(""), sql.SQL(""))
FEW = Limits(kept_bytes=2_000, partition_count=7)


def random_texts(chance: Random, count: int) -> pl.DataFrame:
    """Return lines of few students, so that many agree."""
    line = {"student": "0123456789", "code": "XY", "day": ["2020-09-01", "2020-09-02"], "credits": ["1.50", "2", None]}
    rows = [{name: chance.choice(values) for name, values in line.items()} for _ in range(count)]
    return pl.DataFrame(rows, schema=dict.fromkeys(TYPES, pl.String()))


def random_rows(chance: Random, count: int) -> pl.DataFrame:
    """Return rows of a file, of which some have a cell that cannot be read."""
    is_unread = pl.Series([chance.random() < 0.1 for _ in range(count)], dtype=pl.Boolean)
    rows = FILE.typed(random_texts(chance, count)).with_columns(
        *(pl.lit(False).alias(unread_column(name)) for name in BY.cells), pl.lit(is_unread).alias(HAS_UNREAD)
    )
    rows = rows.with_columns(pl.lit(is_unread).alias(unread_column("credits")))
    rows = rows.with_columns(pl.when(~is_unread).then("credits").alias("credits"))
    numbers = pl.Series(ROW, sorted(chance.sample(range(2, 3 * count + 2), count)), dtype=pl.UInt32)
    return rows.insert_column(0, numbers)


def compared_in_parts(rows: pl.DataFrame, texts: pl.DataFrame, size: int) -> LineComparison:
    slices = SpillBuffer(memory_bytes=0)
    for part in [rows.clear(), *rows.iter_slices(size)]:
        slices.add(part)
    found = LineComparison(BY, FileSlices(slices), FILE, FEW)
    for part in [rows.clear(), *rows.iter_slices(size)]:
        found.add_rows(part)
    for part in [texts.clear(), *texts.iter_slices(size)]:
        found.add_lines(part)
    found.compare()
    return found


def cells_that_differ(rows: pl.DataFrame, texts: pl.DataFrame, compared: Compared) -> list[tuple]:
    """Return of each pair the row and, by cell, the text on file where it says something else."""
    typed = FILE.typed(texts)
    found = []
    for row, line in compared.differ.iter_rows():
        here = rows.row(by_predicate=pl.col(ROW) == row, named=True)
        cells = [
            texts[name][line] or "" if here[name] != typed[name][line] or here[unread_column(name)] else None
            for name in BY.cells
        ]
        found.append((row, *cells))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_parts_give_what_all_at_once_gives(seed):
    chance = Random(seed)
    rows, texts = random_rows(chance, chance.randint(0, 90)), random_texts(chance, chance.randint(0, 90))
    at_once = compare_lines(rows, FILE.typed(texts).with_row_index(LINE), BY)
    found = compared_in_parts(rows, texts, chance.choice([1, 13, 100]))
    assert (found.same_count, found.only_in_file.to_list()) == (at_once.same, at_once.only_in_file.to_list())
    left = [found.only_on_file.partition(number).sort(LINE) for number in found.only_on_file.numbers]
    told = pl.concat([texts.clear().with_row_index(LINE), *left])
    assert told.rows() == texts.with_row_index(LINE).filter(pl.col(LINE).is_in(at_once.only_on_file.implode())).rows()
    differ = [found.differ.partition(number).sort(ROW) for number in found.differ.numbers]
    cells = [each for part in differ for each in part.select(ROW, *map(on_file_column, BY.cells)).iter_rows()]
    assert cells == cells_that_differ(rows, texts, at_once)


def test_lines_only_on_file_are_in_order_over_parts():
    count = LINES_PER_PART + 10
    texts = pl.DataFrame({"student": [f"{n:09}" for n in range(count)]}).with_columns(
        pl.lit("X").alias("code"), pl.lit("2020-09-01").alias("day"), pl.lit("1").alias("credits")
    )
    found = compared_in_parts(random_rows(Random(0), 5), texts, 20_000)
    assert found.only_on_file.numbers == [0, 1]
    numbers = [n for part in (0, 1) for n in found.only_on_file.partition(part)[LINE].sort()]
    assert numbers == list(range(count))
