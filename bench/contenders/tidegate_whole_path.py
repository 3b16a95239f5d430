"""tidegate, the whole path: the file is received, read, judged, loaded in one transaction, and its log written."""

from collections import deque
from pathlib import Path

from bench.make_files import file_type_of, organization_of
from bench.program import function, result_log


def prepare(file: Path, reference: Path) -> None:
    from tidegate.cli.setup import set_up

    set_up()


def run(file: Path, reference: Path) -> int:
    from tidegate.accounts.models import Person
    from tidegate.reference.models import Organization, SchoolYear
    from tidegate.uploads.models import State

    with file.open("rb") as content:
        upload = function("receive")(
            file=content,
            file_name=file.name,
            file_type=file_type_of(file),
            school_year=SchoolYear.objects.get(first=2020),
            organization=Organization.objects.get(pk=organization_of(file)),
            by=Person.objects.get(),
        )
    function("process")(upload_id=upload.pk)
    upload.refresh_from_db()
    assert upload.state == State.FINISHED, upload.state
    deque(result_log(upload), maxlen=0)
    return upload.error_count
