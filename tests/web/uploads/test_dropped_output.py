"""An output is one file: dropped into the package it has its page, its API route, its option and its documentation."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.contrib.auth.decorators import login_not_required
from django.test import Client
from django.urls import include, path, reverse

from tidegate.accounts.models import USUAL_SCOPES
from tidegate.accounts.tokens import add_token
from tidegate.api.authenticate import BearerToken
from tidegate.api.openapi import DescribedApi
from tidegate.api.problems import answer_problems
from tidegate.api.routes.outputs import routes_of
from tidegate.audit.models import Event
from tidegate.core import outputs
from tidegate.core.errors import BrokenOutput
from tidegate.core.outputs.catalogue import find_output, find_outputs
from tidegate.file_types import find
from tidegate.project import urls as project_urls
from tidegate.web.urls import output_paths

ROOT = Path(__file__).parents[3]
CASE = find("cte").folder / "cases" / "the_guides_two_errors"
RECIPE = (ROOT / "docs" / "extending" / "README.md").read_text().partition("## A new output is one file")[2]
BAD_ROWS = RECIPE.partition("```python\n")[2].partition("```")[0]
EVERYTHING = """
import json, sys
from tidegate.core import outputs
outputs.__path__.append(sys.argv[1])
from tools import make_docs
print(json.dumps([make_docs.outputs_page(), make_docs.commands_page(), make_docs.description()]))
"""
CHECK = """
import sys
from tidegate.core import outputs
outputs.__path__.append(sys.argv.pop(1))
from tidegate.cli.main import run
run()
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with the one file."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "bad_rows.py").write_text(BAD_ROWS)
    return tmp_path / "more"


@pytest.fixture
def dropped(folder, monkeypatch, settings):
    """The output of the one file, found, with an address among those of the site."""
    monkeypatch.setattr(outputs, "__path__", [*outputs.__path__, str(folder)])
    find_outputs.cache_clear()
    found = find_output("bad-rows")
    addresses = ModuleType("with_the_dropped_output")
    api = DescribedApi(auth=BearerToken(), urls_namespace="with-the-dropped-output")
    api.add_router("", routes_of([found]))
    answer_problems(api)
    routes = api.urls[0]
    for route in routes:
        route.callback = login_not_required(route.callback)
    addresses.urlpatterns = [
        path("dropped/", include((routes, "api"))),
        *output_paths([found]),
        *project_urls.urlpatterns,
    ]
    settings.ROOT_URLCONF = addresses
    yield found
    sys.modules.pop(found.__module__)
    find_outputs.cache_clear()


@pytest.fixture
def upload(world):
    sent = world.send()
    for row in (3, 7):
        world.find(sent, row=row)
    return sent


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_its_pages_give_each_form_under_the_files_name(dropped, upload, specialist):
    for suffix, content in (("txt", b"3\n7\n"), ("csv", b"Row\n3\n7\n")):
        response = specialist.get(reverse(f"bad_rows_{suffix}", args=[upload.pk]))
        assert b"".join(response.streaming_content) == content
        assert response["Content-Disposition"] == f'attachment; filename="cte-bad-rows.{suffix}"'
    assert Event.objects.filter(act="upload.bad_rows_downloaded", subject_id=str(upload.pk)).count() == 2


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("specialist elsewhere", 404), ("nobody", 404)])
def test_its_page_is_closed_to_those_whom_its_permission_does_not_name(dropped, upload, signed_in, role, status):
    assert signed_in(role).get(reverse("bad_rows_txt", args=[upload.pk])).status_code == status


def test_the_uploads_page_offers_it_to_those_who_may_have_it(dropped, upload, signed_in):
    addresses = [reverse(f"bad_rows_{suffix}", args=[upload.pk]) for suffix in ("txt", "csv")]
    for role, is_offered in (("data specialist", True), ("viewer", False)):
        shown = signed_in(role).get(reverse("upload", args=[upload.pk])).content.decode()
        assert [f'href="{address}"' in shown for address in addresses] == [is_offered] * 2


