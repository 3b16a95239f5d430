"""Rows come back from partitions in the order in which they came, from memory or from the disk."""

import polars as pl
import pytest

from tidegate.core.frames.spill import SpilledPartitions
from tidegate.core.rules.expressions import ROW

NUMBERS = pl.Series([3, 0, 3])
FRAMES = [
    pl.DataFrame({ROW: [place, place + 1, place + 2], "name": ["Rosalind", f"Tom {place}", None]}).with_columns(
        pl.col("name").cast(pl.Categorical)
    )
    for place in (1, 4, 7)
]


@pytest.mark.parametrize("memory_bytes", [0, 60, 1 << 20])
def test_a_partition_has_its_rows_in_the_order_in_which_they_came(memory_bytes):
    partitions = SpilledPartitions(memory_bytes=memory_bytes)
    for frame in FRAMES:
        partitions.add(frame, NUMBERS)
    assert partitions.row_count == 9
    assert partitions.partition(3)[ROW].to_list() == [1, 3, 4, 6, 7, 9]
    assert partitions.partition(3)["name"].to_list() == ["Rosalind", None] * 3
    assert partitions.partition(0)["name"].to_list() == ["Tom 1", "Tom 4", "Tom 7"]
    assert partitions.partition(1).is_empty()


def test_as_many_partitions_come_together_as_may_stand_in_memory():
    alone, crowded = SpilledPartitions(memory_bytes=0), SpilledPartitions(memory_bytes=1 << 20)
    for frame in FRAMES:
        alone.add(frame, NUMBERS)
        crowded.add(frame, NUMBERS)
    assert [rows[ROW].to_list() for rows in alone.together()] == [[2, 5, 8], [1, 3, 4, 6, 7, 9]]
    assert [rows[ROW].to_list() for rows in crowded.together()] == [list(range(1, 10))]
    assert list(SpilledPartitions(memory_bytes=0).together()) == []


def test_categories_keep_their_meaning_on_the_disk():
    partitions = SpilledPartitions(memory_bytes=0)
    for names in (["Rosalind", "Tom"], ["Tom", "Mildred"]):
        partitions.add(pl.DataFrame({"name": names}, schema={"name": pl.Categorical}), pl.Series([0, 1]))
    assert partitions.partition(0)["name"].to_list() == ["Rosalind", "Tom"]
    assert partitions.partition(1)["name"].to_list() == ["Tom", "Mildred"]


def test_a_partition_of_what_waits_and_of_what_is_written_is_whole():
    partitions = SpilledPartitions(memory_bytes=100)
    partitions.add(pl.DataFrame({ROW: list(range(50))}), pl.repeat(1, 50, eager=True))
    partitions.add(pl.DataFrame({ROW: [50]}), pl.Series([1]))
    assert partitions.partition(1)[ROW].to_list() == list(range(51))
