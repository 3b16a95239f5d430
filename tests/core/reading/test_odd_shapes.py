"""Files of every odd shape are read alike on the fast path, in small chunks, and on the exact path."""

import pytest
from bench.odd_shapes import SHAPES, make

from tidegate.core.reading.limits import Limits
from tidegate.core.reading.read_file import read_file
from tidegate.file_types import find


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_read_alike_on_both_paths(shape, tmp_path):
    for kind in ("cte", "new-state-id"):
        file, layout = tmp_path / "file.csv", find(kind).layout
        make(file, shape=shape, kind=kind, size=5_000)
        exact = read_file(file, layout, is_exact=True)
        fast = read_file(file, layout, limits=Limits(chunk_bytes=2_000))
        assert fast.rows.equals(exact.rows), kind
        assert by_row(fast.issues) == by_row(exact.issues), kind


@pytest.mark.parametrize("shape", ["one line of cells without an end", "rows of 100,000 cells"])
def test_a_line_of_too_many_cells_is_read(shape, tmp_path):
    make(tmp_path / "file.csv", shape=shape, kind="cte", size=400_000)
    read = read_file(tmp_path / "file.csv", find("cte").layout)
    assert read.issues
    assert read.rows.height >= 1


def by_row(issues):
    return sorted(issues, key=lambda issue: (issue.row or 0, issue.code))


@pytest.mark.parametrize(
    "local", ["7", ' "7"', '  "7"', '"7" ', ' "7" ', ' "7, 8"', ' "a ""b"""', ' ", "', '" "', " 7", ' ""']
)
def test_spaces_beside_quotes_are_taken_away_and_counted_alike(read_bytes, local):
    row = f'1000, "2001",900000001,{local}, "01.0205",2020-09-01,2021-06-11, "1.00",'
    content = "\n".join([",".join(find("cte").layout.columns), row, row.replace(local, '"9"'), row])
    fast, exact = (read_bytes(content, is_exact=is_exact) for is_exact in (False, True))
    assert fast.rows.equals(exact.rows)
    assert fast.issues == exact.issues
