"""The full log of an upload: XLSX and CSV hold the same lines, and how long it takes is said where it takes long."""

import csv
import io

import openpyxl
import pytest

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tests.uploads.outputs import full_log_csv_chunks, full_log_xlsx_chunks
from tidegate.web.uploads.download_time import time_in_words


@pytest.mark.parametrize("content", [f"{CTE_HEADER}\n{LINE.replace('01.0205', '43')}\n{LINE}\n", "no such file\n"])
def test_xlsx_and_csv_hold_the_same_lines(process_file, specialist, content):
    upload = process_file(content, by=specialist)
    text = b"".join(full_log_csv_chunks(upload)).decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(full_log_xlsx_chunks(upload))))["Findings"]
    shown = [[str(cell or "") for cell in row] for row in sheet.values]
    as_csv = [[cell.removeprefix("'") for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    assert shown == as_csv
    assert len(shown) - 1 == upload.findings.count() > 0


@pytest.mark.parametrize(
    ("finding_count", "words"),
    [
        (0, ""),
        (99_999, ""),
        (150_000, "about 20 seconds"),
        (599_999, "about 1 minute"),
        (899_999, "about 1 minute"),
        (2_000_000, "about 3 minutes"),
    ],
)
def test_how_long_it_takes_is_said_as_people_say_it(finding_count, words):
    assert time_in_words(finding_count) == words
