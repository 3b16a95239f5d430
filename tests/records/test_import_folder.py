"""A reference folder is imported whole or not at all, keeps versions, and the same folder twice changes nothing."""

import pytest
from django.utils import timezone
from msgspec.structs import replace

from tests.records.conftest import LINES
from tidegate.audit.models import Event
from tidegate.core.errors import Refusal
from tidegate.records.import_folder import import_reference
from tidegate.records.models import Change, Enrollment, Student, StudentVersion
from tidegate.records.models.versioned import CURRENT
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.records.tables.enrollments import is_entered_within_year
from tidegate.reference.import_file import NewerRecords
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.reference.problem import ReferenceRefused

pytestmark = pytest.mark.django_db

ENROLLMENTS = LINES["enrollments.csv"]


def problems_of(folder) -> list[str]:
    with pytest.raises(ReferenceRefused) as refusal:
        import_reference(folder, by=None)
    assert not Organization.objects.exists()
    return refusal.value.fix.splitlines()


def test_all_four_files_are_imported_with_their_school_years(write_folder):
    summary = import_reference(write_folder(), by=None)
    assert {name: merged.added_count for name, merged in summary.files.items()} == {
        "organizations.csv": 5,
        "cte_codes.csv": 2,
        "students.csv": 2,
        "enrollments.csv": 4,
    }
    assert (summary.school_years, SchoolYear.objects.get().name) == (("2020-2021",), "2020-2021")
    assert Organization.objects.get(id=1001).parent_id == 1000
    assert Code.objects.get(code="01.0205").first_year == 2019
    version = StudentVersion.objects.get(student="900000002")
    assert (version.last_name, version.middle_name, version.date_of_birth) == ("O'Octave", "Reed", None)
    concurrent = Enrollment.objects.get(enrollment_type="C")
    assert (concurrent.sau_id, concurrent.school_id) == (1000, 2001)
    assert (concurrent.began_with, concurrent.is_current) == (Change.objects.get().pk, True)


def test_the_same_folder_twice_changes_nothing(write_folder):
    folder = write_folder()
    import_reference(folder, by=None)
    before = [list(model.objects.order_by("pk").values()) for model in (StudentVersion, Enrollment, Organization, Code)]
    summary = import_reference(folder, by=None)
    after = [list(model.objects.order_by("pk").values()) for model in (StudentVersion, Enrollment, Organization, Code)]
    assert (before, summary.has_changes) == (after, False)


def test_a_row_that_differs_becomes_a_new_version_and_the_old_one_stays(write_folder):
    import_reference(write_folder(), by=None)
    Enrollment.objects.filter(student="900000001", enrollment_type="P").update(
        comments="From an upload", resident_sau_id=1000
    )
    changed = [ENROLLMENTS[0].replace("11,2020-09-01", "12,2020-09-01"), *ENROLLMENTS[1:]]
    summary = import_reference(write_folder(enrollments=changed), by=None)
    merged = summary.files["enrollments.csv"]
    assert (merged.added_count, merged.changed_count, merged.unchanged_count) == (0, 1, 3)
    old, new = Enrollment.objects.filter(student="900000001", enrollment_type="P").order_by("pk")
    assert (old.grade_level, old.is_current, new.grade_level, new.is_current) == ("11", False, "12", True)
    assert (new.comments, new.resident_sau_id) == ("From an upload", 1000)


def test_a_student_who_differs_becomes_a_new_version(write_folder):
    import_reference(write_folder(), by=None)
    renamed = ["900000001,Backbeat,Aria,,2004-05-17,F", LINES["students.csv"][1]]
    assert import_reference(write_folder(students=renamed), by=None).files["students.csv"].changed_count == 1
    versions = StudentVersion.objects.filter(student="900000001").order_by("pk")
    assert [(v.last_name, v.is_current) for v in versions] == [("Amplifier", False), ("Backbeat", True)]


