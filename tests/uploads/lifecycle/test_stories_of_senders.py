"""Stories of people who send files, each on a random state: nothing goes that its sender has not confirmed, nothing is
on file twice, and what an upload does is what its plan says.

On twenty states each: pytest --long --timeout 0 -p no:randomly tests/uploads/lifecycle/test_stories_of_senders.py
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any

import pytest

from tests.core.worlds import STUDENTS, make_reference
from tests.uploads.conftest import CTE_CENTER, OTHER_SAU, ROCK_STAR
from tests.uploads.lifecycle.corrections.test_fix_file import fix_file_of
from tests.uploads.random_files import OPTIONS, TYPES, random_file
from tidegate.core.errors import Conflict, NotFound
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.records.models import Enrollment
from tidegate.records.state_hash import state_hash
from tidegate.records.stored_lines import lines_of
from tidegate.reference.models import Organization, SchoolYear
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.corrections.by_hand import send_correction
from tidegate.uploads.lifecycle.corrections.correction import Correction, texts_of
from tidegate.uploads.lifecycle.decisions.nothing_to_report import report_nothing
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.receiving.send_again import choose_missing, load_checked, withdraw_missing
from tidegate.uploads.models import Misfit, State, Upload
from tidegate.uploads.queries.duplicate_files import sent_before
from tidegate.uploads.queries.planned_lines import every_planned_line, missing_line_ids

X, Y, Z = "01.0205", "13.1210", "47.0604"
FIRST_DAY, SECOND_DAY, THIRD_DAY = "2020-09-02", "2020-10-05", "2020-11-02"
NO_CHOICE, KEEP, WITHDRAW, COMPLETE, _, CONFIRMED = OPTIONS
HEADERS = {slug: ",".join(find(slug).layout.columns) for slug in TYPES}
MODELS = {"cte": CteRecord, "student-enrollment": Enrollment}
CTE, ENROLLMENT = "cte", "student-enrollment"


def cte(student: str, code: str = X, day: str = FIRST_DAY, earned: str = "1.50", school: str = "2001") -> str:
    return f"1000,{school},{student},0012,{code},{day},,{earned},"


def enrolled(student: str, entry: str = "2020-09-01", *, exit_on: str = "", **more: str) -> str:
    said = {"SAUID": "1000", "SchoolID": "1001", "EnrollmentType": "P", "ResidentSAUID": "1000"} | more
    said |= {"StateStudentID": student, "SchoolStudentID": "1", "GradeLevel": "11", "StartStatus": "02"}
    said |= {"EntryDate": entry, "ExitDate": exit_on, "ExitType": "02" if exit_on else ""}
    return ",".join(said.get(name, "") for name in find(ENROLLMENT).layout.columns)


@dataclass
class World:
    """A random state, and the people who send files into it. Every upload is compared with its plan."""

    process_file: Any
    people: dict[int, Any]
    chance: Random
    students: list[str] = field(default_factory=list)

    def send(
        self,
        *rows: str,
        of: int = ROCK_STAR,
        file_type: str = CTE,
        said: SendOptions = NO_CHOICE,
        check_only: bool = False,
        text: str = "",
    ) -> Upload:
        before = self.ids(file_type)
        content = text or "\n".join([HEADERS[file_type], *rows, ""])
        sent = {"by": self.people[of], "organization_id": of, "file_type": file_type, "options": said}
        upload = self.process_file(content, **sent, check_only=check_only)
        assert upload.state in (State.FINISHED, State.FAILED), upload.incident_id
        return self._compared(upload, before)

    def ended(self, upload: Upload) -> Upload:
        before = self.ids(upload.file_type)
        process(upload_id=upload.pk)
        upload.refresh_from_db()
        return self._compared(upload, before)

    def _compared(self, upload: Upload, before: set[int]) -> Upload:
        """Compare what the upload has done with its plan, and with what its sender has confirmed."""
        planned, after = list(every_planned_line(upload)), self.ids(upload.file_type)
        if upload.check_only or upload.state != State.FINISHED:
            assert before == after
            return upload
        kinds = Counter(line.kind for line in planned)
        assert before - after == {line.line for line in planned if line.kind in ("changed", "withdrawn")}
        assert len(after - before) == kinds["new"] + kinds["changed"]
        assert upload.missing == "withdraw" or not upload.is_file or not kinds["withdrawn"]
        return upload

    def ids(self, file_type: str = CTE) -> set[int]:
        return set(MODELS[file_type].objects.filter(replaced_at=None).values_list("pk", flat=True))

    def lines(self, student: str) -> list[tuple[str, str, str]]:
        """Return code, first day and credits of a student's CTE records on file."""
        found = CteRecord.objects.filter(replaced_at=None, student_id=student)
        rows = found.values_list("cte_code", "start_date", "credits_earned")
        return sorted((code, str(day), str(earned)) for code, day, earned in rows)

    def enrollments(self, student: str) -> list[tuple[str, str, str]]:
        found = Enrollment.objects.filter(replaced_at=None, student_id=student)
        return sorted((kind, str(day), str(end or "")) for kind, day, end in found.values_list(*ENROLLED))

    def undo(self, upload: Upload) -> None:
        undo(upload, by=self.people[upload.organization_id])

    def by_hand(self, line, **values: str) -> Upload:
        """Correct a line by hand; without values it is withdrawn."""
        lines, year = lines_of(find(SLUGS[type(line)])), SchoolYear.objects.get(first=2020)
        said = texts_of(lines, [line.pk], year)[0] | values if values else None
        correction = Correction(lines, Organization.objects.get(pk=ROCK_STAR), year, line, said)
        return self.ended(send_correction(correction, by=self.people[ROCK_STAR], reason="As the school says"))

    def report_nothing(self) -> Upload:
        center = Organization.objects.get(pk=CTE_CENTER)
        year, by = SchoolYear.objects.get(first=2020), self.people[CTE_CENTER]
        return report_nothing(organization=center, school=center, file_type=CTE, school_year=year, by=by)


