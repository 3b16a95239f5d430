"""Two SAUs that speak of one student at the same instant: exactly one loads, and the other learns who was first."""

from tests.running.conftest import wait_for
from tidegate.file_types import find

HEADER = ",".join(find("student-enrollment").layout.columns)
FREE_STUDENT = """
    SELECT number FROM records_student
    WHERE number NOT IN (SELECT student_id FROM records_enrollment WHERE school_year_id = 2020) ORDER BY number LIMIT 1
"""
SCHOOL = """
    SELECT sau.id, school.id
    FROM reference_organization sau JOIN reference_organization school ON school.parent_id = sau.id
    WHERE sau.name = %s AND school.kind = 'School' LIMIT 1
"""
SAUS = {"rockstar@demo.example": "Rock Star Public Schools", "augusta@demo.example": "Capital City Public Schools"}


def test_one_of_two_primary_enrollments_at_once_loads_and_the_other_names_it(system, tmp_path):
    (number,) = system.ask(FREE_STUDENT)
    uploads = {}
    for email, name in SAUS.items():
        sau, school = system.ask(SCHOOL, name)
        path = tmp_path / f"{sau}.csv"
        path.write_text(f"{HEADER}\n{sau},{school},{number},1,P,11,2020-09-01,02,{sau},,,,\n")
        uploads[name] = system.send(path, "student-enrollment", by=email)
    workers = [system.start("worker"), system.start("worker")]
    try:
        for upload_id in uploads.values():
            wait_for(lambda upload_id=upload_id: system.state_of(upload_id) == "finished", "The upload is finished")
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    loaded = {
        name: system.ask("SELECT success_count FROM uploads_upload WHERE id = %s", upload_id)[0]
        for name, upload_id in uploads.items()
    }
    assert sorted(loaded.values()) == [0, 1]
    first, second = sorted(uploads, key=lambda name: -loaded[name])
    message = system.ask("SELECT message FROM uploads_finding WHERE upload_id = %s", uploads[second])[0]
    assert message == f'Student already has a primary enrollment at "{first}" from 2020-09-01'
