"""The OpenAPI description is true: schemathesis asks everything it allows, and much that it does not."""

import json
from pathlib import Path

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, assume, settings
from schemathesis.checks import load_all_checks
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tidegate.api.urls import api
from tidegate.core.outputs.catalogue import downloads
from tidegate.project.wsgi import application
from tidegate.uploads.lifecycle.exports.export_records import FORMS
from tidegate.uploads.models import State, Upload

DESCRIPTION = json.loads(json.dumps(api.get_openapi_schema()))
OPERATIONS = [f"{method.upper()} {path}" for path, each in DESCRIPTION["paths"].items() for method in each]
schema = schemathesis.openapi.from_dict(DESCRIPTION)
schema.app = application


@pytest.fixture(autouse=True)
def stay_in_the_transaction_of_the_test():
    """A server closes its connection around a request; the test's own must stay, as Django's test client has it."""
    around = (request_started, request_finished)
    for signal in around:
        signal.disconnect(close_old_connections)
    yield
    for signal in around:
        signal.connect(close_old_connections)


@pytest.fixture
def headers(world, client_of, settings):
    """A token's header, in a world with uploads in every state, the newest with the ID that the cases use."""
    settings.TIDEGATE_MAX_UPLOADS_PER_HOUR = 0
    for state in ("waiting", "on_hold", "failed", "cancelled", "undone", "finished"):
        world.find(world.send(state=state))
    return {"Authorization": client_of("data specialist").defaults["HTTP_AUTHORIZATION"]}


READ = {"after", "school_year", "organization", "as_of", "format", "indicator", "key", "office", "file_type", "rule"}


# Not `schema.parametrize`, which makes the cases while tests are collected: of all operations, in each process.
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_as_the_description_says(operation, headers):
    method, path = operation.split()
    load_all_checks()
    [made] = get_all_tests(
        schema=schema.include(method=method, path=path), test_func=ask, settings=None, given_kwargs={}
    )
    made.ok()[1](headers=headers)


@settings(
    max_examples=settings.default.max_examples // 3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def ask(case, headers):
    """Ask what the case says, and compare the answer with the description."""
    assume(set(case.query or {}) <= READ)  # others are passed over, as the web does
    upload_id = case.path_parameters.get("upload_id")
    if isinstance(upload_id, int) and 0 <= upload_id < 1 << 63 and upload_id % 3:  # often one that there is
        known = list(Upload.objects.order_by("pk").values_list("pk", flat=True))
        case.path_parameters["upload_id"] = known[upload_id % len(known)]
    # a description cannot say which years and organizations there are
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])


def test_the_published_description_is_that_of_the_program():
    published = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
    assert json.loads(published.read_text()) == DESCRIPTION, "Run make docs"


def test_names_of_calls_are_fit_for_a_generated_client():
    names = [operation["operationId"] for path in DESCRIPTION["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() and len(name) < 30 for name in names)


@pytest.mark.parametrize(
    ("method", "address", "status"), [("get", "/api/v1/nothing", 404), ("put", "/api/v1/uploads", 405)]
)
def test_what_the_api_does_not_have_is_a_problem_too(client, method, address, status):
    answer = getattr(client, method)(address)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_the_description_names_every_state_of_an_upload():
    schemas = DESCRIPTION["components"]["schemas"]
    state = schemas["UploadOut"]["properties"]["state"]
    assert schemas[state["$ref"].rpartition("/")[2]]["enum"] == State.values


def test_the_description_says_when_to_come_again_and_what_a_conflict_is():
    for path in DESCRIPTION["paths"].values():
        for operation in path.values():
            answers = operation["responses"]
            assert all("Retry-After" in answers[status]["headers"] for status in ("429", "503") if status in answers)
            assert "409" not in answers or "what it names is in another state" in answers["409"]["description"]


def test_a_request_for_a_host_that_is_not_ours_is_a_problem_too(client):
    answer = client.get("/api/v1/receipt-key", HTTP_HOST="elsewhere.example")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert client.get("/", HTTP_HOST="elsewhere.example")["Content-Type"].startswith("text/html")


def test_the_description_has_what_redoclys_recommended_rules_ask_for():
    operations = [operation for path in DESCRIPTION["paths"].values() for operation in path.values()]
    assert [server["url"] for server in DESCRIPTION["servers"]] == ["/"]
    assert DESCRIPTION["info"]["license"]["identifier"] == "Apache-2.0"
    assert all("security" in operation for operation in operations)
    assert all(any(status.startswith("4") for status in operation["responses"]) for operation in operations)
    assert [operation["operationId"] for operation in operations if not operation["security"]] == ["get_receipt_key"]


def test_the_description_names_no_schema_that_nothing_uses():
    described = json.dumps(DESCRIPTION)
    for name in DESCRIPTION["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in described, name


def test_every_format_of_a_file_is_described_with_its_media_type():
    paths = DESCRIPTION["paths"]
    forms = {f"/api/v1/uploads/{{upload_id}}/{output.slug}": output.forms for output in downloads()}
    of_records = dict.fromkeys(("/api/v1/records/{file_type}", "/api/v1/records/{file_type}/sources"), FORMS.values())
    for path, given in (forms | of_records).items():
        operation = paths[path]["get"]
        [asked] = [each["schema"] for each in operation["parameters"] if each["name"] == "format"]
        assert (asked.get("enum") or [asked["const"]]) == [form.suffix for form in given]
        media_types = [form.media_type.partition(";")[0] for form in given]
        assert list(operation["responses"]["200"]["content"]) == media_types


def test_a_problem_is_described_with_all_that_it_may_say(world, client_of):
    described = DESCRIPTION["components"]["schemas"]["Problem"]["properties"]
    assert described.keys() == {"type", "title", "status", "code", "detail", "errors", "incident_id"}
    malformed = client_of("data specialist").get("/api/v1/codes/cte_codes?school_year=x").json()
    [error] = malformed["errors"]
    assert malformed.keys() <= described.keys()
    assert error.keys() == DESCRIPTION["components"]["schemas"]["MalformedPartOut"]["properties"].keys()