def test_its_route_gives_the_first_form_to_whoever_may_have_it(dropped, upload, world):
    person, scopes = world.person("data specialist"), USUAL_SCOPES
    _, secret = add_token(by=None, person=person, organization=world.rock_star, name="SIS", scopes=scopes)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    answer = client.get(f"/dropped/uploads/{upload.pk}/bad-rows")
    assert b"".join(answer.streaming_content) == b"3\n7\n"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert Event.objects.get(act="upload.bad_rows_downloaded").subject_id == str(upload.pk)
    person.memberships.update(role="viewer")
    assert client.get(f"/dropped/uploads/{upload.pk}/bad-rows").status_code == 403


def test_it_is_there_when_the_result_log_is(dropped, world, specialist):
    waiting = world.send(state="waiting", row_count=None, success_count=None, error_count=None)
    assert specialist.get(reverse("bad_rows_txt", args=[waiting.pk])).status_code == 409


def test_its_documentation_and_description_are_drawn(folder):
    run = python(EVERYTHING, folder)
    assert run.returncode == 0, run.stderr
    page, commands, description = json.loads(run.stdout)
    assert "## Bad rows\n\nThe numbers of the rows that were not loaded, one a line.\n" in page
    assert (
        "- `--bad-rows`: Also write the bad rows to this file, as CSV where its name ends so, else as TXT\n" in commands
    )
    operation = json.loads(description)["paths"]["/api/v1/uploads/{upload_id}/bad-rows"]["get"]
    assert (operation["operationId"], operation["summary"]) == ("get_bad_rows", "The bad rows")
    assert operation["description"] == "Return the numbers of the rows that were not loaded, one a line."
    content = {"schema": {"type": "string"}}
    assert operation["responses"]["200"]["content"] == {"text/plain": content, "text/csv": content}


def test_a_check_writes_it_in_the_form_that_the_name_asks_for(folder, tmp_path):
    needed = ("--file-type", "cte", "--school-year", "2020-2021", "--reference", CASE / "reference")
    for name in ("bad.txt", "bad.csv"):
        run = python(CHECK, folder, "check", CASE / "upload.csv", *needed, "--bad-rows", tmp_path / name)
        assert run.returncode == 1, run.stderr
    log = csv.DictReader(io.StringIO((CASE / "result_log.csv").read_text()))
    rows = "".join(f"{row}\n" for row in dict.fromkeys(line["Row Number"] for line in log))
    assert (tmp_path / "bad.txt").read_text() == rows
    assert (tmp_path / "bad.csv").read_text() == f"Row\n{rows}"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('    name = "bad rows"\n', "", "Output BadRows lacks its name"),
        ("    forms = (TEXT, CSV)\n", "", "Output BadRows lacks its forms"),
        ("forms = (TEXT, CSV)", "forms = (TEXT, TEXT)", "Output BadRows has two forms with the same suffix"),
        ("def chunks", "def pieces", "Output BadRows lacks its chunks"),
        ('    """The numbers of the rows that were not loaded, one a line."""\n', "", "the docstring says what it is"),
        ("class BadRows(Output)", "class BadRows", "more.bad_rows holds one output, a subclass of Output; it has 0"),
    ],
)
def test_a_missing_part_is_named_before_anything_starts(folder, before, after, said):
    (folder / "bad_rows.py").write_text(BAD_ROWS.replace(before, after))
    run = python(CHECK, folder, "check", "--help")
    assert run.returncode == 3
    assert "This installation has a broken output." in run.stderr
    assert said.removeprefix("more.") in run.stderr


def test_two_outputs_are_not_printed_by_one_format(folder, monkeypatch):
    extra = BAD_ROWS.replace("Form, Output", "Form, Output, Print").replace(
        "    permission", '    printed = Print("csv", "numbers")\n    permission'
    )
    (folder / "bad_rows.py").write_text(extra)
    monkeypatch.setattr(outputs, "__path__", [*outputs.__path__, str(folder)])
    find_outputs.cache_clear()
    with pytest.raises(BrokenOutput, match="Two outputs are printed by --format csv"):
        find_outputs()
    sys.modules.pop("tidegate.core.outputs.bad_rows")
    find_outputs.cache_clear()