ENROLLED = ("enrollment_type", "entry_date", "exit_date")
SLUGS = {model: slug for slug, model in MODELS.items()}


def codes_of(upload: Upload, severity: str = "error") -> list[tuple[int, str]]:
    found = upload.findings.filter(severity=severity, row__gt=1)
    return list(found.order_by("row", "code").values_list("row", "code"))


# The three that were told first.


def a_typo_deletes_nothing(w: World):
    s, other = w.students[:2]
    a, b = cte(s), cte(s, day=SECOND_DAY)
    w.send(a, b)
    stored = w.lines(s)
    for number in ("99", "912345678", s[:-1], other):
        mistyped = w.send(a, b.replace(s, number))
        assert (mistyped.withdrawn_count, w.lines(s)) == (0, stored), number
    corrected = cte(s, day=SECOND_DAY, earned="2.00")
    alone = w.send(corrected)
    assert (codes_of(alone), w.lines(s)) == ([(2, "CTE601")], stored)
    assert w.send(a, corrected).changes == {"new": 0, "changed": 1, "unchanged": 1, "withdrawn": 0}


def a_correction_does_not_double(w: World):
    s, taken_out, third = w.students[:3]
    first = w.send(cte(s), cte(taken_out), cte(third))
    after = w.send(cte(s, code=Y), cte(third), said=COMPLETE)
    assert (after.changes, after.missing_count >= 1) == ({"new": 0, "changed": 1, "unchanged": 1, "withdrawn": 0}, True)
    assert [w.lines(each)[0][0] for each in (s, taken_out, third)] == [Y, X, X]
    w.ended(withdraw_missing(after, _ids_of(w, after, taken_out), reason="Moved", by=w.people[ROCK_STAR]))
    assert w.lines(taken_out) == []
    w.undo(after)
    assert w.lines(s) == [(X, FIRST_DAY, "1.50")]
    w.undo(first)
    assert [w.lines(each) for each in (s, taken_out, third)] == [[], [], []]


def records_do_not_contradict_each_other_in_silence(w: World):
    s = w.students[0]
    w.send(cte(s, day=SECOND_DAY))
    before = w.enrollments(s)
    ends = enrolled(s, "2020-09-02", exit_on="2020-09-30", SAUID="2000", SchoolID="2001", EnrollmentType="C")
    ended = w.send(ends, of=OTHER_SAU, file_type=ENROLLMENT)
    assert codes_of(ended) == []
    assert ended.warning_count == 1
    assert w.enrollments(s) != before
    assert Misfit.objects.filter(student_id=s, file_type=CTE).exists()
    w.undo(ended)
    assert not Misfit.objects.filter(student_id=s, file_type=CTE).exists()
    assert w.enrollments(s) == before


