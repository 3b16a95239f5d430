"""From the click on Upload to the counts, in a real browser on a real `tidegate serve`. `python -m bench.click`.

Every round sends another CTE file of 300 rows through the page. It writes `bench/click.json`.
"""

import argparse
import json
import os
import subprocess
import time
from pathlib import Path
from statistics import median

import psycopg
from playwright.sync_api import Page, sync_playwright

from bench.make_files import make_cte_file, make_reference
from tests.browser.running_site import NO_BROWSER, TIDEGATE, find_chromium, serving

FILES = Path(__file__).parent / "files"
DATA_DIR = FILES / "click"
EMAIL, PASSWORD = "bench@example.org", "a password of the bench"
DATABASE = f"postgresql://postgres@/tidegate?host={DATA_DIR / 'postgres'}"
TIMES = "SELECT sent_at, started_at, finished_at FROM uploads_upload WHERE file_name = %s AND row_count = %s"
ROWS = 300
GOALS = {"click_to_counts": 1.5, "queue": 0.2}
COUNTS_ARE_THERE = r"""name => [...document.querySelectorAll("#uploads tr")].some(row =>
    row.querySelector("a")?.textContent === name
    && [...row.querySelectorAll("td.number")].every(cell => /^\d+$/.test(cell.textContent.trim())))"""


def make_state() -> dict[str, str]:
    """Make the database, once, with the reference folder and a person who sends; return the environment to serve it in."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))}
    env = own | {
        "TIDEGATE_DATA_DIR": str(DATA_DIR),
        "TIDEGATE_LOG_LEVEL": "ERROR",
        "TIDEGATE_MAX_UPLOADS_PER_HOUR": "0",
    }
    subprocess.run([*TIDEGATE, "migrate"], env=env, check=True, stdout=subprocess.DEVNULL)
    done = DATA_DIR / "is-made"
    if not done.exists():
        person = ["add-person", EMAIL, "--name", "Bench", "--role", "data-specialist", "--organization", "1000"]
        for command in (["import-reference", str(make_reference(FILES / "reference"))], person):
            subprocess.run([*TIDEGATE, *command], env=env | {"TIDEGATE_PASSWORD": PASSWORD}, check=True)
        done.touch()
    return env


def sign_in(page: Page) -> None:
    """Sign in as the person who sends."""
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Start").wait_for()


def send(page: Page, file: Path, database: psycopg.Connection) -> dict[str, float]:
    """Send the file through the Upload File box; return the seconds until its counts stand there, and their parts."""
    page.goto("/state-reporting-status/")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Upload File").click()
    box = page.get_by_role("dialog", name="Upload File")
    box.get_by_label("File Type").select_option(label="CTE")
    box.get_by_text("Attach File").click()
    box.get_by_label("File", exact=True).set_input_files(file)
    clicked = time.time()
    box.get_by_role("button", name="Upload").click()
    page.wait_for_function(COUNTS_ARE_THERE, arg=file.name, timeout=60_000)  # looks at every picture that is drawn
    shown = time.time()
    found = database.execute(TIMES, [file.name, ROWS]).fetchone()
    received, started, finished = (moment.timestamp() for moment in found or ())
    parts = {"sending": received - clicked, "queue": started - received, "processing": finished - started}
    return {"click_to_counts": shown - clicked, **parts, "showing": shown - finished}


def main() -> None:
    """Serve, sign in, send one file a round, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="beside the first, cold one")
    rounds = parser.parse_args().rounds
    chromium = find_chromium() or parser.error(NO_BROWSER)
    load, measured = os.getloadavg()[0], []
    with serving(make_state()) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(base_url=address, bypass_csp=True)  # the policy lets nobody evaluate, us neither
        sign_in(page)
        with psycopg.connect(DATABASE, autocommit=True) as database:
            first = len(database.execute("SELECT FROM uploads_upload").fetchall())
            for seed in range(first, first + rounds + 1):  # rows that nobody has sent before
                file = make_cte_file(DATA_DIR / f"click_{seed}.csv", rows=ROWS, bad_percent=5, seed=seed)
                measured.append(send(page, file, database))
        browser.close()
    cold, *warm = [{name: round(seconds, 3) for name, seconds in each.items()} for each in measured]
    middle = {name: round(median(each[name] for each in warm), 3) for name in cold}
    result = {"rows": ROWS, "load_before": load, "goals": GOALS, "cold": cold, "median": middle, "rounds": warm}
    result["goals_met"] = all(middle[name] < goal for name, goal in GOALS.items())
    (Path(__file__).parent / "click.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
