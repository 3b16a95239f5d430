"""Two districts and one student: a conflict is seen by both, and closes by itself when a file settles it."""

import pytest

from tests.uploads.lifecycle.corrections.test_fix_file import fix_file_of
from tidegate.file_types import find
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.models import Message
from tidegate.overview.conflicts import Move, count_conflicts, find_conflicts
from tidegate.records.models import Enrollment
from tidegate.records.stored_lines import lines_of
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.corrections.by_hand import send_correction
from tidegate.uploads.lifecycle.corrections.correction import Correction, texts_of
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import EnrollmentClaim

HEADER = ",".join(find("student-enrollment").layout.columns)
STUDENT, SECOND = "900000003", "900000004"
ROCK_STAR, HARBOR = (1000, 1001), (2000, 2002)


def row(place, entry, leaving="", student=STUDENT, grade="11"):
    sau, school = place
    exit_type = "02" if leaving else ""
    return f"{sau},{school},{student},,P,{grade},{entry},02,{sau},,{leaving},{exit_type},\n"


@pytest.fixture
def report(process_file, specialist, other_specialist):
    """Send Student Enrollment rows for a place: `report(HARBOR, row(...))`."""
    people = {ROCK_STAR: specialist, HARBOR: other_specialist}

    def send(place, *rows, file="", **more):
        content = file or f"{HEADER}\n{''.join(rows)}"
        kind = {"file_type": "student-enrollment", "organization_id": place[0]}
        return process_file(content, by=people[place], **kind, **more)

    return send


@pytest.fixture
def conflict(report):
    """Rock Star has the student from September on, and Harbor reports the student from October on."""
    assert report(ROCK_STAR, row(ROCK_STAR, "2020-09-01")).error_count == 0
    upload = report(HARBOR, row(HARBOR, "2020-10-01"))
    assert upload.error_count == 1
    return upload


def seen_by(place):
    return find_conflicts(place, SchoolYear.objects.get(first=2020), start=0, limit=10)


def test_a_conflict_is_seen_by_both_sides_and_the_state_alone(conflict):
    for places in (ROCK_STAR, HARBOR, None):
        (seen,) = seen_by(places)
        assert (seen.on_file.school.pk, str(seen.on_file.entry_date)) == (1001, "2020-09-01")
        assert (seen.claim.school.pk, str(seen.claim.entry_date)) == (2002, "2020-10-01")
    assert seen_by((2001,)) == []
    assert count_conflicts(None, SchoolYear.objects.get(first=2020)) == 1


def test_the_student_leaves_the_earlier_enrollment(conflict):
    (seen,) = seen_by(ROCK_STAR)
    assert (seen.move, seen.mover.pk) == (Move.ON_FILE, 1000)


def test_an_earlier_claim_without_an_exit_is_the_claimants_move(report):
    report(ROCK_STAR, row(ROCK_STAR, "2020-10-01"))
    report(HARBOR, row(HARBOR, "2020-09-01"))
    (seen,) = seen_by(HARBOR)
    assert (seen.move, seen.mover.pk) == (Move.CLAIM, 2000)


def test_an_exit_that_another_entry_contradicts_is_a_conflict(report):
    report(ROCK_STAR, row(ROCK_STAR, "2020-09-01", "2020-10-01"))
    report(HARBOR, row(HARBOR, "2020-10-01"))
    assert seen_by(ROCK_STAR) == []
    report(ROCK_STAR, row(ROCK_STAR, "2020-09-01", "2020-11-15"))
    (seen,) = seen_by(HARBOR)
    assert (seen.claim.sau.pk, str(seen.claim.exit_date)) == (1000, "2020-11-15")


def test_an_exit_closes_it_for_one_side_and_the_other_sends_again(conflict, report):
    report(ROCK_STAR, row(ROCK_STAR, "2020-09-01", "2020-10-01"))
    assert seen_by(ROCK_STAR) == []
    (seen,) = seen_by(HARBOR)
    assert (seen.on_file, seen.move) == (None, Move.SEND_AGAIN)
    assert report(HARBOR, row(HARBOR, "2020-10-01")).error_count == 0
    assert seen_by(None) == []


def test_the_same_claim_sent_again_keeps_its_beginning(conflict, report):
    (before,) = seen_by(HARBOR)
    again = report(HARBOR, row(HARBOR, "2020-10-01", grade="12"))
    (seen,) = seen_by(HARBOR)
    assert (seen.since, seen.upload_id) == (before.since, again.pk)


def test_a_newer_file_of_the_school_without_the_student_ends_the_claim(conflict, report):
    report(HARBOR, row(HARBOR, "2020-09-01", student=SECOND))
    assert seen_by(None) == []
    assert EnrollmentClaim.objects.get().ended_at


def test_a_corrected_file_speaks_for_its_own_students_alone(conflict, report):
    report(HARBOR, row(HARBOR, "2020-09-01", student=SECOND), options=_following(conflict))
    assert len(seen_by(HARBOR)) == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_a_fix_file_sent_by_itself_speaks_for_its_own_students_alone(report, is_known):
    report(ROCK_STAR, row(ROCK_STAR, "2020-09-01"))
    sent = report(HARBOR, row(HARBOR, "2020-10-01"), row(HARBOR, "2020-09-41", student=SECOND))
    header, _, second = fix_file_of(sent).splitlines()
    assert (sent.error_count, len(seen_by(HARBOR))) == (2, 1)
    second = second.replace("2020-09-41", "2020-09-01")
    fixed = report(HARBOR, file=f"{header}\n{second if is_known else second.replace(sent.file_name, 'other.csv')}\n")
    assert (fixed.follows, fixed.is_fix_file, fixed.error_count) == (sent if is_known else None, True, 0)
    assert len(seen_by(HARBOR)) == 1


