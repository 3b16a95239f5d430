"""Bad input: each gets its own sentence on the page, the upload is kept and shown, and nothing else is harmed."""

import io
import re
import zipfile

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browser.test_the_guides_walk import COUNTS_COME_IN

HEADER = (
    "SAUID,SchoolID,StateStudentID,SchoolStudentID,CTECode,StartDate,EndDate,CreditsEarned,PostsecondaryCredits\r\n"
)
ROW = "9100,CATC,900000012,,47.0604,2020-09-08,,1.50,\r\n"


def xlsx() -> bytes:
    """Return a real Excel workbook."""
    workbook = Workbook()
    workbook.active.append(HEADER.strip().split(","))
    workbook.save(buffer := io.BytesIO())
    return buffer.getvalue()


def zipped() -> bytes:
    """Return a real ZIP archive."""
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as archive:
        archive.writestr("cte.csv", HEADER + ROW)
    return buffer.getvalue()


REFUSED = {
    "workbook.xlsx": (xlsx, "Excel workbook"),
    "renamed_workbook.csv": (xlsx, "Excel workbook"),
    "document.pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
    "archive.zip": (zipped, "ZIP"),
    "empty.csv": (lambda: b"", "The file is empty"),
    "header_only.csv": (HEADER.encode, "no rows below it"),
    "missing_columns.csv": (lambda: b"SAUID,SchoolID\r\n9100,CATC\r\n", "are missing"),
    "student_enrollment_as_cte.csv": (None, "Student Enrollment file"),
}


def send(page, name: str, content: bytes):
    """Send the file as a CTE file, and return its row of the table once it has ended."""
    page.goto("/state-reporting-status/upload-file/")
    page.get_by_label("File Type").select_option(label="CTE")
    page.get_by_text("Attach File").click()
    page.get_by_label("File", exact=True).set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True)).first
    expect(row).to_contain_text(re.compile("Finished|Failed"), timeout=COUNTS_COME_IN)
    return row


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_taken_is_named_as_what_it_is(site, specialist, name):
    build, sentence = REFUSED[name]
    content = build() if build else (site.files / "student_enrollment.csv").read_bytes()
    row = send(specialist, name, content)
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text(sentence)
    specialist.get_by_role("link", name=name, exact=True).first.click()
    expect(specialist.get_by_text("How to fix it:").first).to_be_visible()
    with specialist.expect_download() as download:
        specialist.get_by_role("link", name="File as sent").click()
    assert download.value.path().read_bytes() == content


def test_powerschools_two_more_columns_are_left_out_with_a_notice(specialist):
    header, row = HEADER.strip() + ",LastName,FirstName\r\n", ROW.strip() + ",Quill,Rowan\r\n"
    counts = send(specialist, "powerschool.csv", (header + row).encode()).locator("td.number").all_text_contents()
    assert counts == ["1", "1", "0"]
    specialist.get_by_role("link", name="powerschool.csv", exact=True).first.click()
    expect(specialist.get_by_text("1 notice")).to_be_visible()


def test_the_rows_of_another_sau_are_reported_and_not_loaded(specialist):
    foreign = ROW.replace("9100,CATC", "9200,9201")
    counts = send(specialist, "wrong_focus.csv", (HEADER + foreign).encode()).locator("td.number").all_text_contents()
    assert counts == ["1", "0", "1"]