def test_new_versions_begin_at_the_moment_at_which_the_old_ones_end(write_folder):
    import_reference(write_folder(), by=None)
    renamed = ["900000001,Backbeat,Aria,,2004-05-17,F", LINES["students.csv"][1]]
    regraded = [line.replace("11,2020-09-01", "12,2020-09-01") for line in ENROLLMENTS]
    import_reference(write_folder(students=renamed, enrollments=regraded), by=None)
    at = Change.objects.latest("pk").at
    for model, number in ((StudentVersion, 1), (Enrollment, 2)):
        ended = list(model.objects.filter(replaced_at__isnull=False).values_list("replaced_at", flat=True))
        assert ended == [at] * number
        assert model.objects.filter(CURRENT, valid_from=at).count() == number


def test_rows_that_differ_in_a_closed_year_are_refused_with_row_and_year(write_folder):
    import_reference(write_folder(), by=None)
    SchoolYear.objects.update(closed_at=timezone.now())
    changed = [ENROLLMENTS[0].replace(",11,", ",12,"), *ENROLLMENTS[1:]]
    further = [
        "2020-2021,2000,2002,900000007,,P,10,2020-12-01,13,,",
        "2021-2022,1000,1001,900000007,,P,10,2021-09-01,02,,",
    ]
    for newer in (NewerRecords.REFUSE, NewerRecords.OVERWRITE):
        with pytest.raises(ReferenceRefused) as refused:
            import_reference(write_folder(enrollments=[*changed, *further]), by=None, newer=newer)
        assert refused.value.fix.splitlines() == [
            f"enrollments.csv row {row}: 2020-2021 is closed: reopen it with a reason, or leave the row out"
            for row in (2, 6)
        ]
    assert not SchoolYear.objects.filter(first=2021).exists()
    assert Enrollment.objects.count() == 4


def test_rows_of_a_closed_year_that_differ_in_nothing_are_taken(write_folder):
    import_reference(write_folder(), by=None)
    SchoolYear.objects.update(closed_at=timezone.now())
    further = "2021-2022,1000,1001,900000001,,P,12,2021-09-01,02,,"
    assert import_reference(write_folder(enrollments=[*ENROLLMENTS, further]), by=None).school_years == ("2021-2022",)


def test_a_reopened_year_takes_rows_again(write_folder):
    import_reference(write_folder(), by=None)
    SchoolYear.objects.update(closed_at=timezone.now())
    SchoolYear.objects.update(closed_at=None)
    changed = [ENROLLMENTS[0].replace(",11,", ",12,")]
    assert import_reference(write_folder(enrollments=changed), by=None).has_changes


def test_what_the_folder_does_not_have_stays(write_folder):
    import_reference(write_folder(), by=None)
    import_reference(write_folder(enrollments=[], students=[], cte_codes=[]), by=None)
    assert (Enrollment.objects.count(), Student.objects.count(), Code.objects.count()) == (4, 2, 2)


def test_the_import_leaves_an_event_with_counts(write_folder):
    import_reference(write_folder(), by=None)
    event = Event.objects.get()
    assert event.act == "reference.imported"
    assert event.details["files"]["students.csv"] == {"rows": 2, "added": 2, "changed": 0}


