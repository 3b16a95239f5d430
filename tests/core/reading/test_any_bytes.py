"""Properties of reading: no bytes raise, row numbers agree with a spreadsheet's view, both paths read alike."""

import csv
import io
import tempfile
from itertools import cycle
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tools.mutate_files import compare, make_file, try_one

from tidegate.core.reading.limits import Limits
from tidegate.core.reading.read_file import read_file
from tidegate.file_types import find

CTE = find("cte").layout
HEADER = ",".join(CTE.columns)
ROW = "1000,2001,900000001,1,01.0205,2020-09-01,,1.50,"


def read(content: bytes, **how):
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        return read_file(Path(file.name), CTE, **how)


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_give_rows_or_a_fault(content, has_header):
    reading = read(HEADER.encode() + b"\n" + content if has_header else content)
    assert reading.issues if reading.is_refused else reading.rows.height


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


odd_text = st.text(alphabet=st.sampled_from('a1 ,"\n\r\té\x0b\x1c\u2028\x00\x1a\u00a0'), max_size=60)
odd_lines = st.sampled_from(
    [",".join("1" * 9), "," * 8, "1,b", ",".join("1" * 12), "", HEADER, HEADER.lower(), '"1",,,,,,,,', 'b",,,,,,,',
     '1,"a""b",,,,,,,', '1,"a', '1,"a\nb",,,,,,,', '1, "a" ,,,,,,,', '1,"a"b,,,,,,,', "Total: 12", "\ufeffx" + ROW,
     ROW + ",,", "12 rows selected,,,,,,,,", "--,--,--,--,--,--,--,--,--", "\x1a", "\x00", '"",,,,,,,,',
     '1",2,3,4,5,6,7,8,9', '1,O"B,,,,,,,', "Total,12,,,,,,,,", "total 5,a,7,b,,,,,,",
     '"a"b', '"1"2,"b",,,,,,,', '1,"a,b"c,,"d",,,,,,', '1,"a""b"c', '1,""x,""", ",,,,,,,,,,', '"a"b\x00', '"1,2"3, "4"',
     ROW + ',"a"b', '1,"a"b"', '"Roe","é",2001,"x, y",3,,,,', '="1000","é",9,9,9,9,,,', '"a","b",,,,,,,',
     '1, "a,b" ,"c", d,"" , ",",,,', '"1" ,2, "3""",4 ,,,,,', '"1" ,"a", "b"c,,,,,,',
     ROW.replace("1.50", "é"), '"=""1000""","é",3,4,5,="6",,,', '1,"é\n,é",é,,,,,,', '1,"é', '1,"é"é',
     ",".join(f'="{cell}"' for cell in ROW.split(",")), '="1",="a b",2,"c",,,,,', '="1" ,="2",,,,,,,',
     '="1,2",="3",,,,,,',
     '="1"",2,3,4,5,6,7,8,9', '="1",="a""b",,,,,,,', '="1",="\x01",,,,,,,', '=""1"",2,,,,,,,', '="x",="2",3,4,5,,,,']
)  # fmt: skip


def test_a_byte_order_mark_in_the_first_row_is_kept_on_both_paths():
    content = f"{HEADER}\n\ufeff10x0{ROW[4:]}\n{ROW}\n{ROW}\nx{ROW}\n" + "\n" * 5
    fast, exact = (read(content.encode(), is_exact=is_exact) for is_exact in (False, True))
    assert fast.rows["SAUID"][0] == exact.rows["SAUID"][0] == "\ufeff10x0"


quoted_text = st.text(alphabet=st.sampled_from('1 ,""\na'), max_size=30)


