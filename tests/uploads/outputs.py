"""The outputs of an upload, as the pages and the API give them."""

from typing import IO

from tidegate.core.outputs.catalogue import find_output
from tidegate.core.outputs.output import XLSX
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.upload_source import UploadSource


def result_log_chunks(upload: Upload):
    return find_output("result-log").content(UploadSource(upload))


def write_result_log(upload: Upload, out: IO[str]) -> None:
    for piece in result_log_chunks(upload):
        out.write(piece.decode())


def full_log_csv_chunks(upload: Upload):
    return find_output("full-log").content(UploadSource(upload))


def full_log_xlsx_chunks(upload: Upload):
    return find_output("full-log").content(UploadSource(upload), XLSX)


def has_fix_file(upload: Upload) -> bool:
    return find_output("fix-file").when(UploadSource(upload)) is None


def fix_file_chunks(upload: Upload):
    return find_output("fix-file").content(UploadSource(upload))


def answer_file_chunks(upload: Upload):
    return find_output("answer-file").content(UploadSource(upload))


def receipt_of(upload: Upload) -> bytes:
    return b"".join(find_output("receipt").content(UploadSource(upload)))
