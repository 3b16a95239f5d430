"""The kinds of file that are no CSV, each by the bytes it begins with. `content.py` looks for them."""

from typing import NamedTuple

DOCUMENT, DATA_FILE, PACKED, ENCRYPTED, OWN_OUTPUT = "FILE002", "FILE030", "FILE031", "FILE032", "FILE033"
"""The rules that say what to do with a file: save it as CSV, export it, unpack it, decrypt it, send another one."""


class Kind(NamedTuple):
    """What a file is: the code of the rule that words it, and its name as a sentence has it after "The file is"."""

    code: str
    name: str


BINARY_SIGNS = (
    (b"PAR1", Kind(DATA_FILE, "a Parquet file")),
    (b"PARE", Kind(DATA_FILE, "a Parquet file")),  # its footer is encrypted
    (b"ARROW1\x00\x00", Kind(DATA_FILE, "an Arrow file (Feather)")),
    (b"\xff\xff\xff\xff", Kind(DATA_FILE, "an Arrow stream")),
    (b"FEA1", Kind(DATA_FILE, "a Feather file")),
    (b"PGDMP", Kind(DATA_FILE, "a PostgreSQL dump")),
    (b"Obj\x01", Kind(DATA_FILE, "an Avro file")),
    (b"\x89HDF\r\n\x1a\n", Kind(DATA_FILE, "an HDF5 file")),
    (b"\x93NUMPY", Kind(DATA_FILE, "a NumPy file")),
    (b"$FL2@(#)", Kind(DATA_FILE, "an SPSS data file (SAV)")),
    (b"$FL3@(#)", Kind(DATA_FILE, "an SPSS data file (ZSAV)")),
    (b"<stata_dta>", Kind(DATA_FILE, "a Stata data file (DTA)")),
    (
        bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f10"),
        Kind(DATA_FILE, "a SAS data set (SAS7BDAT)"),
    ),
    (b"RDX2\n", Kind(DATA_FILE, "an R data file")),
    (b"RDX3\n", Kind(DATA_FILE, "an R data file")),
    (b"X\n\x00\x00\x00", Kind(DATA_FILE, "an R data file (RDS)")),
    (b"SQLite format 3\x00", Kind(DATA_FILE, "a database file")),
    (b"\x00\x01\x00\x00Standard Jet DB", Kind(DATA_FILE, "an Access database (MDB)")),
    (b"\x00\x01\x00\x00Standard ACE DB", Kind(DATA_FILE, "an Access database (ACCDB)")),
    (b"\x1f\x9d", Kind(PACKED, "a compressed file (Z)")),
    (b"7z\xbc\xaf\x27\x1c", Kind(PACKED, "a 7-Zip archive")),
    (b"Rar!\x1a\x07", Kind(PACKED, "a RAR archive")),
    (b"MSCF\x00\x00", Kind(PACKED, "a CAB archive")),
    (b"\xfd7zXZ\x00", Kind(PACKED, "a compressed file (XZ)")),
    (b"\x28\xb5\x2f\xfd", Kind(PACKED, "a compressed file (Zstandard)")),
    (b"\x04\x22\x4d\x18", Kind(PACKED, "a compressed file (LZ4)")),
    (b"\x02\x21\x4c\x18", Kind(PACKED, "a compressed file (LZ4)")),
    (b"LZIP\x01", Kind(PACKED, "a compressed file (LZIP)")),
    (b"\x5d\x00\x00", Kind(PACKED, "a compressed file (LZMA)")),
    (b"\xff\x06\x00\x00sNaPpY", Kind(PACKED, "a compressed file (Snappy)")),
    (b"age-encryption.org/v1\n", Kind(ENCRYPTED, "encrypted (age)")),
    (b"Salted__", Kind(ENCRYPTED, "encrypted (OpenSSL)")),
    (b"\x89PNG", Kind(DOCUMENT, "a picture")),
    (b"\xff\xd8\xff", Kind(DOCUMENT, "a picture")),
    (b"GIF8", Kind(DOCUMENT, "a picture")),
    (b"II*\x00", Kind(DOCUMENT, "a picture")),
    (b"MM\x00*", Kind(DOCUMENT, "a picture")),
    (b"\x00\x00\x02\x00\x06\x04\x06\x00", Kind(DOCUMENT, "a Lotus 1-2-3 spreadsheet (WK1)")),
)
"""Beginnings. Where one is made of letters alone, signs that no text has must follow."""

BINARY_SIGNS_WITHIN = (
    (8, b"DUCK", Kind(DATA_FILE, "a DuckDB database")),
    (257, b"ustar", Kind(PACKED, "a TAR archive")),
    (4, b"1AY&SY", Kind(PACKED, "a compressed file (BZIP2)")),
    (4, b"\x17rE8P\x90", Kind(PACKED, "a compressed file (BZIP2)")),
    (4, b"ftyp", Kind(DOCUMENT, "a picture or a film")),
)
"""Bytes at an offset from the beginning."""

TEXT_SIGNS = (
    ("%pdf", Kind(DOCUMENT, "a PDF document")),
    ("{\\rtf", Kind(DOCUMENT, "a word processor document (RTF)")),
    ("<!doctype html", Kind(DOCUMENT, "a web page (HTML)")),
    ("<html", Kind(DOCUMENT, "a web page (HTML)")),
    ("<table", Kind(DOCUMENT, "a web page (HTML)")),
    ("<?xml", Kind(DOCUMENT, "an XML document")),
    ("id;p", Kind(DOCUMENT, "a spreadsheet in the SYLK format (SLK)")),
    ("header record*******", Kind(DATA_FILE, "a SAS transport file (XPT)")),
    ("**compressed** **compressed**", Kind(DATA_FILE, "a SAS transport file (CPORT)")),
    ("ascii spss port file", Kind(DATA_FILE, "an SPSS portable file (POR)")),
    ("-----begin age encrypted file-----", Kind(ENCRYPTED, "encrypted (age)")),
    ("-----begin pgp message-----", Kind(ENCRYPTED, "encrypted (PGP)")),
    ("-----begin cms-----", Kind(ENCRYPTED, "encrypted (S/MIME)")),
    ("-----begin pkcs7-----", Kind(ENCRYPTED, "encrypted (S/MIME)")),
)
"""Beginnings that are text themselves, in small letters. Blanks may stand before them."""

PACKED_TWICE = (b"RDX2\n", b"RDX3\n", b"X\n\x00\x00\x00")
"""What R has packed by itself: it is unpacked by R and by nothing else."""

ZIP_MEMBERS = (
    ("xl/", Kind(DOCUMENT, "an Excel workbook (XLSX)")),
    ("word/", Kind(DOCUMENT, "a Word document (DOCX)")),
    ("ppt/", Kind(DOCUMENT, "a presentation (PPTX)")),
    ("Index/", Kind(DOCUMENT, "a Numbers spreadsheet")),
)
ZIP_TYPES = {
    b"application/vnd.oasis.opendocument.spreadsheet": Kind(DOCUMENT, "a spreadsheet (ODS)"),
    b"application/vnd.oasis.opendocument.text": Kind(DOCUMENT, "a text document (ODT)"),
}
OLE_STREAMS = (
    ("EncryptedPackage", Kind(ENCRYPTED, "an Office document that is locked with a password")),
    ("WordDocument", Kind(DOCUMENT, "a Word document (DOC)")),
    ("PowerPoint Document", Kind(DOCUMENT, "a presentation (PPT)")),
    ("__substg1.0_", Kind(DOCUMENT, "a message of Outlook (MSG)")),
)
"""What the container of old Office documents holds; a workbook where it is nothing of these."""
