"""`tidegate check` as a person at a laptop uses it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked_command import run_command
from tidegate.core.reference.stored_lines import line_table
from tidegate.file_types import find

CASES = find("cte").folder / "cases"


def tidegate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_command(arguments)


def check(case: str, *more: object) -> subprocess.CompletedProcess[str]:
    folder = CASES / case
    needed = ("--file-type", "cte", "--school-year", "2020-2021", "--reference", folder / "reference")
    return tidegate("check", folder / "upload.csv", *needed, *more)


def test_a_good_file_ends_with_0_and_prints_the_guides_two_lines():
    run = check("all_good", "--format", "csv")
    assert (run.returncode, run.stdout) == (0, "CTE Import Error Log\nAll Records completed successfully\n")


def test_notices_alone_end_with_0(tmp_path):
    upload = tmp_path / "upload.csv"
    names = (CASES / "all_good" / "upload.csv").read_text("utf-8").splitlines()
    upload.write_text("\n".join([f"{names[0]},LastName", *(f"{line},A" for line in names[1:])]), "utf-8")
    needed = ("--file-type", "cte", "--school-year", "2020-2021", "--reference", CASES / "all_good" / "reference")
    run = tidegate("check", upload, *needed)
    assert (run.returncode, "Notices: nothing to do." in run.stdout) == (0, True)


def test_findings_end_with_1_and_the_log_is_written_byte_for_byte(tmp_path):
    out = tmp_path / "log.csv"
    run = check("the_guides_two_errors", "--result-log", out)
    assert run.returncode == 1
    assert out.read_bytes() == (CASES / "the_guides_two_errors" / "result_log.csv").read_bytes()
    assert "Row Count 3   Success Count 1   Error 2" in run.stdout


def test_json_gives_one_object_with_counts_and_findings():
    result = json.loads(check("the_guides_two_errors", "--format", "json").stdout)
    assert (result["row_count"], result["success_count"], result["error_count"]) == (3, 1, 2)
    finding = result["findings"][1]
    assert set(finding) == {"row", "column", "code", "severity", "value", "message", "fix", "suggestions"}
    assert (finding["row"], finding["column"], finding["value"]) == (4, "CTECode", "43")
    assert finding["message"] == 'Unable to resolve CTE Code "43"'


def test_a_terminal_tells_a_hundred_causes_and_where_the_others_are(tmp_path):
    upload, report = tmp_path / "upload.csv", tmp_path / "report.html"
    name, *_ = lines = (CASES / "all_good" / "upload.csv").read_text("utf-8").splitlines()
    row = dict(zip(name.split(","), lines[1].split(","), strict=True))
    rows = [row | {"CTECode": f"wrong {each}", "StateStudentID": str(900_000_000 + each)} for each in range(103)]
    upload.write_text("\n".join([name, *(",".join(row.values()) for row in rows)]), "utf-8")
    needed = ("--file-type", "cte", "--school-year", "2020-2021", "--reference", CASES / "all_good" / "reference")
    run = tidegate("check", upload, *needed, "--report", report)
    told, _, left = run.stdout.partition("\nAnd ")
    count = report.read_text("utf-8").count("<h3>")
    assert "\n100. " in told
    assert "\n101. " not in run.stdout
    assert left.startswith(f"{count - 100} more causes: --report report.html writes a page with all.")


def test_a_fix_file_offline_is_said_not_to_be_compared(tmp_path):
    folder, fix_file, reference = CASES / "the_guides_two_errors", tmp_path / "to-fix.csv", tmp_path / "reference"
    shutil.copytree(folder / "reference", reference)
    options = ("--file-type", "cte", "--school-year", "2020-2021", "--reference", reference)
    first = tidegate("check", folder / "upload.csv", *options, "--fix-file", fix_file)
    assert "CTE601 to CTE603). The reference folder has no cte_records.csv." in first.stderr
    layout = find("cte").layout
    file = line_table(layout, layout.on_file).file
    (reference / file.file_name).write_text(",".join(file.header) + "\n")
    assert tidegate("check", folder / "upload.csv", *options).stderr == ""
    again = tidegate("check", fix_file, *options)
    assert "CTE601 to CTE603). This is a file of rows to fix" in again.stderr


def test_a_refused_file_ends_with_2():
    assert check("header_with_faults").returncode == 2


def test_rows_of_another_organization_are_found_when_one_is_named():
    run = check("all_good", "--organization", "2000", "--format", "json")
    assert {finding["code"] for finding in json.loads(run.stdout)["findings"]} == set()
    run = check("the_guides_two_errors", "--organization", "1000", "--format", "json")
    assert "ORG201" not in run.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("nowhere.csv", "--file-type", "cte", "--school-year", "2020-2021", "--reference", "."),
            "There is no such file.",
        ),
        ((__file__, "--file-type", "grades", "--school-year", "2020-2021", "--reference", "."), "no such file type"),
        (
            (__file__, "--file-type", "cte", "--school-year", "2020-2022", "--reference", "."),
            "school year is not named",
        ),
        ((__file__, "--file-type", "cte", "--school-year", "2020-2021", "--reference", "nowhere"), "reference folder"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_a_sentence(arguments, said):
    run = tidegate("check", *arguments)
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_a_check_loads_neither_django_nor_what_types_take_to_read():
    code = (
        "import sys; sys.argv = ['tidegate', 'check', '--help']; from tidegate.cli import main\n"
        "main.app(standalone_mode=False); print([name in sys.modules for name in ('django', 'psycopg', 'polars')])\n"
        "sys.argv = ['tidegate', 'check', 'nothing.csv', '--file-type', 'cte', '--school-year', '2020-2021',"
        " '--reference', 'nothing', '--format', 'json', '--complete']\n"
        "try: main.app(standalone_mode=False)\n"
        "except main.Refusal as refusal: print(refusal.message, 'pydantic' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("[False, False, False]\nThere is no such file False")


@pytest.mark.parametrize("fault", ["RuntimeError", "polars.exceptions.PanicException"])
def test_a_fault_of_ours_ends_with_3_and_tells_no_value_from_the_file(tmp_path, fault):
    reference = tmp_path / "reference"
    reference.mkdir()
    code = (
        "import sys; from tidegate.cli import main; import polars; import tidegate.file_types\n"
        f"def broken(*_): raise {fault}('900000001')\n"
        "tidegate.file_types.find = broken; sys.argv = ['tidegate', 'check', 'x', '--file-type', 'cte',"
        " '--school-year', '2020-2021', '--reference', 'x']; main.run()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 3
    assert "our side (incident " in run.stderr
    assert "900000001" not in run.stderr


def test_every_command_has_a_help():
    assert Path(sys.executable).exists()
    run = tidegate("--help")
    assert run.returncode == 0
    assert all(name in run.stdout for name in ("check", "demo", "serve", "worker", "doctor", "import-reference"))


def test_a_mapping_makes_a_file_of_other_names_and_values_good(tmp_path):
    upload, mapping = tmp_path / "upload.csv", tmp_path / "ours.toml"
    text = (CASES / "all_good" / "upload.csv").read_text("utf-8")
    upload.write_text(text.replace("CTECode", "CIP Code").replace(",01.0205,", ",AGRI,"), "utf-8")
    mapping.write_text('[columns]\n"CIP Code" = "CTECode"\n[values.CTECode]\nAGRI = "01.0205"\n', "utf-8")
    needed = ("--file-type", "cte", "--school-year", "2020-2021", "--reference", CASES / "all_good" / "reference")
    assert tidegate("check", upload, *needed).returncode == 2
    run = tidegate("check", upload, *needed, "--mapping", mapping)
    assert (run.returncode, 'Columns were matched by the file format: "CIP Code" is "CTECode"' in run.stdout) == (
        0,
        True,
    )


def test_a_broken_mapping_is_told_with_file_and_line(tmp_path):
    mapping = tmp_path / "ours.toml"
    mapping.write_text('[columns]\n"CIP Code" = "CTECod"\n', "utf-8")
    run = check("all_good", "--mapping", mapping)
    assert run.returncode == 2
    assert 'ours.toml, line 2: there is no column "CTECod"' in run.stderr


def test_the_published_lists_alone_ask_nothing_that_needs_a_student(tmp_path):
    lists = CASES / "the_guides_two_errors" / "reference"
    for name in ("organizations.csv", "cte_codes.csv"):
        shutil.copy(lists / name, tmp_path / name)
    upload = tmp_path / "upload.csv"
    rows = (CASES / "the_guides_two_errors" / "upload.csv").read_text("utf-8").splitlines()
    school_of_the_district = rows[1].split(",")
    school_of_the_district[:2] = ["1000", "1001"]
    upload.write_text("\n".join([*rows, ",".join(school_of_the_district)]) + "\n", "utf-8")
    needed = ("--file-type", "cte", "--school-year", "2020-2021", "--reference", tmp_path)
    run = tidegate("check", upload, *needed)
    assert run.returncode == 1
    assert 'Unable to resolve CTE Code "43"' in run.stdout
    assert "is not a CTE school" in run.stdout  # and where the student is enrolled instead is not known
    assert "FIND403" not in run.stdout
    assert "Not checked: CTE501, CTE502, CTE504, FIND403. The reference folder has no students.csv." in run.stderr
