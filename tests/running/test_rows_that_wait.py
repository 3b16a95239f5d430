"""Two workers, and a choice to wait that comes at the moment at which the enrollment does: the row is loaded once."""

import csv
import subprocess
import sys

from tests.running.conftest import wait_for

LET_WAIT = """
import sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.accounts.models import Person
from tidegate.uploads.lifecycle.waiting.start_waiting import start_waiting
from tidegate.uploads.models import Upload
start_waiting(Upload.objects.get(pk=sys.argv[1]), by=Person.objects.get(email="rockstar@demo.example"))
"""
ENROLLMENT = (
    "SAUID,SchoolID,StateStudentID,SchoolStudentID,EnrollmentType,GradeLevel,EntryDate,StartStatus,"
    "ResidentSAUID,ResidentTownCode,ExitDate,ExitType,Comments"
)
ERRORS = "SELECT string_agg(message, '; ') FROM uploads_finding WHERE upload_id = %s AND severity = 'error'"
LOADED = "SELECT count(*) FROM records_cterecord WHERE student_id = %s AND replaced_at IS NULL"


def student_without_concurrent(system) -> str:
    """Return a student who has a primary enrollment alone."""
    return system.ask("""
        SELECT student_id FROM records_enrollment WHERE replaced_at IS NULL AND school_year_id = 2020
        GROUP BY student_id
        HAVING bool_and(enrollment_type = 'P' AND sau_id = 9100 AND exit_date IS NULL) ORDER BY 1 LIMIT 1
    """)[0]


def test_a_choice_beside_the_enrollment_loads_the_row_once(system, tmp_path):
    with (system.data_dir / "demo-files" / "cte.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    student = student_without_concurrent(system)
    row |= {"StateStudentID": student, "SchoolStudentID": "", "StartDate": "2020-10-01"}
    (tmp_path / "cte.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    cells = f"{row['SAUID']},{row['SchoolID']},{student},,C,11,2020-09-15,13,{row['SAUID']},901,,,"
    (tmp_path / "enrollment.csv").write_text(f"{ENROLLMENT}\n{cells}\n")
    workers = [system.start("worker") for _ in range(2)]
    try:
        first = system.send(tmp_path / "cte.csv", "cte")
        wait_for(lambda: system.state_of(first) == "finished", "The CTE file is checked")
        assert system.ask("SELECT state FROM uploads_waitingrow WHERE upload_id = %s", first) == ("may",)
        choice = subprocess.Popen([sys.executable, "-c", LET_WAIT, str(first)], env=system.environment)
        enrollment = system.send(tmp_path / "enrollment.csv", "student-enrollment")
        wait_for(lambda: system.state_of(enrollment) == "finished", "The enrollment is loaded")
        assert system.ask(ERRORS, enrollment) == (None,)
        assert choice.wait(120) == 0
        wait_for(lambda: system.ask(LOADED, student) == (1,), "The row is loaded by itself")
        state = "SELECT waiting.state, sent.success_count FROM uploads_waitingrow waiting"
        state += " JOIN uploads_upload sent ON sent.id = waiting.by_upload_id WHERE waiting.upload_id = %s"
        assert system.ask(state, first) == ("loaded", 1)
        idle = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name LIKE '%%wait%%'"
        wait_for(lambda: system.ask(idle) == (0,), "No look is left to be done")
        assert system.ask(LOADED, student) == (1,)
        assert system.ask("SELECT count(*) FROM uploads_upload WHERE follows_id = %s", first) == (1,)
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
