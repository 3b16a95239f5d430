"""A name or a school's SAU that changes while an upload brings enrollments: neither misses the other on the roster."""

import csv
import subprocess
import sys

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
    importing = system.start("import-reference", str(folder))
    wait_for(lambda: system.ask("SELECT count(*) FROM pg_locks WHERE NOT granted")[0], "The import waits")
    connection.commit()
    assert importing.wait(timeout=60) == 0


@pytest.fixture
def folder(system, tmp_path):
    command = [sys.executable, "-m", "tidegate.cli.main", "export-reference", str(tmp_path / "reference")]
    subprocess.run(command, env=system.environment, check=True, capture_output=True)
    return tmp_path / "reference"


def test_a_name_that_changes_beside_an_upload_is_on_every_roster(system, folder, upload):
    connection, student, school = upload
    sau = system.ask("SELECT parent_id FROM reference_organization WHERE id = %s", school)[0]
    change(folder, "students.csv", where=("StateStudentID", student), to=("LastName", "Zither"))
    import_beside(system, connection, folder)
    assert sau in system.ask(LINES, student, "ZITHER")[0]


def test_a_school_that_moves_beside_an_upload_takes_its_new_students_along(system, folder, upload):
    connection, student, school = upload
    name = "SELECT upper(last_name) FROM records_studentversion WHERE student_id = %s AND replaced_at IS NULL"
    old = system.ask("SELECT parent_id FROM reference_organization WHERE id = %s", school)[0]
    elsewhere = "SELECT id FROM reference_organization WHERE kind = 'SAU' AND id <> ALL(%s) ORDER BY id DESC LIMIT 1"
    known = system.ask(LINES, student, system.ask(name, student)[0])[0]
    new = system.ask(elsewhere, [*known, old])[0]
    change(folder, "organizations.csv", where=("OrganizationID", str(school)), to=("ParentID", str(new)))
    import_beside(system, connection, folder)
    assert new in system.ask(LINES, student, system.ask(name, student)[0])[0]
    system.connection.execute("UPDATE reference_organization SET parent_id = %s WHERE id = %s", [old, school])
