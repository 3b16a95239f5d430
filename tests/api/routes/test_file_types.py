"""File types, layouts, samples and codes, and the description of it all."""

import pytest
from django.test import Client

from tests.forked_command import run_python
from tests.states.small_state import FILES, write_state
from tidegate.core.layouts.state_package import STATE
from tidegate.file_types import find, find_all

LAYOUT = "file_types/bus/layout.toml"
ASK_FOR_A_LIST = """
from tidegate.cli.setup import set_up_django
set_up_django()
from tidegate.api.routes.file_types import list_codes
from tidegate.core.errors import NotFound
try:
    list_codes(None, "no_such_list", "2020-2021")
except NotFound as refusal:
    print(refusal.fix)
"""


def test_every_file_type_is_listed_with_its_layout_and_sample(client):
    assert [kind["file_type"] for kind in client.get("/api/v1/file-types").json()] == list(find_all())
    for slug, kind in find_all().items():
        layout = client.get(f"/api/v1/file-types/{slug}/layout?school_year=2020-2021").json()
        assert [column["name"] for column in layout["columns"]] == list(kind.layout.columns)
        sample = client.get(f"/api/v1/file-types/{slug}/sample?school_year=2020-2021").content.decode()
        assert sample.startswith(",".join(kind.layout.columns))


def test_the_codes_of_a_year_are_listed(client):
    codes = client.get("/api/v1/codes/cte_codes?school_year=2020-2021").json()
    assert codes
    assert {"code", "title"} == set(codes[0])


def test_a_list_of_later_years_alone_is_a_code_list_too(tmp_path):
    layout = FILES[LAYOUT].replace(
        "[columns.Miles]",
        '[[columns.Bus.changes]]\nsince = "2022-2023"\nof = { type = "code", list_name = "routes" }\n\n[columns.Miles]',
    )
    listed = FILES["state.toml"] + '[code_lists.routes]\nnouns = ["route", "routes"]\n'
    state = write_state(tmp_path, is_alone=True, **{LAYOUT: layout, "state.toml": listed})
    environment = {"DJANGO_SETTINGS_MODULE": "tidegate.project.settings", "TIDEGATE_DATA_DIR": str(tmp_path)}
    done = run_python(ASK_FOR_A_LIST, env=environment | {STATE: str(state)})
    assert (done.stdout, done.stderr) == ("Choose one of: bus_codes, routes\n", "")


def test_the_description_is_public_and_names_every_route():
    description = Client().get("/api/v1/openapi.json").json()
    assert description["openapi"].startswith("3.")
    assert "/api/v1/uploads" in description["paths"]
    assert "/api/v1/uploads/{upload_id}/findings" in description["paths"]
    assert find("cte").slug == "cte"


def test_a_code_list_that_is_not_there_is_said_with_those_that_are(client):
    for name in ("programs", "%00"):
        answer = client.get(f"/api/v1/codes/{name}?school_year=2020-2021")
        assert (answer.status_code, answer.json()["detail"]) == (404, "Choose one of: credential_codes, cte_codes")


@pytest.mark.parametrize("year", ["0000-0001", "0001-0002", "9998-9999", "1066-1067"])
@pytest.mark.parametrize("address", ["file-types/cte/layout", "file-types/cte/sample", "codes/cte_codes"])
def test_a_school_year_that_the_state_does_not_collect_is_refused(client, address, year):
    answer = client.get(f"/api/v1/{address}?school_year={year}")
    assert (answer.status_code, answer.json()["title"]) == (400, "The state does not collect this school year")
