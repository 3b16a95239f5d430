"""The web and `tidegate check` say the same of odd files: counts, Result Log and full log, byte for byte."""

from pathlib import Path
from random import Random

import pytest

from tests.core.worlds import STUDENTS, make_file, make_reference, write
from tests.corpus.test_corpus import FOLDERS, KINDS
from tests.uploads.outputs import full_log_csv_chunks, result_log_chunks
from tests.uploads.random_files import TYPES
from tidegate.cli.main import app
from tidegate.file_types import find
from tidegate.file_types.file_type import FileType
from tidegate.records.export_folder import export_reference
from tidegate.records.import_folder import import_reference
from tidegate.uploads.models import State, Upload

GOOD_CTE = {
    "SAUID": "1000",
    "SchoolID": "2001",
    "CTECode": "01.0205",
    "StartDate": "2020-09-02",
    "CreditsEarned": "1.50",
}
CORPUS = Path(__file__).parents[3] / "corpus"


def logs_of_check(path: Path, kind: FileType, reference: Path, out: Path) -> tuple[bytes, bytes]:
    """Return the Result Log and the full log of `tidegate check`, as a command."""
    logs = (out / "result_log.csv", out / "full_log.csv")
    app(
        [
            *("check", str(path), "--file-type", kind.slug, "--school-year", "2020-2021", "--organization", "1000"),
            *("--reference", str(reference), "--result-log", str(logs[0]), "--full-log", str(logs[1])),
        ],
        standalone_mode=False,
    )
    return logs[0].read_bytes(), logs[1].read_bytes()


def logs_of_web(upload: Upload) -> tuple[bytes, bytes]:
    return b"".join(result_log_chunks(upload)), b"".join(full_log_csv_chunks(upload))


def test_odd_files_get_the_same_logs_both_ways(process_file, specialist, tmp_path, request):
    import_reference(CORPUS / "reference", by=None)
    export_reference(tmp_path / "reference")
    different = []
    for folder in FOLDERS if request.config.getoption("--long") else FOLDERS[::8]:
        kind, path = KINDS[folder.parent.name], next(folder.glob("upload.*"))
        upload = process_file(path.read_bytes(), by=specialist, file_type=kind.slug, check_only=True)
        counts = upload.row_count or 0, (upload.success_count or 0) + (upload.error_count or 0)
        assert counts[0] == counts[1], folder.name
        if logs_of_web(upload) != logs_of_check(path, kind, tmp_path / "reference", tmp_path):
            different.append(folder.name)
    assert different == []


@pytest.mark.parametrize("slug", TYPES)
def test_what_check_says_of_a_random_file_comes_true_when_it_is_loaded(
    process_file, specialist, tmp_path, slug, request
):
    import_reference(make_reference(tmp_path / "made"), by=None)
    kind = find(slug)
    if slug == "cte-outcome":  # whose students have CTE lines
        rows = [GOOD_CTE | {"StateStudentID": number} for number in STUDENTS[::2]]
        cte = write(tmp_path / "cte.csv", find("cte"), rows)
        assert process_file(cte.read_bytes(), by=specialist, file_type="cte").success_count == len(rows)
    for seed in range(20 if request.config.getoption("--long") else 2):
        reference = tmp_path / str(seed)
        export_reference(reference)
        path = make_file(tmp_path / "upload.csv", kind, Random(seed), count=400)
        told = logs_of_check(path, kind, reference, tmp_path)
        upload = process_file(path.read_bytes(), by=specialist, file_type=slug)
        assert upload.state == State.FINISHED
        assert upload.success_count > 0
        assert logs_of_web(upload)[0] == told[0]
