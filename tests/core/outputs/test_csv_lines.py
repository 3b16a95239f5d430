"""Lines of CSV, as every output writes them."""

import csv
import io

import pytest

from tidegate.core.outputs.spreadsheet import csv_chunks


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_line_break_within_a_cell_ends_no_line(line_end):
    lines = [["a\rb", "c"], ["d\ne", "f\r\n"], ["", 'g"']]
    written = "".join(csv_chunks(lines, line_end=line_end))
    assert list(csv.reader(io.StringIO(written, newline=""))) == lines
    assert written.startswith(f'"a\rb",c{line_end}')
