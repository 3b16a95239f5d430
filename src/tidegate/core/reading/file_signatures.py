"""File formats other than CSV, by their first bytes. `file_format.py` looks for them."""

from typing import NamedTuple

DOCUMENT, DATA_FILE, PACKED, ENCRYPTED, OWN_OUTPUT = "FILE002", "FILE030", "FILE031", "FILE032", "FILE033"
"""The rules by what to do with the file: save it as CSV, export it, unpack it, decrypt it, send
another."""


class FileFormat(NamedTuple):
    """A file format: the code of the rule that reports it, and its name after "The file is"."""

    code: str
    name: str


BINARY_SIGNS = (
    (b"PAR1", FileFormat(DATA_FILE, "a Parquet file")),
    (b"PARE", FileFormat(DATA_FILE, "a Parquet file")),  # its footer is encrypted
    (b"ARROW1\x00\x00", FileFormat(DATA_FILE, "an Arrow file (Feather)")),
    (b"\xff\xff\xff\xff", FileFormat(DATA_FILE, "an Arrow stream")),
    (b"FEA1", FileFormat(DATA_FILE, "a Feather file")),
    (b"PGDMP", FileFormat(DATA_FILE, "a PostgreSQL dump")),
    (b"Obj\x01", FileFormat(DATA_FILE, "an Avro file")),
    (b"\x89HDF\r\n\x1a\n", FileFormat(DATA_FILE, "an HDF5 file")),
    (b"\x93NUMPY", FileFormat(DATA_FILE, "a NumPy file")),
    (b"$FL2@(#)", FileFormat(DATA_FILE, "an SPSS data file (SAV)")),
    (b"$FL3@(#)", FileFormat(DATA_FILE, "an SPSS data file (ZSAV)")),
    (b"<stata_dta>", FileFormat(DATA_FILE, "a Stata data file (DTA)")),
    (
        bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f10"),
        FileFormat(DATA_FILE, "a SAS data set (SAS7BDAT)"),
    ),
    (b"RDX2\n", FileFormat(DATA_FILE, "an R data file")),
    (b"RDX3\n", FileFormat(DATA_FILE, "an R data file")),
    (b"X\n\x00\x00\x00", FileFormat(DATA_FILE, "an R data file (RDS)")),
    (b"SQLite format 3\x00", FileFormat(DATA_FILE, "a database file")),
    (b"\x00\x01\x00\x00Standard Jet DB", FileFormat(DATA_FILE, "an Access database (MDB)")),
    (b"\x00\x01\x00\x00Standard ACE DB", FileFormat(DATA_FILE, "an Access database (ACCDB)")),
    (b"\x1f\x9d", FileFormat(PACKED, "a compressed file (Z)")),
    (b"7z\xbc\xaf\x27\x1c", FileFormat(PACKED, "a 7-Zip archive")),
    (b"Rar!\x1a\x07", FileFormat(PACKED, "a RAR archive")),
    (b"MSCF\x00\x00", FileFormat(PACKED, "a CAB archive")),
    (b"\xfd7zXZ\x00", FileFormat(PACKED, "a compressed file (XZ)")),
    (b"\x28\xb5\x2f\xfd", FileFormat(PACKED, "a compressed file (Zstandard)")),
    (b"\x04\x22\x4d\x18", FileFormat(PACKED, "a compressed file (LZ4)")),
    (b"\x02\x21\x4c\x18", FileFormat(PACKED, "a compressed file (LZ4)")),
    (b"LZIP\x01", FileFormat(PACKED, "a compressed file (LZIP)")),
    (b"\x5d\x00\x00", FileFormat(PACKED, "a compressed file (LZMA)")),
    (b"\xff\x06\x00\x00sNaPpY", FileFormat(PACKED, "a compressed file (Snappy)")),
    (b"age-encryption.org/v1\n", FileFormat(ENCRYPTED, "encrypted (age)")),
    (b"Salted__", FileFormat(ENCRYPTED, "encrypted (OpenSSL)")),
    (b"\x89PNG", FileFormat(DOCUMENT, "a picture")),
    (b"\xff\xd8\xff", FileFormat(DOCUMENT, "a picture")),
    (b"GIF8", FileFormat(DOCUMENT, "a picture")),
    (b"II*\x00", FileFormat(DOCUMENT, "a picture")),
    (b"MM\x00*", FileFormat(DOCUMENT, "a picture")),
    (b"\x00\x00\x02\x00\x06\x04\x06\x00", FileFormat(DOCUMENT, "a Lotus 1-2-3 spreadsheet (WK1)")),
)
"""Beginnings. After one that has nothing but letters, bytes that no text has must follow."""