def test_every_problem_of_every_file_is_listed_at_once(write_folder):
    folder = write_folder(
        organizations=[
            "1000,Rock Star,SAU,2000,",
            "1001,High,School,,",
            "1001,High,School,1000,",
            "1002,X,School,7777,",
        ],
        cte_codes=["43,Security,2020-2022,"],
        students=["12,A,B,,2004-05-17,F", "900000001,A,B,,17.5.2004,Q", "900000001,A,B,,,"],
        enrollments=[
            "2020-2021,1000,1001,900000001,,P,11,2020-09-01,02,2020-08-01,02",
            "2020-2021,1001,1000,900000002,,Z,11,2020-09-01,02,,",
            ",1000,1001,900000001,,P,11,,02,,",
        ],
    )
    assert problems_of(folder) == [
        "cte_codes.csv row 2: FirstYear is not a school year written as 2020-2021",
        "enrollments.csv row 2: ExitDate is before EntryDate",
        "enrollments.csv row 3: EnrollmentType is not on the list: P, C",
        "enrollments.csv row 3: SAUID is not the ID of a SAU",
        "enrollments.csv row 3: SchoolID is not the ID of a School or CTE School",
        "enrollments.csv row 4: EntryDate is blank",
        "enrollments.csv row 4: SchoolYear is blank",
        "organizations.csv row 2: ParentID is not blank although a SAU has no parent",
        "organizations.csv row 2: ParentID is not the ID of a SAU",
        "organizations.csv row 3: ParentID is blank although a School belongs to a SAU",
        "organizations.csv row 4: OrganizationID is in an earlier row",
        "organizations.csv row 5: ParentID is not the ID of a SAU",
        "students.csv row 2: StateStudentID is not a number of 9 digits",
        "students.csv row 3: DateOfBirth is not a date written as YYYY-MM-DD or M/D/YYYY",
        "students.csv row 3: Gender is not on the list: F, M, X",
        "students.csv row 4: StateStudentID is in an earlier row",
    ]


@pytest.mark.parametrize("year", ["2202-2203", "1920-1921", "9998"])
def test_an_enrollment_opens_no_school_year_far_from_today(write_folder, year):
    row = ENROLLMENTS[0].replace("2020-2021", year)
    assert "enrollments.csv row 2: SchoolYear is too far from today" in problems_of(write_folder(enrollments=[row]))
    assert not SchoolYear.objects.exists()


@pytest.mark.parametrize("year", ["9999", "0000"])
def test_a_year_that_no_date_has_is_refused_with_a_sentence(write_folder, year):
    folder = write_folder(
        enrollments=[ENROLLMENTS[0].replace("2020-2021", year)], cte_codes=[f"01.0205,Tractors,,{year}"]
    )
    assert problems_of(folder) == [
        "cte_codes.csv row 2: LastYear is not a school year written as 2020-2021",
        "enrollments.csv row 2: SchoolYear is not a school year written as 2020-2021",
    ]


def test_a_code_may_be_valid_until_a_year_far_away(write_folder):
    import_reference(write_folder(cte_codes=["01.0205,Tractors,1920,2099-2100"]), by=None)
    assert (Code.objects.get().first_year, Code.objects.get().last_year) == (1920, 2099)


@pytest.mark.parametrize("day", ["2020-06-30", "2021-07-01"])
def test_an_entry_date_outside_of_the_school_year_is_refused(write_folder, day):
    folder = write_folder(enrollments=[ENROLLMENTS[0].replace("2020-09-01", day)])
    assert problems_of(folder) == ["enrollments.csv row 2: EntryDate is not in the SchoolYear of the row"]


@pytest.mark.parametrize("within", [True, False])
def test_the_state_says_whether_entry_dates_are_within_the_year(within):
    lines = next(each for each in stored_lines() if each.model is Enrollment)
    columns = lines.layout.columns
    entry = replace(columns["EntryDate"], type=replace(columns["EntryDate"].type, within_school_year=within))
    layout = replace(lines.layout, columns={**columns, "EntryDate": entry})
    of_state = StoredLines(replace(lines.file_type, layout=layout), Enrollment, lines.table)
    assert is_entered_within_year([of_state]) is within


def test_an_entry_date_outside_of_the_year_that_is_on_file_stays(write_folder):
    import_reference(write_folder(), by=None)
    Enrollment.objects.filter(enrollment_type="C").update(entry_date="2019-09-01")
    lines = [line.replace("2020-09-01", "2019-09-01") if ",C," in line else line for line in ENROLLMENTS]
    assert not import_reference(write_folder(enrollments=lines), by=None).has_changes


