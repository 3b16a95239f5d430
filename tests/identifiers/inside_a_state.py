"""What holds in a state whatever its IDs are; `test_states_of_other_ids.py` runs this once for each of them."""

import io
import re
from datetime import date
from itertools import chain
from pathlib import Path

import polars as pl
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tests.uploads.outputs import write_result_log
from tidegate.accounts.focus import save_focus
from tidegate.accounts.models import USUAL_SCOPES, Membership, Person
from tidegate.accounts.roles import DataSpecialist, StateAdministrator
from tidegate.accounts.tokens import add_token
from tidegate.audit.record import record_event
from tidegate.core.checking import Focus, check
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.layouts.school_year import SchoolYear as Year
from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.reference.table import required_files
from tidegate.file_types import find
from tidegate.records.export_folder import export_reference
from tidegate.records.follow_state import follow_state
from tidegate.records.import_folder import import_reference
from tidegate.records.models import Enrollment, Student
from tidegate.records.new_numbers import next_number
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.problem import ReferenceRefused
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import receive

YEAR = Year(2020)
HAS_TEXT_IDS = present_state().organization_ids.form == "text"
DISTRICT, SCHOOL, OTHER_DISTRICT, OTHER_SCHOOL = (
    ("AB-0012", "AB-0012-01", "CD-0100", "CD-0100-01") if HAS_TEXT_IDS else ("1000", "1001", "2000", "2001")
)
FEWEST, MOST = student_numbers().lengths
IS_RANGE = FEWEST != MOST
# Where numbers have several lengths, zeros in front make another student.
ARIA, BANJO, CADENCE = ("123".zfill(FEWEST), "123".zfill(FEWEST + 1) if IS_RANGE else "7".ljust(MOST, "1"), "9" * MOST)
UNKNOWN = "4" * FEWEST
_LENGTHS = """
SELECT table_name, character_maximum_length FROM information_schema.columns
WHERE column_name = 'student_id' AND table_name LIKE 'records_%'
"""
HEADER = "District,School,PupilNumber,EnrollmentType,EntryDate"
FOLDER = {
    "organizations.csv": (
        f"{DISTRICT},Harp Schools,SAU,,",
        f"{SCHOOL},Harp High School,School,{DISTRICT},HHS",
        f"{OTHER_DISTRICT},Lute Schools,SAU,,",
        f"{OTHER_SCHOOL},Lute High School,School,{OTHER_DISTRICT},",
    ),
    "students.csv": tuple(
        f"{number},Amplifier,{name},,2004-05-17,F"
        for number, name in sorted({ARIA: "Aria", BANJO: "Banjo", CADENCE: "Cadence"}.items())
    ),
    "enrollments.csv": (f"2020-2021,{DISTRICT},{SCHOOL},{ARIA},,P,,2020-09-01,,,",),
}


@pytest.fixture
def reference(tmp_path) -> Path:
    """A reference folder."""
    return write_folder(tmp_path / "reference")


def write_folder(folder: Path, **lines: tuple[str, ...]) -> Path:
    folder.mkdir()
    for file in required_files():
        rows = lines.get(file.file_name.removesuffix(".csv"), FOLDER.get(file.file_name, ()))
        (folder / file.file_name).write_text("\n".join([",".join(file.header), *rows, ""]), encoding="utf-8")
    return folder


@pytest.fixture
def state(db, reference) -> None:
    """The folder in the database."""
    import_reference(reference, by=None)


def organization(identifier: str) -> Organization:
    return Organization.objects.get(identifier=identifier)


@pytest.fixture
def specialist(state) -> Person:
    """A data specialist of the district."""
    someone = Person.objects.create_user("harp@example.org", name="Harp")
    Membership.objects.create(person=someone, role=DataSpecialist.slug, organization=organization(DISTRICT))
    return someone


@pytest.fixture
def send(specialist):
    """Send lines as a file of the district, and process it as a worker does."""

    def send_lines(*lines: str):
        upload = receive(
            file=io.BytesIO("\n".join([HEADER, *lines, ""]).encode()),
            file_name="attendance.csv",
            file_type="attendance",
            school_year=SchoolYear.objects.get(first=2020),
            organization=organization(DISTRICT),
            by=specialist,
        )
        process(upload_id=upload.pk)
        upload.refresh_from_db()
        return upload

    return send_lines


def line(number: str, day: str = "2020-09-01", *, school: str = SCHOOL) -> str:
    return f"{DISTRICT},{school},{number},P,{day}"