# Something is mistyped.


def a_mistyped_row_withdraws_nothing_that_it_may_be_about(w: World):
    s = w.students[0]
    a, b = cte(s), cte(s, day=SECOND_DAY)
    w.send(a, b)
    stored = w.lines(s)
    damaged = [(2, "99"), (2, "9123456x9"), (2, ""), (1, "43"), (1, ""), (4, "43"), (4, ""), (5, "x"), (7, "x")]
    for (column, text), said in product(w.chance.sample(damaged, 3), (WITHDRAW, CONFIRMED)):
        cells = b.split(",")
        cells[column] = text
        upload = w.send(a, ",".join(cells), said=said)
        assert upload.withdrawn_count == 0 or s not in _students_of(upload, "withdrawn")
        assert w.lines(s) == stored


def a_mistyped_number_that_is_another_students_is_seen_as_left_out(w: World):
    s, other = w.students[:2]
    w.send(cte(s), cte(s, day=SECOND_DAY))
    upload = w.send(cte(s), cte(other, day=SECOND_DAY), said=COMPLETE)
    assert len(w.lines(s)) == 2
    assert s in _students_of(upload, "missing")
    w.undo(upload)
    assert w.lines(other) == []


def a_mistyped_day_in_a_complete_file_is_one_change(w: World):
    s = w.students[0]
    w.send(cte(s), cte(s, day=SECOND_DAY))
    upload = w.send(cte(s), cte(s, day=THIRD_DAY), said=COMPLETE)
    assert upload.changes["changed"] == 1
    assert [day for _, day, _ in w.lines(s)] == [FIRST_DAY, THIRD_DAY]
    w.undo(upload)
    assert [day for _, day, _ in w.lines(s)] == [FIRST_DAY, SECOND_DAY]


def numbers_that_were_exchanged_double_nothing(w: World):
    s, other = w.students[:2]
    w.send(cte(s, code=X), cte(other, code=Y))
    upload = w.send(cte(other, code=X), cte(s, code=Y), said=COMPLETE)
    assert upload.changes["changed"] == 2
    assert [len(w.lines(each)) for each in (s, other)] == [1, 1]


def a_code_that_was_corrected_without_complete_is_said_to_leave_a_line(w: World):
    s = w.students[0]
    w.send(cte(s, code=X))
    upload = w.send(cte(s, code=Y))
    assert upload.missing_count == 1
    w.ended(withdraw_missing(upload, None, reason="It was the wrong code", by=w.people[ROCK_STAR]))
    assert [code for code, _, _ in w.lines(s)] == [Y]


# Fix files.


def a_fix_file_without_its_columns_adds_nothing_in_silence(w: World):
    s = w.students[0]
    sent = w.send(cte(s), cte(s, day=SECOND_DAY), cte(s, day=THIRD_DAY, code="43"))
    bare = w.send(cte(s, day=THIRD_DAY))
    assert (codes_of(bare), len(w.lines(s))) == ([(2, "CTE601")], 2)
    linked = w.send(text=fix_file_of(sent).replace(",43,", f",{X},"))
    assert (codes_of(linked), len(w.lines(s)), linked.missing_count) == ([], 3, 0)
    again = w.send(text=fix_file_of(sent).replace(",43,", f",{X},"))
    assert len(w.lines(s)) == 3 + again.added_count == 3


def a_fix_file_of_enrollments_leaves_out_nothing_that_its_upload_has_loaded(w: World):
    s = w.students[0]
    Enrollment.objects.filter(student_id=s, enrollment_type="C").delete()  # or it would have no primary one
    first = enrolled(s, "2020-09-01", exit_on="2020-10-01")
    second = enrolled(s, "2020-10-02").replace("2020-10-02", "2020-10-99")
    sent = w.send(first, second, file_type=ENROLLMENT)
    assert sent.error_count == 1
    linked = w.send(text=fix_file_of(sent).replace("2020-10-99", "2020-10-02"), file_type=ENROLLMENT)
    assert (codes_of(linked), linked.missing_count) == ([], 0)
    primary = [each for each in w.enrollments(s) if each[0] == "P"]
    assert primary == [("P", "2020-09-01", "2020-10-01"), ("P", "2020-10-02", "")]