@given(
    st.lists(st.one_of(odd_lines, odd_text, quoted_text, st.just(ROW), st.just(ROW)), max_size=9),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "mixed"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([60, 300, 10_000]),
)
def test_the_fast_path_and_the_exact_path_agree(lines, end, codec, ends_well, has_name, chunk_bytes):
    plain = [f"Roe,{ROW}" if has_name else ROW] * (3 * len(lines))  # mostly plain, or the fast path would not be taken
    front = "LastName," if has_name else ""
    lines = (
        [f"{chance}{line}" for line, chance in zip(lines, cycle(["Roe,", "", ","]), strict=False)]
        if has_name
        else lines
    )
    content = end.join([front + HEADER, *lines, *plain, *lines]) + (end if ends_well else "")
    if codec == "mixed":
        codecs = cycle(["utf-8", "cp1252", "cp1252"])
        spelt = b"".join(
            f"{line}é".encode(each, "replace") for line, each in zip(content.split("é"), codecs, strict=False)
        )
    else:
        spelt = content.encode(codec, "replace")
    fast = read(spelt, limits=Limits(chunk_bytes=chunk_bytes))
    exact = read(spelt, is_exact=True)
    assert fast.rows.rows() == exact.rows.rows()
    assert sorted(fast.issues, key=lambda issue: issue.row or 0) == sorted(
        exact.issues, key=lambda issue: issue.row or 0
    )


whole_lines = st.sampled_from(
    ["," * 8, " ," * 8, "\u00a0" + "," * 8, HEADER, HEADER.lower(), "SAUID" + "," * 8, "Total,12" + "," * 7,
     "ME" + ROW[4:], "12 rows" + "," * 8, "-----" + "," * 8, "\u0130tems" + "," * 8, "total,5,a,7,b,,,,",
     "1000 " + ROW[4:], "é" + ROW, ROW[4:] + ",", "\u0661" + ROW[4:], "=1" + ROW[4:], "\ufeff" + ROW]
)  # fmt: skip


@given(st.lists(whole_lines, max_size=9), st.sampled_from(["utf-8", "cp1252"]), st.sampled_from([300, 10_000]))
@example(["\ufeff" + ROW] * 9, "utf-8", 300)  # a chunk begins with the mark
def test_both_paths_agree_on_lines_as_wide_as_the_header(lines, codec, chunk_bytes):
    plain = [ROW] * (3 * len(lines))
    content = "\n".join([HEADER, ROW, *lines, *plain, *lines]).encode(codec, "ignore")
    fast, exact = read(content, limits=Limits(chunk_bytes=chunk_bytes)), read(content, is_exact=True)
    assert fast.rows.rows() == exact.rows.rows()
    assert sorted(map(repr, fast.issues)) == sorted(map(repr, exact.issues))


@pytest.mark.parametrize("seed", range(0, 3000, 250))
def test_damaged_files_keep_a_spreadsheets_row_numbers_and_every_value(seed, tmp_path):
    for number in range(seed, seed + 10):
        assert try_one(number, tmp_path)[1] == [], f"seed {number}"


@pytest.mark.parametrize("seed", range(5))
def test_the_sample_of_damaged_files_would_notice_a_wrong_row_number(seed):
    damaged = make_file(Random(seed))
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(damaged.content)
        file.flush()
        reading = read_file(Path(file.name), damaged.layout)
    if not reading.is_refused:
        reading.rows = reading.rows.with_columns(pl.col("row") + 1)
        assert compare(reading, damaged)


def test_the_sample_holds_files_of_every_kind():
    made = [make_file(Random(seed)) for seed in range(300)]
    assert {file.codec for file in made} == {"utf-8", "utf-8-sig", "cp1252", "utf-16"}
    assert {file.delimiter for file in made} == {",", "\t", ";", "|"}


@pytest.mark.parametrize("chunk_bytes", [100, 1_000, 1 << 20])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_value_with_line_breaks_may_lie_across_chunks(end, chunk_bytes):
    rows = [ROW.replace(",1,", f',"first{end}second{end}{number}",') for number in range(200)]
    reading = read(end.join([HEADER, *rows]).encode(), limits=Limits(chunk_bytes=chunk_bytes))
    assert reading.rows["row"].to_list() == list(range(2, 202))
    assert reading.rows["SchoolStudentID"].to_list() == [f"first{end}second{end}{number}" for number in range(200)]