BINARY_SIGNS_WITHIN = (
    (8, b"DUCK", FileFormat(DATA_FILE, "a DuckDB database")),
    (257, b"ustar", FileFormat(PACKED, "a TAR archive")),
    (4, b"1AY&SY", FileFormat(PACKED, "a compressed file (BZIP2)")),
    (4, b"\x17rE8P\x90", FileFormat(PACKED, "a compressed file (BZIP2)")),
    (4, b"ftyp", FileFormat(DOCUMENT, "a picture or a film")),
)
"""Bytes at an offset from the beginning."""

TEXT_SIGNS = (
    ("%pdf", FileFormat(DOCUMENT, "a PDF document")),
    ("{\\rtf", FileFormat(DOCUMENT, "a word processor document (RTF)")),
    ("<!doctype html", FileFormat(DOCUMENT, "a web page (HTML)")),
    ("<html", FileFormat(DOCUMENT, "a web page (HTML)")),
    ("<table", FileFormat(DOCUMENT, "a web page (HTML)")),
    ("<?xml", FileFormat(DOCUMENT, "an XML document")),
    ("id;p", FileFormat(DOCUMENT, "a spreadsheet in the SYLK format (SLK)")),
    ("header record*******", FileFormat(DATA_FILE, "a SAS transport file (XPT)")),
    ("**compressed** **compressed**", FileFormat(DATA_FILE, "a SAS transport file (CPORT)")),
    ("ascii spss port file", FileFormat(DATA_FILE, "an SPSS portable file (POR)")),
    ("-----begin age encrypted file-----", FileFormat(ENCRYPTED, "encrypted (age)")),
    ("-----begin pgp message-----", FileFormat(ENCRYPTED, "encrypted (PGP)")),
    ("-----begin cms-----", FileFormat(ENCRYPTED, "encrypted (S/MIME)")),
    ("-----begin pkcs7-----", FileFormat(ENCRYPTED, "encrypted (S/MIME)")),
)
"""Beginnings that are text themselves, in small letters. Blanks may come before them."""

PACKED_TWICE = (b"RDX2\n", b"RDX3\n", b"X\n\x00\x00\x00")
"""Beginnings of gzipped data of R, which only R can unpack."""

ZIP_MEMBERS = (
    ("xl/", FileFormat(DOCUMENT, "an Excel workbook (XLSX)")),
    ("word/", FileFormat(DOCUMENT, "a Word document (DOCX)")),
    ("ppt/", FileFormat(DOCUMENT, "a presentation (PPTX)")),
    ("Index/", FileFormat(DOCUMENT, "a Numbers spreadsheet")),
)
ZIP_TYPES = {
    b"application/vnd.oasis.opendocument.spreadsheet": FileFormat(DOCUMENT, "a spreadsheet (ODS)"),
    b"application/vnd.oasis.opendocument.text": FileFormat(DOCUMENT, "a text document (ODT)"),
}
OLE_STREAMS = (
    ("EncryptedPackage", FileFormat(ENCRYPTED, "an Office document that is locked with a password")),
    ("WordDocument", FileFormat(DOCUMENT, "a Word document (DOC)")),
    ("PowerPoint Document", FileFormat(DOCUMENT, "a presentation (PPT)")),
    ("__substg1.0_", FileFormat(DOCUMENT, "a message of Outlook (MSG)")),
)
"""Streams of old Office documents; a document with none of these is a workbook."""