def log_of(upload) -> str:
    write_result_log(upload, out := io.StringIO())
    return out.getvalue()


def checked_offline(folder: Path, *lines: str):
    path = folder.parent / "attendance.csv"
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    file_type = find("attendance")
    return check(path, file_type.layout, file_type.rules, focus=Focus(YEAR), tables=ReferenceFolder(folder))


def messages(checked) -> list[tuple[object, ...]]:
    parts = (found.select("row", "code", "message").rows() for found in checked.findings_in_slices())
    return list(chain.from_iterable(parts))


def test_a_file_is_checked_offline_by_the_states_numbers(reference):
    checked = checked_offline(reference, line(ARIA), line(BANJO), line(UNKNOWN), line("12"), line(CADENCE))
    digits = f"{FEWEST} to {MOST}" if IS_RANGE else f"{MOST}"
    assert messages(checked) == [
        (4, "FIND403", f'Unable to resolve Pupil Number "{UNKNOWN}"'),
        (5, "CELL103", f'PupilNumber "12" has 2 digits; it must have {digits}'),
    ]


def test_what_a_file_and_the_records_say_of_one_pupil_is_compared(reference):
    checked = checked_offline(reference, line(ARIA, "2020-10-01"), line(BANJO), line(BANJO), line(CADENCE))
    assert messages(checked) == [(row, "SMP301", "The pupil has another line") for row in (2, 3, 4)]


def test_a_number_that_lost_its_zeros_gets_them_back_or_a_suggestion(reference):
    short = "12" if FEWEST == 5 else "1234"  # the fewest digits that are mended
    folder = write_folder(
        reference.parent / "zeros",
        students=(f"{short.zfill(FEWEST)},Amplifier,Aria,,2004-05-17,F",),
        enrollments=(f"2020-2021,{DISTRICT},{SCHOOL},{short.zfill(FEWEST)},,P,,2020-09-01,,,",),
    )
    checked = checked_offline(folder, line(short))
    assert [code for _, code, _ in messages(checked)] == ["CELL120"]
    of_other_district = line(short).replace(DISTRICT, OTHER_DISTRICT, 1).replace(SCHOOL, OTHER_SCHOOL, 1)
    found = pl.concat(list(checked_offline(folder, of_other_district).findings_in_slices()))
    assert short.zfill(FEWEST) in found["suggestions"][0]


def test_the_folder_and_the_database_answer_alike(state, reference):
    folder, database = ReferenceFolder(reference), ReferenceDatabase()
    texts = pl.DataFrame({"number": [ARIA, BANJO, CADENCE, UNKNOWN]})
    numbers = texts.select(student_numbers().number(pl.col("number"))).to_series()
    assert numbers.n_unique() == 4
    for answer in (lambda tables: tables.students(numbers), lambda tables: tables.enrollments(numbers, YEAR)):
        of_folder, of_database = answer(folder), answer(database)
        assert of_folder.schema == of_database.schema
        assert of_folder.height == of_database.height > 0
        assert set(of_folder["student_number"]) == set(of_database["student_number"])


def test_the_export_is_what_was_imported(state, reference, tmp_path):
    export_reference(tmp_path / "export")
    for file_name in FOLDER:
        exported = (tmp_path / "export" / file_name).read_text()
        if file_name == "organizations.csv":  # none has closed, and what was imported lacks the column
            exported = exported.replace(",ClosedOn\n", "\n").replace(",\n", "\n")
        assert exported == (reference / file_name).read_text()


def test_a_number_of_another_length_is_not_imported(db, tmp_path):
    folder = write_folder(tmp_path / "wrong", students=(f"1{'0' * MOST},Amplifier,Aria,,2004-05-17,F",))
    with pytest.raises(ReferenceRefused) as refused:
        import_reference(folder, by=None)
    assert "students.csv row 2: StateStudentID is not a number of" in str(refused.value.fix)


@pytest.mark.parametrize("number", ["1" * (FEWEST - 1), "1" * (MOST + 1), "A".ljust(FEWEST, "1")])
def test_the_database_takes_no_number_that_the_state_does_not_have(db, number):
    with pytest.raises(Exception, match=r"student_number_is_|too long"), transaction.atomic():
        Student.objects.create(number=number)


def test_a_migration_changes_what_follows_the_state_once(db):
    follow_state()
    follow_state()
    Student.objects.create(number=CADENCE)


