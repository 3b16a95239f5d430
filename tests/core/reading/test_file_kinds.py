"""Files that are no CSV are named as what they are, and each kind has its own way out."""

import bz2
import gzip
import lzma

import pytest

from tidegate.core.reading.file_format import format_of
from tidegate.core.reading.read_file import read_file
from tidegate.core.rules.catalogue import reading_rules
from tidegate.file_types import find

CTE = find("cte").layout
TEXT = b"SAUID,SchoolID\n1000,1001\n" * 40
SAS_DATA_SET = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
TAR = b"cte.csv".ljust(257, b"\0") + b"ustar\x0000"
DBASE = (
    b"\x03\x14\x09\x0f\x02\0\0\0\x61\0\x29\0" + bytes(20) + b"SAUID\0\0\0\0\0\0C" + bytes(20) + b"\r" + b" 1000" * 2000
)

KINDS = [
    (b"$FL2@(#) SPSS DATA FILE - Release", "an SPSS data file (SAV)"),
    (b"$FL3@(#) SPSS DATA FILE - Release", "an SPSS data file (ZSAV)"),
    (b"0" * 40 + b"ASCII SPSS PORT FILE".ljust(40) + b"0" * 376 + b"SPSSPORTA8/", "an SPSS portable file (POR)"),
    (b"<stata_dta><header><release>118</release>", "a Stata data file (DTA)"),
    (b"\x72\x02\x01\x00\x03\x00" + bytes(300), "a Stata data file (DTA)"),
    (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000", "a SAS transport file (XPT)"),
    (b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!000000", "a SAS transport file (XPT)"),
    (SAS_DATA_SET + bytes(100), "a SAS data set (SAS7BDAT)"),
    (b"ARROW1\0\0\xff\xff\xff\xff", "an Arrow file (Feather)"),
    (b"\xff\xff\xff\xff\x98\x01\0\0", "an Arrow stream"),
    (b"FEA1\0\0\0\0\x10", "a Feather file"),
    (b"PAR1\x15\x04\x15\x10", "a Parquet file"),
    (b"ORC\x11\0\0\x0a\x06\x12\x04" + bytes(99) + b"\x03ORC\x17", "an ORC file"),
    (b"Obj\x01\x04\x14avro.codec", "an Avro file"),
    (b"PGDMP\x01\x0e\x00", "a PostgreSQL dump"),
    (b"-----BEGIN PKCS7-----\nMIIB\n", "encrypted (S/MIME)"),
    (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file"),
    (b"RDX3\nX\n\0\0\0", "an R data file"),
    (gzip.compress(b"X\n\0\0\0\x03\0\x04"), "an R data file"),
    (b"\x80\x04\x95\x10\0", "a Python pickle file"),
    (DBASE, "a dBase table (DBF)"),
    (b"SQLite format 3\0\x10\0", "a database file"),
    (gzip.compress(TEXT), "a GZIP archive"),
    (bz2.compress(TEXT), "a compressed file (BZIP2)"),
    (lzma.compress(TEXT), "a compressed file (XZ)"),
    (lzma.compress(TEXT, format=lzma.FORMAT_ALONE), "a compressed file (LZMA)"),
    (b"\x28\xb5\x2f\xfd\x20\x10", "a compressed file (Zstandard)"),
    (b"\x04\x22\x4d\x18\x64\x40", "a compressed file (LZ4)"),
    (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7-Zip archive"),
    (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
    (TAR, "a TAR archive"),
    (b"age-encryption.org/v1\n-> X25519 a\n", "encrypted (age)"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "encrypted (age)"),
    (b"-----BEGIN PGP MESSAGE-----\n\njA0E\n", "encrypted (PGP)"),
    (b"\x8c\x0d\x04\x09\x03\x02", "encrypted (PGP)"),
    (b"\x85\x01\x0c\x03\x12\x34", "encrypted (PGP)"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "an Office document that is locked with a password"),
    (OLE + "Workbook".encode("utf-16-le"), "an Excel workbook (XLS)"),
    (OLE + "WordDocument".encode("utf-16-le"), "a Word document (DOC)"),
    (b"ID;PWXL;N;E\r\nP;PGeneral\r\n", "a spreadsheet in the SYLK format (SLK)"),
    (b'TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n', "a spreadsheet in the DIF format (DIF)"),
    (b'{\n  "receipt": {"file_sha256": "0"},\n  "signature": ""}', "a receipt"),
    (b'[\n  {"SAUID": 1000}\n]', "a JSON file"),
    ("<html><table>".encode("utf-16"), "a web page (HTML)"),
]


@pytest.mark.parametrize(("content", "name"), KINDS, ids=[f"{number}-{name}" for number, (_, name) in enumerate(KINDS)])
def test_a_file_is_named_by_its_bytes(tmp_path, content, name):
    path = tmp_path / "upload.csv"
    path.write_bytes(content)
    reading = read_file(path, CTE)
    assert reading.is_refused
    assert [issue.words["content"] for issue in reading.issues] == [name]
    assert reading.issues[0].code in reading_rules()


@pytest.mark.parametrize(
    "begin", ["PAR1", "ORC", "DUCK", "BZh", "FEA1", "GIF8", "IDs", "Table", "LZIP", "ustar", "{a", "ID", "[a]"]
)
def test_a_header_that_begins_like_another_file_stays_text(tmp_path, begin):
    path = tmp_path / "upload.csv"
    path.write_text(f"{begin},SAUID,SchoolID\n1,1000,1001\n")
    assert format_of(path) is None


def test_what_to_do_hangs_on_the_kind():
    rules = reading_rules()
    assert "export delimited" in rules["FILE030"].how_to_fix
    assert "Extract" in rules["FILE031"].how_to_fix
    assert "Decrypt" in rules["FILE032"].how_to_fix
    assert "fix file" in rules["FILE033"].how_to_fix
