"""A name or a school's SAU that changes while an upload brings enrollments: neither misses the other on the roster."""

import csv

import psycopg
import pytest

from tests.running.conftest import wait_for

ENROLL = """
    INSERT INTO records_enrollment (student_id, school_year_id, sau_id, school_id, school_student_id, enrollment_type,
        grade_level, entry_date, start_status, exit_type, resident_town_code, comments)
    SELECT %s, 2020, parent_id, id, '', 'C', '11', '2021-03-01', '02', '', '', ''
    FROM reference_organization WHERE id = %s
    RETURNING id
"""
LINES = (
    "SELECT array_agg(DISTINCT sau_id ORDER BY sau_id) FROM records_rosterline WHERE student_id = %s AND last_key = %s"
)


@pytest.fixture
def upload(system):
    """A transaction that has brought an enrollment, as an upload does, and has not ended; student and school."""
    student, school = system.ask(
        """
        SELECT student_id, school.id FROM records_enrollment
        JOIN reference_organization school ON school.kind = 'School' AND school.parent_id <> sau_id
        WHERE replaced_at IS NULL AND school_year_id = 2020 ORDER BY 1, 2 LIMIT 1
        """
    )
    with psycopg.connect(system.url) as connection:
        connection.execute("SELECT FROM records_student WHERE number = %s FOR NO KEY UPDATE", [student])
        enrollment = connection.execute(ENROLL, [student, school]).fetchone()[0]
        yield connection, student, school
    system.connection.execute("UPDATE records_enrollment SET replaced_at = now() WHERE id = %s", [enrollment])


def change(folder, name: str, *, where: tuple[str, str], to: tuple[str, str]) -> None:
    with (folder / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row[where[0]] == where[1]:
            row[to[0]] = to[1]
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def import_beside(system, connection, folder) -> None:
    """Import the folder while the upload has not ended, and then let it end."""
    importing = system.start("import-reference", str(folder), "--overwrite")
    wait_for(lambda: system.ask("SELECT count(*) FROM pg_locks WHERE NOT granted")[0], "The import waits")
    connection.commit()
    assert importing.wait(timeout=60) == 0


@pytest.fixture
def folder(system, tmp_path):
    assert system.start("export-reference", str(tmp_path / "reference")).wait(timeout=60) == 0
    return tmp_path / "reference"


def test_a_name_that_changes_beside_an_upload_is_on_every_roster(system, folder, upload):
    connection, student, school = upload
    sau = system.ask("SELECT parent_id FROM reference_organization WHERE id = %s", school)[0]
    change(folder, "students.csv", where=("StateStudentID", student), to=("LastName", "Zither"))
    import_beside(system, connection, folder)
    assert sau in system.ask(LINES, student, "ZITHER")[0]


def move(system, folder, student: str, school: int) -> tuple[int, int]:
    """Move the school in the folder to a SAU that has nothing of the student; return the old SAU and the new one."""
    old = system.ask("SELECT parent_id FROM reference_organization WHERE id = %s", school)[0]
    known = system.ask("SELECT array_agg(sau_id) FROM records_rosterline WHERE student_id = %s", student)[0]
    elsewhere = "SELECT id FROM reference_organization WHERE kind = 'SAU' AND id <> ALL(%s) ORDER BY id DESC LIMIT 1"
    new = system.ask(elsewhere, [*known, old])[0]
    change(folder, "organizations.csv", where=("OrganizationID", str(school)), to=("ParentID", str(new)))
    for name in ("students.csv", "enrollments.csv"):  # so that it waits for no student
        header = (folder / name).read_text().splitlines()[0]
        (folder / name).write_text(f"{header}\n")
    return old, new


NAME = "SELECT upper(last_name) FROM records_studentversion WHERE student_id = %s AND replaced_at IS NULL"


def test_a_school_that_moves_beside_an_upload_takes_its_new_students_along(system, folder, upload):
    connection, student, school = upload
    old, new = move(system, folder, student, school)
    import_beside(system, connection, folder)
    assert new in system.ask(LINES, student, system.ask(NAME, student)[0])[0]
    system.connection.execute("UPDATE reference_organization SET parent_id = %s WHERE id = %s", [old, school])


def test_a_school_that_moves_beside_another_name_takes_the_student_along_under_it(system, folder, upload):
    connection, student, school = upload
    connection.commit()
    version = system.ask(
        "SELECT id, first_name, gender FROM records_studentversion WHERE student_id = %s AND replaced_at IS NULL",
        student,
    )
    connection.execute("SELECT FROM records_student WHERE number = %s FOR NO KEY UPDATE", [student])
    connection.execute("UPDATE records_studentversion SET replaced_at = now() WHERE id = %s", version[:1])
    connection.execute(
        """
        INSERT INTO records_studentversion (student_id, last_name, first_name, middle_name, suffix, gender)
        VALUES (%s, 'Glissando', %s, '', '', %s)
        """,
        [student, *version[1:]],
    )
    old, new = move(system, folder, student, school)
    import_beside(system, connection, folder)
    assert new in system.ask(LINES, student, "GLISSANDO")[0]
    system.connection.execute("UPDATE reference_organization SET parent_id = %s WHERE id = %s", [old, school])


def test_an_import_in_which_no_school_moves_waits_for_no_upload_of_other_students(system, folder, upload):
    _, student, school = upload
    move(system, folder, student, school)
    old = system.ask("SELECT parent_id FROM reference_organization WHERE id = %s", school)[0]
    change(folder, "organizations.csv", where=("OrganizationID", str(school)), to=("ParentID", str(old)))
    assert system.start("import-reference", str(folder), "--overwrite").wait(timeout=60) == 0
