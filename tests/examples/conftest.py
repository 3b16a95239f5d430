"""The example of another state in one running system, with its demo filled in."""

import html
import re
import time

import httpx
import pytest

from tests.browser.running_site import form_token, serving, sign_in
from tests.examples.way import CLERK, EXAMPLE, HEADER, OFFICE, PASSWORD, ROOT
from tests.forked_command import run_command
from tests.running.conftest import environment_of


class Site:
    """A running system of the example's state with its demo filled in, its clerk signed in, and a token of theirs."""

    def __init__(self, address: str, environment: dict[str, str], demo: str) -> None:
        self.address = address
        self.environment = environment
        self.demo = demo
        self.pages = sign_in(address, CLERK, PASSWORD)
        token = self.run("add-token", CLERK, "--organization", OFFICE, "--name", "transport").split()[-1]
        bearer = {"Authorization": f"Bearer {token}"}
        self.api = httpx.Client(base_url=f"{address}/api/v1", headers=bearer, timeout=60)

    def run(self, *arguments: object, exit_status: int = 0) -> str:
        """Return what a command has printed."""
        ended = run_command(arguments, env=self.environment, cwd=ROOT)
        assert ended.returncode == exit_status, ended.stderr
        return ended.stdout

    def page(self, path: str) -> str:
        """Return the text of a page."""
        answer = self.pages.get(path)
        assert answer.status_code == 200, path
        return text_of(answer)

    def post(self, path: str, *, files: dict | None = None, **data: str) -> str:
        """Return the text of the page that a form leads to."""
        answer = self.pages.post(path, data=data | form_token(self.pages.get("/change-focus/")), files=files)
        assert answer.status_code == 200, answer.text
        return text_of(answer)

    def signed_in(self, email: str) -> httpx.Client:
        """Return the browser of another person of the demo."""
        return sign_in(self.address, email, PASSWORD)

    def send(self, rows: str, **data: str) -> dict:
        """Upload a file of bus riders on the page and return the upload, once it has come to its end."""
        file = {"file": ("riders.csv", HEADER + rows)}
        self.post("/state-reporting-status/upload-file/", files=file, file_type="bus-riders", **data)
        return self.newest_upload()

    def newest_upload(self) -> dict:
        """Return the newest upload, once it has come to its end."""
        numbers = re.findall(r"/state-reporting-status/(\d+)/", self.pages.get("/state-reporting-status/").text)
        return self.ended(max(map(int, numbers)))

    def ended(self, upload_id: int) -> dict:
        for _ in range(600):
            upload = self.api.get(f"/uploads/{upload_id}").json()
            if upload["state"] not in ("waiting", "processing"):
                return upload
            time.sleep(0.1)
        raise AssertionError(f"Upload {upload_id} has not come to its end")


def text_of(answer: httpx.Response) -> str:
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", answer.text).split()))


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("second")
    environment = environment_of(folder / "data") | {"TIDEGATE_STATE": str(EXAMPLE)}
    with (folder / "demo.txt").open("wb") as out, serving(environment, command="demo", out=out) as address:
        yield Site(address, environment, (folder / "demo.txt").read_text())