def a_fix_file_leaves_out_no_other_code_of_its_upload(w: World):
    s = w.students[0]
    sent = w.send(cte(s, code=X), cte(s, code="43"))
    linked = w.send(text=fix_file_of(sent).replace(",43,", f",{Y},"))
    assert (codes_of(linked), linked.missing_count, [code for code, _, _ in w.lines(s)]) == ([], 0, [X, Y])


def a_fix_file_of_enrollments_may_have_a_line_that_was_loaded(w: World):
    s, other = w.students[:2]
    sent = w.send(enrolled(s), enrolled(other, "2020-09-99"), file_type=ENROLLMENT)
    fixed = fix_file_of(sent).replace("2020-09-99", "2020-09-01") + enrolled(s).replace(",11,", ",10,") + "\n"
    linked = w.send(text=fixed, file_type=ENROLLMENT)
    assert linked.error_count == 0
    assert len([each for each in w.enrollments(s) if each[0] == "P"]) == 1


def a_fix_file_in_which_a_line_is_added_by_hand_doubles_nothing(w: World):
    s = w.students[0]
    sent = w.send(cte(s), cte(s, day=SECOND_DAY, code="43"))
    linked = w.send(text=fix_file_of(sent).replace(",43,", f",{X},") + cte(s) + "\n")
    assert (codes_of(linked), len(w.lines(s))) == ([], 2)


# Files in parts.


def a_file_in_parts_by_student_takes_nothing_away(w: World):
    parts = [w.students[:2], w.students[2:4]]
    for part in parts * 2:
        upload = w.send(*(cte(s) for s in part))
        assert (upload.missing_count, upload.error_count, upload.replaced_count) == (0, 0, 0)
    assert [len(w.lines(s)) for part in parts for s in part] == [1] * 4


def a_file_in_parts_of_a_student_waits_for_a_choice(w: World):
    s = w.students[0]
    w.send(cte(s), cte(s, day=SECOND_DAY))
    second = w.send(cte(s, day=THIRD_DAY))
    assert codes_of(second) == [(2, "CTE601")]
    w.ended(choose_missing(second, "keep", by=w.people[ROCK_STAR]))
    assert len(w.lines(s)) == 3
    again = w.send(cte(s, day=THIRD_DAY), said=KEEP)
    assert (again.added_count, len(w.lines(s))) == (0, 3)


def a_part_that_is_called_complete_lists_what_it_leaves_out(w: World):
    a, b = w.students[:2]
    w.send(cte(a), cte(b))
    part = w.send(cte(a), said=COMPLETE)
    assert (b in _students_of(part, "missing"), len(w.lines(b))) == (True, 1)


# Two organizations and one student.


def lines_of_two_organizations_stay_beside_each_other(w: World):
    s, other = w.students[:2]
    w.send(cte(s, code=X), of=CTE_CENTER)
    w.send(cte(s, code=Y))
    assert len(w.lines(s)) == 2
    confirmed = w.send(cte(other), cte(s, code=Y), said=CONFIRMED)
    assert confirmed.of_others_count >= 1
    assert X in [code for code, _, _ in w.lines(s)]


def a_code_that_differs_from_anothers_line_waits_for_a_choice(w: World):
    s = w.students[0]
    w.send(cte(s, code=X), of=CTE_CENTER)
    for said in (COMPLETE, CONFIRMED):
        upload = w.send(cte(s, code=Y), said=said)
        assert codes_of(upload) == [(2, "CTE604")]
        assert upload.of_others_count >= 1
        assert [code for code, _, _ in w.lines(s)] == [X]
        assert X not in upload.findings.get(code="CTE604").message
    kept = w.ended(choose_missing(upload, "keep", by=w.people[ROCK_STAR]))
    assert (codes_of(kept), [code for code, _, _ in w.lines(s)]) == ([], [X, Y])
    assert codes_of(w.send(cte(s, code=Y), said=COMPLETE)) == []


def who_sends_anothers_line_changes_it_once(w: World):
    s = w.students[0]
    w.send(cte(s), of=CTE_CENTER)
    same = w.send(cte(s))
    assert same.changes == {"new": 0, "changed": 0, "unchanged": 1, "withdrawn": 0}
    changed = w.send(cte(s, earned="2.00"), said=COMPLETE)
    assert (changed.changes["changed"], w.lines(s)) == (1, [(X, FIRST_DAY, "2.00")])