def test_every_column_of_numbers_has_room_for_them(db):
    with connection.cursor() as cursor:
        cursor.execute(_LENGTHS)
        found = dict(cursor.fetchall())
    of_this_state = {model._meta.db_table for model in apps.get_models()}
    lengths = {table: length for table, length in found.items() if table in of_this_state}
    assert {"records_enrollment", "records_numberrequest", "records_rosterline", "records_studentversion"} <= set(
        lengths
    )
    assert min(lengths.values()) >= MOST


def test_no_table_of_another_state_is_left_unless_it_has_rows(db):
    left = "records_cterecord"
    assert left not in connection.introspection.table_names()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {left} AS SELECT 1 AS id")
        follow_state()
        cursor.execute(f"DELETE FROM {left}")  # it was still there
        follow_state()
    assert left not in connection.introspection.table_names()


def test_new_students_get_numbers_of_the_state(db):
    number = next_number()
    assert len(number) == MOST
    assert number == "1".ljust(MOST, "0")
    Student.objects.create(number=number)
    assert next_number() != number


def test_rows_load_once_and_the_log_names_what_is_wrong(send):
    upload = send(line(ARIA), line(BANJO), line(CADENCE), line(UNKNOWN))
    assert (upload.state, upload.row_count, upload.success_count, upload.added_count) == ("finished", 4, 3, 2)
    assert log_of(upload) == (
        "Row Number,SAU ID,School ID,State Student Number,Error\n"
        f'5,{DISTRICT},{SCHOOL},{UNKNOWN},"Unable to resolve Pupil Number ""{UNKNOWN}"""\n'
    )
    again = send(line(ARIA), line(BANJO), line(CADENCE))
    assert log_of(again) == "Attendance Error Log\nAll Records completed successfully\n"
    assert (again.added_count, again.unchanged_count) == (0, 3)
    current = Enrollment.objects.filter(replaced_at=None)
    assert sorted(current.values_list("student_id", flat=True)) == sorted([ARIA, BANJO, CADENCE])


def test_a_pupil_has_one_primary_enrollment_at_a_time(state):
    old = Enrollment.objects.get(student=ARIA)
    old.pk, old.entry_date = None, date(2020, 10, 1)
    with pytest.raises(IntegrityError, match="enrollment_one_primary_at_a_time"), transaction.atomic():
        old.save()


def test_an_organization_is_found_however_its_id_is_written(reference):
    written, school = (DISTRICT.lower(), SCHOOL.lower()) if HAS_TEXT_IDS else (DISTRICT, f"0{SCHOOL}")
    checked = checked_offline(reference, f"{written},{school},{BANJO},P,2020-09-01")
    assert [code for _, code, _ in messages(checked) if code != "CELL117"] == []


def test_an_unknown_organization_gets_a_suggestion(reference):
    wrong = f"{DISTRICT[:-1]}9"
    found = pl.concat(list(checked_offline(reference, f"{wrong},{SCHOOL},{BANJO},P,2020-09-01").findings_in_slices()))
    assert found.select("code", "message").row(0) == ("FIND401", f'Unable to resolve District "{wrong}"')
    assert DISTRICT in found["suggestions"][0]


def test_organizations_keep_their_keys_in_every_import(state, tmp_path):
    before = dict(Organization.objects.values_list("identifier", "pk"))
    new = "AA-0001" if HAS_TEXT_IDS else "11"
    lines = (f"{new},Viol Schools,SAU,,", *FOLDER["organizations.csv"], f"{new}9,Viol School,School,{new},")
    import_reference(write_folder(tmp_path / "more", organizations=lines), by=None)
    after = dict(Organization.objects.values_list("identifier", "pk"))
    assert before.items() < after.items()
    assert organization(f"{new}9").parent == organization(new)
    assert organization(SCHOOL).parent == organization(DISTRICT)


def test_an_import_names_organizations_that_nobody_has(db, tmp_path):
    nobody = "ZZ-9999" if HAS_TEXT_IDS else "9999"
    school = f"{OTHER_SCHOOL},Lute High School,School,{nobody},"
    folder = write_folder(
        tmp_path / "wrong",
        organizations=(*FOLDER["organizations.csv"][:2], school),
        enrollments=(f"2020-2021,{nobody},{nobody},{ARIA},,P,,2020-09-01,,,",),
    )
    with pytest.raises(ReferenceRefused) as refused:
        import_reference(folder, by=None)
    assert sorted(str(problem) for problem in refused.value.problems) == [
        "enrollments.csv row 2: SAUID is not the ID of a SAU",
        "enrollments.csv row 2: SchoolID is not the ID of a School or Technical School",
        "organizations.csv row 4: ParentID is not the ID of a SAU",
    ]


