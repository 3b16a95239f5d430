"""What is kept beside memory comes back as it was, in order, and is nowhere to be read."""

import weakref
from datetime import date

import polars as pl
import pytest

from tidegate.core.frames.spill import SpillBuffer, prefetch

FRAMES = [
    pl.DataFrame({"row": [number], "name": ["Mildred Marigold"], "is_bad": [None], "day": [date(2020, 9, 1)]})
    for number in range(5)
]


@pytest.mark.parametrize("room", [0, 150, 1 << 20])
def test_frames_come_back_in_order_as_often_as_one_likes(room):
    spool = SpillBuffer(memory_bytes=room)
    for frame in FRAMES:
        spool.add(frame)
    assert len(spool) == len(FRAMES)
    for _ in range(2):
        assert all(kept.equals(frame, null_equal=True) for kept, frame in zip(spool, FRAMES, strict=True))


def test_frames_may_be_added_after_some_were_read():
    spool = SpillBuffer(memory_bytes=0)
    spool.add(FRAMES[0])
    assert next(iter(spool)).equals(FRAMES[0])
    spool.add(FRAMES[1])
    assert [frame["row"][0] for frame in spool] == [0, 1]


def test_no_name_stands_on_the_disk():
    spool = SpillBuffer(memory_bytes=0)
    spool.add(FRAMES[0])
    spool._file.seek(0)
    assert b"Marigold" not in spool._file.read()


@pytest.mark.parametrize("room", [0, 150, 1 << 20])
def test_a_frame_is_found_by_how_many_were_added_before(room):
    spool = SpillBuffer(memory_bytes=room)
    for frame in FRAMES:
        spool.add(frame)
    assert [spool[number]["row"][0] for number in (4, 0, 2, 1, 3)] == [4, 0, 2, 1, 3]


def test_what_a_frame_takes_in_memory_is_what_was_written_of_it():
    spool = SpillBuffer(memory_bytes=100_000)
    same = pl.select(pl.repeat("Unknown", 10_000).alias("name"), pl.repeat(None, 10_000).alias("note"))
    for _ in range(20):
        spool.add(same)
    assert sum(map(len, spool._in_memory)) < 400_000  # by its estimated size none of them would ever go to the disk
    assert all(kept.equals(same) for kept in spool)


def test_what_was_prefetched_is_let_go_before_the_next():
    class Thing:
        """Something that can be referred to weakly."""

    for thing in prefetch(map(lambda _: Thing(), range(3))):  # noqa: C417 - a generator would hold it
        reference = weakref.ref(thing)
        del thing
        assert reference() is None
