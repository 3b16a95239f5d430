"""Where a sender is with a file type: kept by the database whenever an upload ends, is undone or corrected."""

from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from tests.web.world import STUDENT, build_world
from tidegate.administration.differences import Difference
from tidegate.administration.organizations import row_of, write_organizations
from tidegate.overview.district import statuses_at
from tidegate.records.models import Change, ChangeKind
from tidegate.uploads.models import LastFile, RowCorrection, Standing, State, Upload, WaitingRow, WaitState

REFUSED = {"state": "failed", "row_count": None, "success_count": None, "error_count": None}
ALL_WRONG = {"row_count": 3, "success_count": 0, "error_count": 3}
ENROLLMENT = {"file_type": "student-enrollment"}


@pytest.fixture(scope="module")
def world(module_transaction):
    """The small state of the pages' tests, for all tests of this file."""
    with module_transaction.unblock():
        return build_world()


def last_file(world, file_type="cte"):
    return LastFile.objects.get(organization=world.rock_star, file_type=file_type)


def standing_of(world):
    found = last_file(world)
    return found.standing, found.error_count


def status_at(organization, world, file_type="cte"):
    return next(each for each in statuses_at(organization, world.year) if each.file_type.slug == file_type)


def report_nothing(world, school, **fields):
    counts = dict.fromkeys(("row_count", "success_count", "error_count"), 0)
    return world.send(sha256="", nothing_for=school, finished_at=timezone.now(), **counts, **fields)


def clean(world, rows=3, **fields):
    return world.send(row_count=rows, success_count=rows, error_count=0, **fields)


def test_the_newest_file_says_where_a_sender_is(world, db):
    world.send()
    assert standing_of(world) == (Standing.ERRORS, 2)
    sent = clean(world)
    assert standing_of(world) == (Standing.CLEAN, 0)
    assert last_file(world).upload == sent


def test_a_check_a_withdrawal_and_a_failure_on_our_side_do_not_count(world, db):
    sent = clean(world)
    world.send(check_only=True)
    world.send(sha256="", withdrawn_count=1)
    world.send(state="failed", incident_id="abc", row_count=None, success_count=None, error_count=None)
    assert last_file(world).upload == sent


def test_a_correction_by_hand_says_nothing_of_where_a_sender_is(world, db):
    sent = world.send()
    corrected = clean(world, rows=1, file_name="correction-by-hand.csv", state="processing")
    Change.objects.filter(pk=corrected.pk).update(kind=ChangeKind.BY_HAND, reason="The teacher says so")
    Upload.objects.filter(pk=corrected.pk).update(state=State.FINISHED)
    assert (last_file(world).upload, standing_of(world)) == (sent, (Standing.ERRORS, 2))
    Upload.objects.filter(pk=sent.pk).update(state=State.UNDONE)
    assert (last_file(world).upload, standing_of(world)) == (None, (Standing.NONE, 0))


def test_a_correction_by_hand_says_nothing_of_a_school_either(world, db):
    sent = world.send(world.high_school)
    corrected = clean(world, rows=1, organization=world.high_school)
    Change.objects.filter(pk=corrected.pk).update(kind=ChangeKind.BY_HAND, reason="The teacher says so")
    cte = status_at(world.high_school, world)
    assert (cte.standing, cte.open_upload) == (Standing.ERRORS, sent)


def test_a_file_that_could_not_be_read_is_an_error(world, db):
    clean(world)
    world.send(state="failed", row_count=None, success_count=None, error_count=None)
    assert standing_of(world) == (Standing.ERRORS, 0)


def test_what_was_undone_is_as_if_it_had_not_been_sent(world, db):
    world.send()
    sent = clean(world)
    Upload.objects.filter(pk=sent.pk).update(state=State.UNDONE)
    assert standing_of(world) == (Standing.ERRORS, 2)
    Upload.objects.filter(state=State.FINISHED).update(state=State.UNDONE)
    assert standing_of(world) == (Standing.NONE, 0)


def test_a_fix_file_of_some_rows_leaves_the_others_to_correct(world, db):
    first = world.send(row_count=30, success_count=10, error_count=20)
    second = world.send(row_count=5, success_count=4, error_count=1, follows=first)
    assert standing_of(world) == (Standing.ERRORS, 16)
    clean(world, rows=16, follows=second)
    assert standing_of(world) == (Standing.CLEAN, 0)


def test_a_fix_file_of_some_rows_leaves_a_school_the_others(world, db):
    first = world.send(world.high_school, row_count=30, success_count=10, error_count=20)
    clean(world, rows=5, organization=world.high_school, follows=first)
    cte = status_at(world.high_school, world)
    assert (cte.standing, cte.to_correct_count, cte.open_upload) == (Standing.ERRORS, 15, first)