def test_a_missing_file_is_a_problem_beside_the_others(write_folder):
    folder = write_folder(cte_codes=["x,Title,,"])
    (folder / "students.csv").unlink()
    assert problems_of(folder) == [
        "cte_codes.csv row 2: Code is not a CIP code written as NN.NNNN",
        "students.csv: The file is missing",
    ]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refusal, match="does not exist"):
        import_reference(tmp_path / "nowhere", by=None)


def test_a_second_primary_at_the_same_time_is_named_by_its_row(write_folder):
    second = "2020-2021,2000,2002,900000001,,P,11,2020-11-01,13,,"
    assert problems_of(write_folder(enrollments=[second, *ENROLLMENTS])) == [
        "enrollments.csv row 2: The student has another primary enrollment at the same time"
    ]


def test_a_second_primary_beside_a_stored_one_is_named_whichever_began_first(write_folder):
    import_reference(write_folder(), by=None)
    for entry_date, exit_date in (("2020-11-01", ""), ("2020-08-01", "2020-10-01")):
        row = f"2020-2021,2000,2002,900000001,,P,11,{entry_date},13,{exit_date},{'01' if exit_date else ''}"
        with pytest.raises(ReferenceRefused) as refusal:
            import_reference(write_folder(enrollments=[row]), by=None)
        assert refusal.value.problems[0].row == 2


def test_a_primary_that_moves_to_another_day_needs_the_old_one_to_end(write_folder):
    import_reference(write_folder(), by=None)
    ended = ENROLLMENTS[0].removesuffix(",,") + ",2020-11-01,01"
    moved = "2020-2021,2000,2002,900000001,,P,11,2020-11-01,13,,"
    merged = import_reference(write_folder(enrollments=[moved, ended]), by=None).files["enrollments.csv"]
    assert (merged.added_count, merged.changed_count) == (1, 1)


def test_a_school_that_stored_schools_belong_to_stays_a_sau(write_folder):
    import_reference(write_folder(), by=None)
    with pytest.raises(ReferenceRefused) as refusal:
        import_reference(write_folder(organizations=["2000,Capital,School,1000,"], enrollments=[]), by=None)
    assert "organizations.csv row 2: Kind is not SAU although stored schools belong to it" in refusal.value.fix


def test_whoever_is_enrolled_is_a_student_whatever_the_list_says(write_folder):
    import_reference(write_folder(students=[]), by=None)
    assert set(Student.objects.values_list("number", flat=True)) == {"900000001", "900000002"}


def test_older_words_for_a_concurrent_enrollment_are_taken(write_folder):
    import_reference(write_folder(enrollments=[ENROLLMENTS[0], ENROLLMENTS[1].replace(",C,", ",Partial,")]), by=None)
    assert set(Enrollment.objects.values_list("enrollment_type", flat=True)) == {"P", "C"}


@pytest.mark.parametrize("name", ["ResidentSAUID", "Resident SAU ID"])
def test_enrollments_may_say_where_students_live(write_folder, name):
    folder = write_folder()
    path = folder / "enrollments.csv"
    header, first, *others = path.read_text().splitlines()
    path.write_text("\n".join([f"{header},{name}", f"{first},1000", *(f"{line}," for line in others), ""]))
    import_reference(folder, by=None)
    assert sorted(Enrollment.objects.values_list("resident_sau_id", flat=True), key=str) == [1000, None, None, None]
    assert not import_reference(folder, by=None).has_changes
    assert not import_reference(write_folder(), by=None).has_changes, "a file without the column says nothing of it"


def test_an_unknown_district_in_which_a_student_lives_is_refused(write_folder):
    folder = write_folder()
    path = folder / "enrollments.csv"
    header, first, *others = path.read_text().splitlines()
    path.write_text("\n".join([f"{header},ResidentSAUID", f"{first},4711", *(f"{line}," for line in others), ""]))
    assert problems_of(folder) == ["enrollments.csv row 2: ResidentSAUID is not the ID of a SAU"]