def the_others_complete_file_withdraws_nothing_of_the_first(w: World):
    a, b = w.students[:2]
    w.send(cte(a))
    w.send(cte(b), of=CTE_CENTER, said=CONFIRMED)
    assert len(w.lines(a)) == len(w.lines(b)) == 1


# Complete files.


def a_complete_file_with_rows_that_cannot_be_placed_withdraws_nothing(w: World):
    a, b = w.students[:2]
    w.send(cte(a), cte(b))
    for row in (cte("99"), cte(b, school="43"), cte("99", school="", code="")):
        upload = w.send(cte(a), row, said=CONFIRMED)
        assert b not in _students_of(upload, "withdrawn")
        assert len(w.lines(b)) == 1


def a_mistyped_school_withdraws_nothing_at_the_other_school(w: World):
    a, b, c = w.students[:3]
    other = Organization.objects.create(
        pk=2009, identifier="2009", name="Other Center", kind="CTE School", parent_id=OTHER_SAU
    )
    for s in (b, c):
        first = Enrollment.objects.get(student_id=s, enrollment_type="C", replaced_at=None)
        first.pk, first.school_id = None, other.pk
        first.save()
    w.send(cte(b, school="2009"), cte(c, school="2009"))
    w.send(cte(a), cte(b))
    upload = w.send(cte(a, school="2009"), cte(b), said=CONFIRMED)
    assert upload.error_count == 1
    assert len(w.lines(b)) == 2
    assert c in _students_of(upload, "missing")
    assert len(w.lines(c)) == 1
    w.send(cte(b, school="2009"), cte(b), said=CONFIRMED)
    assert w.lines(c) == []


def a_complete_file_without_rows_says_nothing(w: World):
    a = w.students[0]
    w.send(cte(a))
    before = w.ids()
    w.send(said=CONFIRMED)
    w.send(cte("99", code="43"), said=CONFIRMED)
    assert w.ids() == before
    w.send(cte("99"), said=CONFIRMED)
    assert w.lines(a) == [(X, FIRST_DAY, "1.50")]


def a_complete_file_twice_withdraws_once(w: World):
    a, b = w.students[:2]
    w.send(cte(a), cte(b))
    assert w.send(cte(a), said=CONFIRMED).withdrawn_count >= 1
    again = w.send(cte(a), said=CONFIRMED)
    assert (again.withdrawn_count, again.added_count, w.lines(b)) == (0, 0, [])


def a_changed_entry_day_in_a_complete_file_is_one_enrollment(w: World):
    s = w.students[0]
    before = w.enrollments(s)
    upload = w.send(enrolled(s, "2020-08-31"), file_type=ENROLLMENT, said=COMPLETE)
    assert (codes_of(upload), upload.changes["changed"]) == ([], 1)
    assert w.enrollments(s) == sorted([("P", "2020-08-31", ""), *(each for each in before if each[0] != "P")])


def a_no_show_goes_from_a_complete_file_with_the_yes(w: World):
    a, b = w.students[:2]
    w.send(enrolled(a), enrolled(b), file_type=ENROLLMENT)
    assert b in _students_of(w.send(enrolled(a), file_type=ENROLLMENT, said=COMPLETE), "missing")
    confirmed = w.send(enrolled(a), file_type=ENROLLMENT, said=CONFIRMED)
    assert b in _students_of(confirmed, "withdrawn")
    assert [each[0] for each in w.enrollments(b)] == ["C"]


def a_mistyped_number_keeps_an_enrollment_in_a_complete_file(w: World):
    a, b = w.students[:2]
    before = w.enrollments(b)
    w.send(enrolled(a), enrolled(b).replace(b, "99"), file_type=ENROLLMENT, said=CONFIRMED)
    assert w.enrollments(b) == before


# What grew old, and what is gone.


