"""Properties of reading: no bytes raise, and row numbers agree with a spreadsheet's view."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tidegate.core.reading.fast_path import read_plain
from tidegate.core.reading.header import match_header
from tidegate.core.reading.read_file import read_file
from tidegate.file_types import find

CTE = find("cte").layout
HEADER = ",".join(CTE.columns)


def read(content: bytes):
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        return read_file(Path(file.name), CTE)


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_give_rows_or_a_fault(content, has_header):
    reading = read(HEADER.encode() + b"\n" + content if has_header else content)
    assert reading.faults if reading.is_refused else reading.rows.height


cells = st.lists(
    st.text(alphabet=st.sampled_from('ab1 ,;"\n\té'), max_size=6), min_size=len(CTE.columns), max_size=len(CTE.columns)
)
blank = st.just([])


@given(st.lists(st.one_of(cells, blank), max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_a_csv_writer_wrote_comes_back_with_a_spreadsheets_row_numbers(rows, end, quotes_all):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL)
    writer.writerow(CTE.columns)
    writer.writerows(rows)
    reading = read(out.getvalue().encode())
    expected = [(number, *row) for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    assert reading.rows.rows() == expected


plain_text = st.text(alphabet=st.sampled_from("ab1 ,\n\r\té\x0b\x1c\u2028"), max_size=120)
odd_rows = st.lists(st.sampled_from([",".join("a" * 9), "," * 8, "a,b", ",".join("a" * 12), "", HEADER, '"a",,,,,,,,']))


@given(st.one_of(plain_text, odd_rows.map("\n".join), odd_rows.map("\r\n".join)))
def test_the_fast_path_and_the_exact_path_agree(text):
    content = f"{HEADER}\r\n{text}" if "\r\n" in text else f"{HEADER}\n{text}"
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content.encode())
        file.flush()
        fast, exact = read_file(Path(file.name), CTE), read_file(Path(file.name), CTE, is_exact=True)
    assert fast.rows.rows() == exact.rows.rows()
    assert fast.faults == exact.faults


def test_a_plain_file_takes_the_fast_path(tmp_path):
    path = tmp_path / "upload.csv"
    path.write_text(f"{HEADER}\r\n" + "a,b,c,d,e,f,g,h,i\r\n" * 3)
    names = list(CTE.columns)
    header = match_header(names, CTE)
    assert read_plain(path, ",", header, names).height == 3
