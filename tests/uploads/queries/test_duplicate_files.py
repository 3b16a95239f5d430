"""The same bytes again are recognised, and the upload says what became of them then and now."""

from datetime import UTC, datetime

import pytest

from tests.uploads.conftest import CTE_CENTER, OTHER_SAU
from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tidegate.reference.models import SchoolYear
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.receiving.send_again import load_checked
from tidegate.uploads.lifecycle.worker.cancel import cancel
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.duplicate_files import sent_before

FILE = f"{CTE_HEADER}\n{LINE}\n"
TUESDAY = datetime(2026, 11, 24, 15, tzinfo=UTC)


def send_on_tuesday(process, content: str = FILE, **more) -> Upload:
    upload = process(content, **more)
    Upload.objects.filter(pk=upload.pk).update(sent_at=TUESDAY)
    upload.refresh_from_db()
    return upload


def sentence_of(upload: Upload) -> str:
    Upload.objects.filter(pk=upload.pk).update(sent_at=TUESDAY.replace(day=27))
    upload.refresh_from_db()
    return sent_before(upload).sentence


def test_the_same_bytes_again_say_that_nothing_changed(process_file, specialist):
    first = send_on_tuesday(process_file, by=specialist)
    assert sent_before(first) is None
    again = process_file(FILE, by=specialist)
    assert sentence_of(again) == (
        f"This file was sent before, on Tuesday, November 24, as upload {first.pk}; nothing changed"
    )
    assert sentence_of(process_file(FILE, by=specialist, check_only=True)).endswith(
        f"as upload {again.pk}; nothing will change"
    )


def test_what_was_loaded_is_named_before_what_was_not(process_file, specialist, send):
    first = send_on_tuesday(process_file, by=specialist)
    cancel(send(FILE, by=specialist), by=specialist)
    process_file(FILE, by=specialist, check_only=True)
    assert f"as upload {first.pk};" in sentence_of(process_file(FILE, by=specialist))


def test_records_that_are_otherwise_now_leave_the_counts_to_speak(process_file, specialist):
    first = send_on_tuesday(process_file, by=specialist)
    process_file(FILE.replace("1.50", "2.00"), by=specialist)
    again = process_file(FILE, by=specialist)
    assert again.replaced_count == 1
    assert sentence_of(again).endswith(f"as upload {first.pk}")


def test_a_check_before_the_load_is_called_one(process_file, specialist):
    checked = send_on_tuesday(process_file, by=specialist, check_only=True)
    assert sentence_of(process_file(FILE, by=specialist)).endswith(f"as upload {checked.pk}, to be checked only")


def test_a_load_of_what_was_checked_is_no_file_sent_again(process_file, specialist):
    checked = process_file(FILE, by=specialist, check_only=True)
    assert sent_before(load_checked(checked, by=specialist)) is None


def test_what_was_undone_since_says_so(process_file, specialist):
    first = send_on_tuesday(process_file, by=specialist)
    undo(first, by=specialist)
    assert sentence_of(process_file(FILE, by=specialist)).endswith(f"as upload {first.pk}, which was undone since")


@pytest.mark.parametrize(
    ("ended_as", "said"),
    [
        ("waiting", "is still being processed"),
        ("processing", "is still being processed"),
        ("on_hold", "still waits for release"),
        ("failed", "failed"),
        ("cancelled", "was cancelled"),
    ],
)
def test_every_other_end_of_the_earlier_one_is_said(send, specialist, ended_as, said):
    first = send(FILE, by=specialist)
    Upload.objects.filter(pk=first.pk).update(state=ended_as, sent_at=TUESDAY)
    assert sentence_of(send(FILE, by=specialist)).endswith(f"as upload {first.pk}, which {said}")


def test_a_day_of_another_year_has_its_year(send, specialist):
    first = send(FILE, by=specialist)
    Upload.objects.filter(pk=first.pk).update(sent_at=TUESDAY.replace(year=2025))
    assert "on Monday, November 24, 2025, as" in sentence_of(send(FILE, by=specialist))


def test_other_organizations_types_and_years_are_never_named(send, specialist, other_specialist, director):
    send(FILE, by=specialist)
    send(FILE, by=director, organization_id=CTE_CENTER)
    foreign = send(FILE, by=other_specialist, organization_id=OTHER_SAU)
    other_type = send(FILE, by=specialist, file_type="student-enrollment")
    other_year = send(FILE, by=specialist)
    other_year.school_year = SchoolYear.objects.get_or_create(first=2021, defaults={"name": "2021-2022"})[0]
    assert [sent_before(upload) for upload in (foreign, other_type, other_year)] == [None] * 3


def test_files_that_were_too_large_are_not_alike(send, specialist, settings):
    settings.TIDEGATE_MAX_UPLOAD_MB = 0
    assert [sent_before(send(FILE, by=specialist)) for _ in range(2)] == [None, None]