def a_withdrawal_of_what_is_gone_does_nothing(w: World):
    s = w.students[0]
    w.send(cte(s, code=X))
    upload = w.send(cte(s, code=Y))
    late = withdraw_missing(upload, None, reason="Wrong", by=w.people[ROCK_STAR])
    w.send(cte(s, code=X, earned="2.00"))
    assert w.ended(late).state == State.FAILED
    assert len(w.lines(s)) == 2
    with pytest.raises(Conflict):
        withdraw_missing(upload, None, reason="Wrong", by=w.people[ROCK_STAR])
    with pytest.raises(NotFound):
        withdraw_missing(upload, [10**9], reason="Wrong", by=w.people[ROCK_STAR])


def a_plan_that_grew_old_is_made_anew(w: World):
    s = w.students[0]
    w.send(cte(s))
    check = w.send(cte(s, earned="2.00"), check_only=True)
    w.send(cte(s, earned="3.00"))
    late = w.ended(load_checked(check, by=w.people[ROCK_STAR]))
    assert (late.check_only, late.plan_has_moved, w.lines(s)) == (True, True, [(X, FIRST_DAY, "3.00")])
    w.ended(load_checked(late, by=w.people[ROCK_STAR]))
    assert w.lines(s) == [(X, FIRST_DAY, "2.00")]


def a_plan_that_did_not_grow_old_is_loaded_as_it_was(w: World):
    s, other = w.students[:2]
    w.send(cte(s))
    check = w.send(cte(s, earned="2.00"), cte(other), check_only=True)
    loaded = w.ended(load_checked(check, by=w.people[ROCK_STAR]))
    assert (loaded.plan_sha256, list(every_planned_line(loaded))) == (
        check.plan_sha256,
        list(every_planned_line(check)),
    )
    assert (w.lines(s), w.lines(other)) == ([(X, FIRST_DAY, "2.00")], [(X, FIRST_DAY, "1.50")])


def the_same_bytes_again_change_nothing(w: World):
    rows = [cte(s, day=day) for s in w.students[:2] for day in (FIRST_DAY, SECOND_DAY)]
    w.send(*rows)
    before = state_hash()
    for said in OPTIONS[:4]:
        again = w.send(*rows, said=said)
        assert (again.added_count, again.replaced_count) == (0, 0)
        assert sent_before(again).sentence.endswith("; nothing changed")
    assert state_hash() == before


def the_same_lines_written_otherwise_change_nothing(w: World):
    rows = [cte(s, day=day) for s in w.students[:2] for day in (FIRST_DAY, SECOND_DAY)]
    w.send(*rows)
    w.chance.shuffle(rows)
    otherwise = [row.replace("2020-10-05", "10/5/2020").replace(",1.50,", ",1.5,") for row in rows]
    again = w.send(*otherwise)
    assert (again.added_count, again.replaced_count, again.error_count) == (0, 0, 0)


def two_lines_that_are_alike_both_count(w: World):
    s = w.students[0]
    w.send(cte(s), cte(s))
    one = w.send(cte(s))
    assert (one.changes["unchanged"], len(w.lines(s))) == (1, 2)
    assert (w.send(cte(s), cte(s)).changes["unchanged"], len(w.lines(s))) == (2, 2)


def a_choice_for_some_rows_leaves_the_others_waiting(w: World):
    a, b = w.students[:2]
    w.send(*(cte(s, day=day) for s in (a, b) for day in (FIRST_DAY, SECOND_DAY)))
    alone = w.send(cte(a, earned="2.00"), cte(b, earned="2.00"))
    chosen = w.ended(choose_missing(alone, "withdraw", rows=[3], by=w.people[ROCK_STAR]))
    assert codes_of(chosen) == [(2, "CTE601")]
    assert (len(w.lines(a)), w.lines(b)) == (2, [(X, FIRST_DAY, "2.00")])


# Undo, and corrections after it.


def every_change_can_be_undone(w: World):
    s, other = w.students[:2]
    w.send(cte(s), cte(s, day=SECOND_DAY), cte(other))
    for rows, said in (
        ([cte(s, earned="3.00"), cte(s, day=SECOND_DAY)], NO_CHOICE),
        ([cte(s, day=THIRD_DAY)], KEEP),
        ([cte(s, day=THIRD_DAY)], WITHDRAW),
        ([cte(s, code=Y), cte(s, code=Y, day=SECOND_DAY)], COMPLETE),
        ([cte(s)], CONFIRMED),
    ):
        before = state_hash()
        upload = w.send(*rows, said=said)
        assert upload.added_count or upload.replaced_count, said
        w.undo(upload)
        assert state_hash() == before, said