@pytest.mark.parametrize("sender", ["rock_star", "high_school"])
def test_after_several_clean_fix_files_the_card_opens_the_first_file(sender, world, db):
    organization = getattr(world, sender)
    first = world.send(organization, row_count=30, success_count=10, error_count=20)
    second = clean(world, rows=5, organization=organization, follows=first)
    clean(world, rows=5, organization=organization, follows=second)
    cte = status_at(organization, world)
    assert (cte.to_correct_count, cte.open_upload) == (10, first)


def test_a_whole_file_that_follows_owes_its_own_errors(world, db):
    first = world.send(row_count=30, success_count=10, error_count=20)
    world.send(row_count=30, success_count=27, error_count=3, follows=first)
    assert standing_of(world) == (Standing.ERRORS, 3)


def test_each_school_counts_with_its_last_file(world, db):
    world.send(world.high_school)
    clean(world)
    assert standing_of(world) == (Standing.ERRORS, 2)
    clean(world, organization=world.high_school)
    assert standing_of(world) == (Standing.CLEAN, 0)


def test_nothing_to_report_counts_as_long_as_no_file_does(world, db):
    report_nothing(world, world.high_school)
    assert standing_of(world) == (Standing.NOTHING, 0)
    world.send()
    assert standing_of(world) == (Standing.ERRORS, 2)


@pytest.mark.parametrize("file", [REFUSED, ALL_WRONG])
def test_nothing_to_report_ends_a_file_of_which_nothing_was_loaded(world, db, file):
    world.send(**file)
    act = report_nothing(world, world.rock_star)
    found = last_file(world)
    assert (found.upload, found.standing, found.row_count, found.error_count) == (act, Standing.NOTHING, 0, 0)
    sent = world.send(**file)
    assert (last_file(world).upload, last_file(world).standing) == (sent, Standing.ERRORS)


def test_nothing_to_report_of_a_district_ends_its_schools_files(world, db):
    world.send(world.high_school, **ALL_WRONG)
    report_nothing(world, world.rock_star)
    assert standing_of(world) == (Standing.NOTHING, 0)
    assert status_at(world.high_school, world).standing == Standing.NOTHING


def test_nothing_to_report_for_a_school_ends_its_own_files_alone(world, db):
    world.send(world.high_school, **REFUSED)
    sent = world.send(**ALL_WRONG)
    act = report_nothing(world, world.high_school)
    assert standing_of(world) == (Standing.ERRORS, 3)
    assert (last_file(world).upload, last_file(world).sent_at) == (sent, act.sent_at)
    assert (status_at(world.rock_star, world).open_upload, status_at(world.high_school, world).standing) == (
        sent,
        Standing.NOTHING,
    )


def test_the_file_with_errors_is_shown_before_a_newer_clean_one(world, db):
    sent = world.send(world.high_school)
    clean(world)
    assert (last_file(world).upload, status_at(world.rock_star, world).open_upload) == (sent, sent)


def test_a_file_that_was_loaded_after_nothing_to_report_counts(world, db):
    held = world.send(world.high_school, state="on_hold", finished_at=timezone.now())
    report_nothing(world, world.high_school)
    assert standing_of(world) == (Standing.NOTHING, 0)
    Upload.objects.filter(pk=held.pk).update(state=State.FINISHED, finished_at=timezone.now())
    assert standing_of(world) == (Standing.ERRORS, 2)
    assert status_at(world.high_school, world).standing == Standing.ERRORS


def test_nothing_to_report_counts_with_the_school_it_is_said_of(world, db):
    capital = world.cte_school.parent
    world.send(world.cte_school, **REFUSED)
    report_nothing(world, world.cte_school, organization=capital)
    standings = dict(LastFile.objects.values_list("organization", "standing"))
    assert standings == {world.cte_school.pk: Standing.NOTHING}


def test_a_school_that_moves_takes_its_nothing_to_report_along(world, db):
    act = report_nothing(world, world.high_school)
    write_organizations([_moved(world.high_school, world.harbor)])
    assert standing_of(world) == (Standing.NONE, 0)
    there = LastFile.objects.get(organization=world.harbor, file_type="cte")
    assert (there.upload, there.standing) == (act, Standing.NOTHING)


def test_what_an_earlier_release_has_noted_is_noted_anew(world, db):
    world.send(**REFUSED)
    act = report_nothing(world, world.rock_star)
    wrong, newer = world.send(world.high_school, file_type="student-enrollment"), clean(world, **ENROLLMENT)
    LastFile.objects.filter(file_type="cte").update(standing=Standing.ERRORS)
    LastFile.objects.filter(upload=wrong).update(upload=newer)
    with connection.cursor() as cursor:
        cursor.execute(import_module("tidegate.uploads.migrations.0035_nothing_to_report_ends_files").NOTE_ANEW)
    assert (last_file(world).upload, standing_of(world)) == (act, (Standing.NOTHING, 0))
    assert last_file(world, "student-enrollment").upload == wrong