def test_a_fix_file_is_no_newer_file_that_holds(conflict, report, other_specialist):
    newer = report(HARBOR, row(HARBOR, "2020-09-01", student=SECOND), row(HARBOR, "2020-09-41", student="900000005"))
    report(HARBOR, file=fix_file_of(newer).replace("2020-09-41", "2020-09-02"))
    assert seen_by(HARBOR) == []
    undo(newer, by=other_specialist)
    assert len(seen_by(HARBOR)) == 1


def _following(upload):
    from tidegate.uploads.lifecycle.receiving.receive import SendOptions

    return SendOptions(follows_id=upload.pk)


def test_a_correction_by_hand_speaks_of_its_own_line_alone(conflict, report, other_specialist):
    lines, year = lines_of(find("student-enrollment")), SchoolYear.objects.get(first=2020)
    report(HARBOR, row(HARBOR, "2020-09-01", student=SECOND), options=_following(conflict))
    line = Enrollment.objects.get(student_id=SECOND, replaced_at=None)
    values = texts_of(lines, [line.pk], year)[0] | {"GradeLevel": "12"}
    correction = Correction(lines, Organization.objects.get(pk=2000), year, line, values)
    process(upload_id=send_correction(correction, by=other_specialist, reason="The teacher says so").pk)
    line.refresh_from_db()
    assert line.replaced_at
    assert len(seen_by(HARBOR)) == 1


def test_undoing_a_file_opens_the_conflicts_that_it_had_ended(conflict, report, other_specialist):
    (before,) = seen_by(HARBOR)
    newer = report(HARBOR, row(HARBOR, "2020-09-01", student=SECOND))
    assert (seen_by(None), len(told())) == ([], 2)
    undo(newer, by=other_specialist)
    assert (seen_by(HARBOR), len(told())) == ([before], 4)


def test_undoing_a_file_leaves_the_conflict_to_the_one_before(conflict, report, other_specialist):
    (before,) = seen_by(HARBOR)
    third = row(HARBOR, "2020-09-01", student=SECOND)
    second, last = (
        report(HARBOR, row(HARBOR, "2020-10-01"), third.replace(",11,", grade)) for grade in (",11,", ",12,")
    )
    undo(last, by=other_specialist)
    (seen,) = seen_by(HARBOR)
    assert (seen.since, seen.upload_id) == (before.since, second.pk)
    undo(second, by=other_specialist)
    assert (seen_by(HARBOR), len(told())) == ([before], 2)


def test_a_newer_file_that_ended_a_conflict_holds_whatever_is_undone(conflict, report, other_specialist):
    second = report(HARBOR, row(HARBOR, "2020-09-01", student=SECOND))
    report(HARBOR, row(HARBOR, "2020-09-02", student="900000005"))
    undo(second, by=other_specialist)
    assert seen_by(None) == []


def test_a_check_claims_nothing(report):
    report(ROCK_STAR, row(ROCK_STAR, "2020-09-01"))
    report(HARBOR, row(HARBOR, "2020-10-01"), check_only=True)
    assert seen_by(None) == []


def test_the_enrollment_on_file_undone_leaves_the_claim_to_be_sent_again(report, specialist):
    first = report(ROCK_STAR, row(ROCK_STAR, "2020-09-01"))
    report(HARBOR, row(HARBOR, "2020-10-01"))
    undo(first, by=specialist)
    assert [seen.move for seen in seen_by(HARBOR)] == [Move.SEND_AGAIN]


def test_nobody_claims_a_student_for_another_district(report):
    assert report(ROCK_STAR, row(ROCK_STAR, "2020-09-01")).error_count == 0
    assert report(ROCK_STAR, row(HARBOR, "2020-10-01")).error_count == 1
    assert not EnrollmentClaim.objects.exists()


def test_nobody_ends_the_claim_of_another_district(conflict, report):
    report(ROCK_STAR, row(ROCK_STAR, "2020-09-01"), row(HARBOR, "2020-09-01", student=SECOND))
    assert len(seen_by(HARBOR)) == 1


def told():
    return list(Message.objects.filter(kind=MessageKind.CONFLICT_OPENED).order_by("organization_id"))


def test_both_offices_are_told_once_and_nothing_of_the_student(conflict, report, specialist, other_specialist):
    assert [(each.person, each.link) for each in told()] == [
        (specialist, "/conflicts/"),
        (other_specialist, "/conflicts/"),
    ]
    assert "whom your office has on file for 2020-2021 is reported by" in told()[0].text
    assert "whom your office reports for 2020-2021 is on file at" in told()[1].text
    assert not any(STUDENT in each.text for each in told())
    report(HARBOR, row(HARBOR, "2020-10-01", grade="12"))
    assert len(told()) == 2


def test_a_conflict_that_opens_anew_is_told_anew(conflict, report):
    report(HARBOR, row(HARBOR, "2020-09-01", student=SECOND))
    report(HARBOR, row(HARBOR, "2020-10-01"))
    assert len(told()) == 4