@pytest.mark.parametrize("identifier", ["X" * 15, DISTRICT.lower()], ids=["too long", "taken"])
def test_an_id_is_not_too_long_and_stands_once(state, identifier):
    with pytest.raises(Exception, match=r"organization_i|too long"), transaction.atomic():
        Organization.objects.create(pk=4000, identifier=identifier, name="Viol Schools", kind="SAU")


def test_the_release_before_adds_organizations_by_number(db):
    if HAS_TEXT_IDS:
        return  # that release knows no such state
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO reference_organization (id, name, kind, local_id) VALUES (77, 'Viol', 'SAU', '')")
    assert Organization.objects.get(pk=77).identifier == "77"


@pytest.fixture
def office(db) -> Client:
    """The state administrator's browser."""
    administrator = Person.objects.create_user("state@example.org", name="State")
    Membership.objects.create(person=administrator, role=StateAdministrator.slug)
    client = Client()
    client.force_login(administrator)
    return client


def test_a_school_is_added_below_the_organization_of_the_page(state, office):
    key = organization(DISTRICT).pk
    (address,) = re.findall(r'href="(/[^"]*)">Add a school<', office.get(f"/organizations/{key}/").content.decode())
    (parent,) = re.findall(r'name="parent" value="([^"]*)"', office.get(address).content.decode())
    assert parent == f"Harp Schools ({DISTRICT})"


def test_the_audit_log_shows_and_finds_organizations_by_their_ids(specialist, office):
    for identifier in (DISTRICT, OTHER_DISTRICT):
        record_event("upload.sent", by=specialist, organization=organization(identifier))
    page = office.get("/audit-log/", {"organization_id": DISTRICT, "act": "upload.sent"})
    assert [event.organization_id for event in page.context["events"]] == [organization(DISTRICT).pk]
    assert f"<td>{DISTRICT}</td>" in page.content.decode()
    lines = b"".join(office.get("/audit-log/events.csv", {"act": "upload.sent"}).streaming_content).decode()
    assert f",{DISTRICT}," in lines
    assert f",{OTHER_DISTRICT}," in lines


@pytest.fixture
def browser(specialist) -> Client:
    """The data specialist's browser."""
    save_focus(by=specialist, organization=organization(DISTRICT), school_year=SchoolYear.objects.get(first=2020))
    client = Client()
    client.force_login(specialist)
    return client


def test_a_pupil_is_found_by_the_beginning_of_the_number(send, browser):
    send(line(BANJO), line(CADENCE))

    def found(text: str) -> set[str]:
        page = browser.post("/students/search/", {"search": text}, follow=True)
        return {student.number for student in page.context["page"]}

    assert found("") == {ARIA, BANJO, CADENCE}
    for number in (ARIA, BANJO, CADENCE):
        assert found(number) == {number}
    assert found(ARIA[:3]) >= {ARIA}
    student = Student.objects.get(number=BANJO)
    page = browser.get(f"/students/{student.public_id}/").content.decode()
    assert BANJO in page
    assert "Harp High School" in page


def test_a_file_comes_in_by_the_api(specialist):
    secret = add_token(
        by=None, person=specialist, organization=organization(DISTRICT), name="SIS", scopes=USUAL_SCOPES
    )[1]
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    file = io.BytesIO("\n".join([HEADER, line(CADENCE), line(UNKNOWN), ""]).encode())
    file.name = "attendance.csv"
    form = {"file_type": "attendance", "school_year": "2020-2021", "organization": DISTRICT}
    answer = client.post("/api/v1/uploads", {**form, "file": file})
    assert answer.status_code == 202, answer.content
    assert answer.json()["organization"] == (DISTRICT if HAS_TEXT_IDS else int(DISTRICT))
    process(upload_id=answer.json()["id"])
    receipt = client.get(f"{answer['Location']}/receipt").json()["receipt"]
    assert receipt["organization_id"] == answer.json()["organization"]
    (finding,) = client.get(f"{answer['Location']}/findings").json()["findings"]
    assert (finding["code"], finding["value"]) == ("FIND403", UNKNOWN)
