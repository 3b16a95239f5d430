"""Says what a file is by its first bytes, whatever its name says."""

import zipfile
from pathlib import Path

_BEGINNINGS = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook (XLS)"),
    (b"\x1f\x8b", "a GZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a word processor document (RTF)"),
    (b"SQLite format 3", "a database file"),
    (b"PAR1", "a Parquet file"),
)
_MARKUP = (
    (b"<!doctype html", "a web page (HTML)"),
    (b"<html", "a web page (HTML)"),
    (b"<table", "a web page (HTML)"),
    (b"<?xml", "an XML document"),
    (b'{"', "a JSON file"),
    (b"[{", "a JSON file"),
)
_ZIP_MEMBERS = (
    ("xl/", "an Excel workbook (XLSX)"),
    ("word/", "a Word document (DOCX)"),
    ("ppt/", "a presentation (PPTX)"),
    ("Index/", "a Numbers spreadsheet"),
)
_ODF = {
    b"application/vnd.oasis.opendocument.spreadsheet": "a spreadsheet (ODS)",
    b"application/vnd.oasis.opendocument.text": "a text document (ODT)",
}


def name_content(path: Path) -> str:
    """Return what the file is in words ("an Excel workbook (XLSX)"), or "" where it may be a text file."""
    with path.open("rb") as file:
        head = file.read(8192)
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            return name
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _name_zip(path)
    markup = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, name in _MARKUP:
        if markup.startswith(beginning):
            return name
    return "" if _may_be_text(head) else "not a text file"


def _name_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    return _ODF.get(member.read(100).strip(), "a ZIP archive")
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return "a ZIP archive"
    for folder, name in _ZIP_MEMBERS:
        if any(member.startswith(folder) for member in names):
            return name
    return "a ZIP archive"


def _may_be_text(head: bytes) -> bool:
    """Whether the bytes can be text: UTF-16 is half NUL, any other text has next to no control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if max(odd, even) > len(head) // 3 and min(odd, even) <= len(head) // 50:
        return True  # UTF-16 without a byte order mark
    head = head.rstrip(b"\x00\x1a")  # filled up by an old program; nothing stands there
    control = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\x0b\x0c")
    return control * 20 <= len(head)
