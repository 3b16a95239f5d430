"""Two SAUs that ask for one new student at the same instant: exactly one creates, and the other is held."""

from tests.running.conftest import wait_for
from tidegate.file_types import find

HEADER = ",".join(find("new-state-id").layout.columns)
SAU = "SELECT id FROM reference_organization WHERE name = %s"
SAUS = {"rockstar@demo.example": "Rock Star Public Schools", "augusta@demo.example": "Capital City Public Schools"}


def test_one_of_two_requests_at_once_creates_the_student_and_the_other_is_held(system, tmp_path):
    uploads = []
    for email, name in SAUS.items():
        (sau,) = system.ask(SAU, name)
        path = tmp_path / f"{sau}.csv"
        path.write_text(f"{HEADER}\n{sau},1,Contrabass,Bowed,,,2005-03-04,F,10\n")
        uploads.append(system.send(path, "new-state-id", by=email))
    workers = [system.start("worker"), system.start("worker")]
    try:
        for upload_id in uploads:
            wait_for(lambda upload_id=upload_id: system.state_of(upload_id) == "finished", "The upload is finished")
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    results = [
        system.ask("SELECT result FROM records_answerline WHERE upload_id = %s", upload_id)[0] for upload_id in uploads
    ]
    assert sorted(results) == ["Created", "Held until the state data team has decided"]
    assert system.ask("SELECT count(*) FROM records_studentversion WHERE last_name = 'Contrabass'")[0] == 1
