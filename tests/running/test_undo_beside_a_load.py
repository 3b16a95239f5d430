"""An undo beside an upload that speaks of the same students: whoever looks waits for nobody, who undoes is told."""

import time

import httpx
import psycopg
import pytest

from tests.running.conftest import run_python, wait_for
from tests.running.test_submit import site  # noqa: F401 - a fixture

LOOK = """
import sys
from tidegate.cli.setup import set_up
set_up()
from tidegate.uploads.models import Upload
from tidegate.uploads.lifecycle.undo import later_uploads
print(len(later_uploads(Upload.objects.get(pk=int(sys.argv[1])))))
"""


@pytest.fixture
def loaded(site, system) -> httpx.URL:  # noqa: F811
    """The address of an upload that has changed something."""
    path = system.data_dir / "demo-files" / "cte.csv"
    uploads = f"{site['TIDEGATE_URL']}/api/v1/uploads"
    with httpx.Client(headers={"Authorization": f"Bearer {site['TIDEGATE_TOKEN']}"}) as client:
        content = path.read_bytes().replace(b",1.00,", b",7.77,").replace(b",1.50,", b",8.88,")
        form = {"file_type": "cte", "school_year": "2020-2021", "organization": site["SAU"]}
        sent = client.post(uploads, data=form, files={"file": ("other-credits.csv", content)}).json()
    wait_for(lambda: system.state_of(sent["id"]) == "finished", "The upload is finished")
    return httpx.URL(f"{uploads}/{sent['id']}")


def test_an_undo_beside_a_load_of_the_same_students_says_so_and_can_be_done_afterwards(site, system, loaded):  # noqa: F811
    headers = {"Authorization": f"Bearer {site['TIDEGATE_TOKEN']}"}
    upload_id = str(loaded).rpartition("/")[2]
    with psycopg.connect(system.url) as load:
        load.execute("SELECT number FROM records_student ORDER BY number FOR NO KEY UPDATE")
        began = time.monotonic()
        assert run_python(LOOK, upload_id, data_dir=system.data_dir) == "0"
        answer = httpx.post(f"{loaded}/undo", headers=headers, timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (409, "BUSY")
        assert time.monotonic() - began < 30
    assert httpx.post(f"{loaded}/undo", headers=headers, timeout=60).json()["state"] == "undone"