def a_withdrawal_can_be_undone(w: World):
    s = w.students[0]
    w.send(cte(s, code=X))
    upload = w.send(cte(s, code=Y))
    withdrawal = w.ended(withdraw_missing(upload, None, reason="Wrong", by=w.people[ROCK_STAR]))
    w.undo(withdrawal)
    assert [code for code, _, _ in w.lines(s)] == [X, Y]


def a_correction_after_an_undo_counts_from_what_is_back(w: World):
    s = w.students[0]
    w.send(cte(s), cte(s, day=SECOND_DAY))
    more = w.send(cte(s), cte(s, day=SECOND_DAY), cte(s, day=THIRD_DAY))
    assert codes_of(w.send(cte(s, earned="2.00"), cte(s, day=SECOND_DAY))) == [(2, "CTE601")]
    w.undo(more)
    corrected = w.send(cte(s, earned="2.00"), cte(s, day=SECOND_DAY))
    assert (codes_of(corrected), corrected.changes["changed"], len(w.lines(s))) == ([], 1, 2)


def an_undo_leaves_what_was_corrected_since(w: World):
    a, b = w.students[:2]
    first = w.send(cte(a), cte(b))
    w.send(cte(a, earned="2.00"))
    w.undo(first)
    assert (w.lines(a), w.lines(b)) == ([(X, FIRST_DAY, "2.00")], [])


def a_correction_by_hand_moves_one_line(w: World):
    s = w.students[0]
    w.send(cte(s), cte(s, day=SECOND_DAY))
    line = CteRecord.objects.get(student_id=s, start_date=SECOND_DAY, replaced_at=None)
    upload = w.by_hand(line, CTECode=Y)
    assert (upload.state, [code for code, _, _ in w.lines(s)]) == (State.FINISHED, [X, Y])
    with pytest.raises(Conflict):
        w.by_hand(CteRecord.objects.get(pk=line.pk))
    w.undo(upload)
    assert [code for code, _, _ in w.lines(s)] == [X, X]


# Nothing to report.


def nothing_to_report_is_refused_while_there_are_lines(w: World):
    s = w.students[0]
    CteRecord.objects.filter(replaced_at=None).delete()
    upload = w.send(cte(s))
    with pytest.raises(Conflict):
        w.report_nothing()
    w.undo(upload)
    assert w.report_nothing().state == State.FINISHED
    w.send(cte(s))
    with pytest.raises(Conflict):
        w.report_nothing()


def _students_of(upload: Upload, kind: str) -> set[str]:
    return {line.before["StateStudentID"] for line in every_planned_line(upload) if line.kind == kind}


def _ids_of(w: World, upload: Upload, student: str) -> list[int]:
    own = CteRecord.objects.filter(student_id=student).values_list("pk", flat=True)
    return sorted(set(own) & set(missing_line_ids(upload)))


STORIES = [
    each
    for name, each in list(globals().items())
    if callable(each) and getattr(each, "__annotations__", {}).get("w") is World and not name.startswith("_")
]
LONG_SEEDS = 20


@pytest.fixture(scope="module")
def reference(imported, module_transaction, tmp_path_factory) -> None:
    """The students, codes and organizations of all stories."""
    with module_transaction.unblock():
        import_reference(make_reference(tmp_path_factory.mktemp("made") / "reference"), by=None)


@pytest.fixture
def new_world(reference, process_file, specialist, other_specialist, director):
    people = {ROCK_STAR: specialist, OTHER_SAU: other_specialist, CTE_CENTER: director}

    def make(seed: int) -> World:
        chance = Random(seed)
        for slug, of in ((CTE, ROCK_STAR), (chance.choice(TYPES), chance.choice([ROCK_STAR, OTHER_SAU, CTE_CENTER]))):
            process_file(random_file(find(slug), chance), by=people[of], organization_id=of, file_type=slug)
        return World(process_file, people, chance, chance.sample(STUDENTS[10:], 4))

    return make


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_sender_loses_and_doubles_nothing(new_world, story, request):
    from tests.uploads.random_files import undone

    number = STORIES.index(story)
    for seed in range(LONG_SEEDS) if request.config.getoption("--long") else [number]:
        with undone():
            story(new_world(1_000 * number + seed))
