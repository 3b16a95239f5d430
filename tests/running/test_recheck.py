"""`tidegate recheck` over the demo's state: an enrollment that ends too early, and what it leaves behind."""

import csv
import json

from tests.forked_command import run_command
from tests.running.conftest import wait_for


def recheck(system, *arguments: str) -> tuple[int, str]:
    run = run_command(["recheck", *arguments], env=system.environment)
    return run.returncode, run.stdout


def exits(system, folder, day: str):
    """Return a file that ends the concurrent enrollment of the first student of the demo's CTE file."""
    with (system.data_dir / "demo-files" / "cte.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    header = (
        "SAUID,SchoolID,StateStudentID,SchoolStudentID,EnrollmentType,GradeLevel,EntryDate,StartStatus,"
        "ResidentSAUID,ResidentTownCode,ExitDate,ExitType,Comments"
    )
    ends = f"{day},{'02' if day else ''}"
    path = folder / "exits.csv"
    cells = f"{row['SAUID']},{row['SchoolID']},{row['StateStudentID']},{row['SchoolStudentID']},C,11,2020-09-01,02"
    path.write_text(f"{header}\n{cells},{row['SAUID']},,{ends},\n")
    return path


def test_the_unchanged_cte_file_fails_and_a_recheck_says_so_before(system, tmp_path):
    code, said = recheck(system)
    assert (code, said.splitlines()[-1]) == (0, "All lines fit.")
    worker = system.start("worker")
    try:
        upload = system.send(exits(system, tmp_path, "2020-09-02"), "student-enrollment")
        wait_for(lambda: system.state_of(upload) == "finished", "The exit is loaded")
        found = "SELECT count(*) FROM uploads_finding WHERE upload_id = %s AND code = 'ENR611' AND severity = 'warning'"
        assert system.ask(found, upload) == (1,)
        listed = system.ask("SELECT count(DISTINCT line_id) FROM uploads_misfit WHERE code = 'CTE503'")[0]
        assert listed > 0
        code, said = recheck(system, "--format", "json", "--school-year", "2020-2021")
        answer = json.loads(said)
        assert (code, answer["misfit_count"]) == (1, listed)
        assert [(each["code"], each["line_count"]) for each in answer["rules"]] == [("CTE503", listed)]
        again = system.send(system.data_dir / "demo-files" / "cte.csv", "cte")
        wait_for(lambda: system.state_of(again) == "finished", "The unchanged CTE file is checked")
        broken = "SELECT count(*) FROM uploads_finding WHERE upload_id = %s AND code = 'CTE503'"
        assert system.ask(broken, again) == (listed,)
        back = system.send(exits(system, tmp_path, ""), "student-enrollment")
        wait_for(lambda: system.state_of(back) == "finished", "The enrollment goes on")
        assert system.ask("SELECT count(*) FROM uploads_misfit") == (0,)
    finally:
        worker.terminate()
        worker.wait()
    assert recheck(system)[0] == 0
    assert recheck(system, "--school-year", "1999-2000")[0] == 0
    assert recheck(system, "--school-year", "soon")[0] == 2