def test_rows_that_wait_are_not_the_senders_to_correct(world, db):
    sent = world.send()
    waits = {"since": timezone.now(), "chosen_by": world.person("data specialist"), "student_id": STUDENT}
    for row in (2, 3):
        WaitingRow.objects.create(upload=sent, row=row, unit="u", state=WaitState.MAY, **waits)
    assert standing_of(world) == (Standing.ERRORS, 2)
    WaitingRow.objects.update(state=WaitState.WAITING)
    assert standing_of(world) == (Standing.CLEAN, 0)
    WaitingRow.objects.filter(row=2).update(state=WaitState.ENDED, end="days")
    assert standing_of(world) == (Standing.ERRORS, 1)


def test_rows_held_for_the_state_are_not_the_senders_to_correct(world, db):
    world.send(held_count=2)
    assert standing_of(world) == (Standing.CLEAN, 0)


def test_a_school_that_moves_takes_its_files_along(world, db):
    sent = world.send(world.high_school)
    assert last_file(world).upload == sent
    write_organizations([_moved(world.high_school, world.harbor)])
    assert (last_file(world).upload, standing_of(world)) == (None, (Standing.NONE, 0))
    there = LastFile.objects.get(organization=world.harbor, file_type="cte")
    assert (there.upload, there.standing) == (sent, Standing.ERRORS)


def _moved(school, district):
    before = row_of(school)
    return Difference(str(school.pk), before, {**before, "parent_id": district.pk})


def test_rows_that_have_waited_are_counted_once(world, db):
    first = world.send(row_count=10, success_count=0, error_count=10)
    waits = {"since": timezone.now(), "chosen_by": world.person("data specialist"), "student_id": STUDENT}
    for row in (2, 3, 4):
        WaitingRow.objects.create(upload=first, row=row, unit="u", state=WaitState.WAITING, **waits)
    waited = clean(world, follows=first, state=State.PROCESSING)
    WaitingRow.objects.update(state=WaitState.LOADED, by_upload=waited)
    Upload.objects.filter(pk=waited.pk).update(state=State.FINISHED)
    assert standing_of(world) == (Standing.ERRORS, 7)


def corrected(world, first, rows, left_out=(), **fields):
    """Return a correction of rows on the page of an upload, as it has ended."""
    counts = {"row_count": len(rows), "success_count": len(rows), "error_count": 0}
    sent = world.send(follows=first, state=State.PROCESSING, **counts | fields)
    RowCorrection.objects.create(upload=sent, first=first, rows=list(rows), left_out=list(left_out))
    Upload.objects.filter(pk=sent.pk).update(state=State.FINISHED)
    return sent


def test_rows_that_were_left_out_are_not_owed(world, db):
    first = world.send(row_count=4, success_count=1, error_count=3)
    sent = corrected(world, first, [3], left_out=[4])
    assert standing_of(world) == (Standing.ERRORS, 1)
    corrected(world, first, [], left_out=[5], sha256="")
    assert standing_of(world) == (Standing.CLEAN, 0)
    Upload.objects.filter(pk=sent.pk).update(state=State.UNDONE)
    assert standing_of(world) == (Standing.ERRORS, 2)


def test_a_row_that_was_corrected_twice_is_counted_once(world, db):
    first = world.send(row_count=3, success_count=1, error_count=2)
    wrong = corrected(world, first, [3], success_count=0, error_count=1)
    sent = corrected(world, first, [3])
    Upload.objects.filter(pk=wrong.pk).update(corrected_by=sent)
    assert standing_of(world) == (Standing.ERRORS, 1)


def test_rows_corrected_in_two_goes_before_are_marked_by_the_migration(world, db):
    done, waits, open_still = (world.send(row_count=3, success_count=1, error_count=2) for _ in range(3))
    for first in (done, waits, open_still):
        corrected(world, first, [3])
    last = [corrected(world, first, [], left_out=[4], sha256="") for first in (done, waits)]
    chosen = {"since": timezone.now(), "chosen_by": world.person("data specialist"), "student_id": STUDENT}
    WaitingRow.objects.create(upload=waits, row=4, unit="u", state=WaitState.WAITING, **chosen)
    with connection.cursor() as cursor:
        cursor.execute(import_module("tidegate.uploads.migrations.0040_left_out_rows_are_not_owed").MARK_ANEW)
    marked = [Upload.objects.get(pk=each.pk).corrected_by_id for each in (done, waits, open_still)]
    assert marked == [last[0].pk, None, None]
