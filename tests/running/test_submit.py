"""Programs at a running site, with a token: `tidegate submit`, `tidegate watch`, and the API many times at once."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from tests.forked_command import run_command
from tests.running.conftest import environment_of, run_python, wait_for

URL = "http://127.0.0.1:{port}"


def tidegate(*arguments: object, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return run_command(arguments, env=environment)


def is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/sign-in/").is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def site(system, free_port):
    """A running site with a worker; the environment in which a program submits to it."""
    sau = system.ask("SELECT id FROM reference_organization WHERE name = 'Rock Star Public Schools'")[0]
    made = tidegate(
        "add-token", "rockstar@demo.example", "--organization", sau, "--name", "SIS", environment=system.environment
    )
    server = system.start("serve", "--port", str(free_port))
    environment = {
        **environment_of(system.data_dir),
        "TIDEGATE_URL": URL.format(port=free_port),
        "TIDEGATE_TOKEN": made.stdout.split()[-1],
        "SAU": str(sau),
    }
    wait_for(lambda: is_up(environment["TIDEGATE_URL"]), "The site answers")
    yield environment
    server.terminate()
    server.wait()


def submit(site, system, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    path = system.data_dir / "demo-files" / name
    needed = ("--file-type", "cte", "--school-year", "2020-2021", "--organization", site["SAU"])
    return tidegate("submit", path, *needed, *more, environment=site)


def test_a_good_file_is_sent_and_its_log_printed(site, system):
    run = submit(site, system, "cte.csv", "--wait")
    assert (run.returncode, run.stdout) == (0, "CTE Import Error Log\nAll Records completed successfully\n")


def test_findings_end_with_1_as_a_check_does(site, system):
    run = submit(site, system, "cte_two_errors.csv", "--wait", "--check-only")
    assert run.returncode == 1
    assert 'Unable to resolve CTE Code ""43""' in run.stdout
    assert "Row Count 25   Success Count 23   Error 2" in run.stderr


def test_the_same_bytes_again_say_when_they_were_sent_and_what_changes(site, system, tmp_path):
    header, *rows = (system.data_dir / "demo-files" / "cte.csv").read_text().splitlines()
    path = tmp_path / "cte.csv"
    path.write_text("\n".join([header, *reversed(rows), ""]))
    first = submit(site, system, str(path), "--wait")
    assert (first.returncode, "sent before" in first.stderr) == (0, False)
    upload_id = re.search(r"Sent as upload (\d+)", first.stderr)[1]
    before = rf"This file was sent before, on \w+day, \w+ \d+, as upload {upload_id}; nothing "
    check = submit(site, system, str(path), "--wait", "--check-only")
    assert re.fullmatch(before + "will change", check.stderr.splitlines()[-1])
    again = submit(site, system, str(path), "--wait")
    assert re.fullmatch(before + "changed", again.stderr.splitlines()[-1])
    assert (check.returncode, again.returncode) == (0, 0)


def test_a_file_that_failed_before_says_so_when_it_is_sent_again(site, system, tmp_path):
    path = tmp_path / "cte.csv"
    path.write_text("this is no header of ours\nnor a row\n")
    first, again = (submit(site, system, str(path), "--wait") for _ in range(2))
    assert (first.returncode, again.returncode) == (2, 2)
    assert "sent before" not in first.stderr
    upload_id = re.search(r"Sent as upload (\d+)", first.stderr)[1]
    assert again.stderr.splitlines()[-1].endswith(f", as upload {upload_id}, which failed")


def test_a_bad_token_ends_with_2_and_a_sentence(site, system):
    run = submit({**site, "TIDEGATE_TOKEN": "tg_nothing"}, system, "cte.csv")
    assert run.returncode == 2
    assert "The token is missing, unknown, revoked or at its end" in run.stderr


NEEDED = ("--file-type", "cte", "--school-year", "2020-2021")


def look(site, folder, *more: str) -> subprocess.CompletedProcess[str]:
    return tidegate("watch", folder, *NEEDED, "--organization", site["SAU"], "--once", *more, environment=site)


def uploads_of(system, name: str) -> int:
    return system.ask("SELECT count(*) FROM uploads_upload WHERE file_name = %s", name)[0]


def test_what_is_dropped_into_a_folder_is_sent_once_and_its_log_lies_beside_it(site, system, tmp_path):
    dropped = tmp_path / "watched once.csv"
    dropped.write_bytes((system.data_dir / "demo-files" / "cte_two_errors.csv").read_bytes())
    (tmp_path / "notes.docx").write_text("not data")
    run = look(site, tmp_path)
    assert (run.returncode, run.stderr) == (1, ""), "Two rows have errors"
    assert "Row Count 25   Success Count 23   Error 2" in run.stdout
    log = tmp_path / "watched once.csv.result-log.csv"
    assert 'Unable to resolve CTE Code ""43""' in log.read_text()
    assert look(site, tmp_path).stdout == ""
    log.unlink()
    assert look(site, tmp_path).returncode == 1
    assert log.exists()
    assert uploads_of(system, dropped.name) == 1, "A watch that lost its log asks for it and does not send again"


def test_a_file_that_is_corrected_is_sent_again(site, system, tmp_path):
    dropped = tmp_path / "corrected.csv"
    dropped.write_bytes((system.data_dir / "demo-files" / "cte_two_errors.csv").read_bytes())
    look(site, tmp_path)
    dropped.write_bytes((system.data_dir / "demo-files" / "cte.csv").read_bytes())
    look(site, tmp_path)
    assert "All Records completed successfully" in (tmp_path / "corrected.csv.result-log.csv").read_text()
    assert uploads_of(system, dropped.name) == 2


def test_a_file_that_cannot_be_taken_gets_its_reason_beside_it(site, system, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "good.csv").write_bytes((system.data_dir / "demo-files" / "cte.csv").read_bytes())
    assert look(site, tmp_path).returncode == 2
    assert "empty" in next(path.read_text() for path in tmp_path.glob("empty.csv.*"))
    assert (tmp_path / "good.csv.result-log.csv").exists()


def test_with_a_bad_token_a_watch_ends_and_writes_nothing(site, system, tmp_path):
    (tmp_path / "good.csv").write_bytes((system.data_dir / "demo-files" / "cte.csv").read_bytes())
    run = look({**site, "TIDEGATE_TOKEN": "tg_nothing"}, tmp_path)
    assert run.returncode == 2
    assert "The token is missing, unknown, revoked or at its end" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["good.csv"]


def test_a_watch_waits_for_a_site_that_is_away_and_for_a_file_that_still_grows(site, system, tmp_path):
    command = [sys.executable, "-m", "tidegate.cli.main", "watch", tmp_path, *NEEDED, "--organization", site["SAU"]]
    content = (system.data_dir / "demo-files" / "cte.csv").read_bytes()
    away = {**site, "TIDEGATE_URL": "http://127.0.0.1:9"}
    (tmp_path / "growing.csv").write_bytes(content)
    with subprocess.Popen([*command, "--every", "0.2"], env=away, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stderr is not None
        assert "It is tried again in 0.2 seconds" in watching.stderr.readline()
        assert watching.poll() is None
        watching.kill()
    with subprocess.Popen([*command, "--every", "0.5"], env=site, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert "growing.csv" in watching.stdout.readline()
        watching.kill()


def test_address_and_token_may_stand_in_a_config_file(site, system, tmp_path):
    config = tmp_path / ".config" / "tidegate" / "submit.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'url = "{site["TIDEGATE_URL"]}/"\ntoken = "{site["TIDEGATE_TOKEN"]}\\n"\n')
    without = {name: value for name, value in site.items() if name not in ("TIDEGATE_URL", "TIDEGATE_TOKEN")}
    run = submit(without | {"HOME": str(tmp_path)}, system, "cte.csv", "--wait", "--check-only")
    assert (run.returncode, run.stdout) == (0, "CTE Import Error Log\nAll Records completed successfully\n")
    config.write_text("url: nothing")
    broken = submit(without | {"HOME": str(tmp_path)}, system, "cte.csv")
    assert (broken.returncode, "submit.toml cannot be read" in broken.stderr) == (2, True)
    config.unlink()
    missing = submit(without | {"HOME": str(tmp_path)}, system, "cte.csv")
    assert "or url and token in ~/.config/tidegate/submit.toml" in missing.stderr


@pytest.mark.parametrize("more", [{"TIDEGATE_URL": "http://site:port"}, {"TIDEGATE_TOKEN": "tg_\u00fc"}])
def test_an_address_or_a_token_that_is_none_is_refused(site, system, more):
    run = submit({**site, **more}, system, "cte.csv")
    assert (run.returncode, run.stderr.splitlines()[0]) == (2, "The address or the token is not valid.")


ROUNDS, AT_ONCE = 3, 8


def test_the_same_request_many_times_at_once_gives_one_upload_and_keeps_one_file(site, system):
    content = (system.data_dir / "demo-files" / "cte.csv").read_bytes()
    form = {"file_type": "cte", "school_year": "2020-2021", "organization": site["SAU"], "check_only": "true"}

    def send(key: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {site['TIDEGATE_TOKEN']}", "Idempotency-Key": key}
        files = {"file": ("at-once.csv", content)}
        return httpx.post(f"{site['TIDEGATE_URL']}/api/v1/uploads", data=form, files=files, headers=headers, timeout=60)

    before = len(list((system.data_dir / "uploads").glob("[0-9a-f][0-9a-f]/*")))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(ROUNDS):
            answers = list(pool.map(send, [f"round {number}"] * AT_ONCE))
            assert {answer.status_code for answer in answers} == {202}
            assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(list((system.data_dir / "uploads").glob("[0-9a-f][0-9a-f]/*"))) - before == ROUNDS


def test_uploads_that_come_at_the_same_moment_are_processed_in_the_order_of_their_numbers(site, system):
    content = (system.data_dir / "demo-files" / "cte.csv").read_bytes()
    form = {"file_type": "cte", "school_year": "2020-2021", "organization": site["SAU"], "check_only": "true"}
    headers = {"Authorization": f"Bearer {site['TIDEGATE_TOKEN']}"}

    def send(_number: int) -> int:
        files = {"file": ("in-line.csv", content)}
        address = f"{site['TIDEGATE_URL']}/api/v1/uploads"
        return httpx.post(address, data=form, files=files, headers=headers, timeout=30).json()["id"]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = sorted(pool.map(send, range(20)))
    busy = "SELECT count(*) FROM uploads_upload WHERE state IN ('waiting', 'processing')"
    wait_for(lambda: not system.ask(busy)[0], "All uploads have ended", seconds=120)
    ended = "SELECT array_agg(id ORDER BY finished_at) FROM uploads_upload WHERE id = ANY(%s)"
    assert system.ask(ended, sent)[0] == sent


LOOK = """
import sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.uploads.models import Upload
from tidegate.uploads.lifecycle.decisions.undo import later_uploads
print(len(later_uploads(Upload.objects.get(pk=int(sys.argv[1])))))
"""


@pytest.fixture
def loaded(site, system) -> httpx.URL:
    """The address of an upload that has changed something."""
    path = system.data_dir / "demo-files" / "cte.csv"
    uploads = f"{site['TIDEGATE_URL']}/api/v1/uploads"
    with httpx.Client(headers={"Authorization": f"Bearer {site['TIDEGATE_TOKEN']}"}, timeout=60) as client:
        content = path.read_bytes().replace(b",1.00,", b",7.77,").replace(b",1.50,", b",8.88,")
        form = {"file_type": "cte", "school_year": "2020-2021", "organization": site["SAU"]}
        sent = client.post(uploads, data=form, files={"file": ("other-credits.csv", content)}).json()
    wait_for(lambda: system.state_of(sent["id"]) == "finished", "The upload is finished")
    return httpx.URL(f"{uploads}/{sent['id']}")


def test_an_undo_beside_a_load_of_the_same_students_says_so_and_can_be_done_afterwards(site, system, loaded):
    headers = {"Authorization": f"Bearer {site['TIDEGATE_TOKEN']}"}
    upload_id = str(loaded).rpartition("/")[2]
    with psycopg.connect(system.url) as load:
        load.execute("SELECT number FROM records_student ORDER BY number FOR NO KEY UPDATE")
        assert run_python(LOOK, upload_id, data_dir=system.data_dir) == "0"
        answer = httpx.post(f"{loaded}/undo", headers=headers, timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (409, "BUSY")
    assert httpx.post(f"{loaded}/undo", headers=headers, timeout=60).json()["state"] == "undone"
