"""The API with a description that is true: errors are problem details, and files are files."""

import json
from typing import Any

from ninja import NinjaAPI

from tidegate.api.problems import CONTENT_TYPE

_JSON = "application/json"
_TEXTS = ("application/x-ndjson",)
_MAX_ID = (1 << 63) - 1
_SAID = {
    "408": "The request stopped on its way or came too slowly; nothing was saved",
    "409": "It cannot be done now: what it names is in another state, or somebody else was faster",
    "429": "Too many requests in a short time; `Retry-After` says when to try again",
    "503": "The site cannot answer now; `Retry-After` says when to ask again",
}
_RETRY_LATER_STATUSES = ("429", "503")
_RETRY_AFTER = {
    "Retry-After": {"description": "After how many seconds", "schema": {"type": "integer", "minimum": 1}},
}


def gives(*media_types: str, and_json: bool = False) -> dict[str, Any]:
    """Return the note on a route that a good answer is a file of one of these types; `and_json`: or, as asked for,
    JSON. What a header says behind the type is left out."""
    return {"x-gives": [each.partition(";")[0] for each in media_types], "x-and-json": and_json}


class DescribedApi(NinjaAPI):
    """Puts right what the framework cannot know of the answers."""

    def get_openapi_operation_id(self, operation: Any) -> str:
        """Return the name that a generated client gives to the call."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, *arguments: Any, **named: Any) -> Any:
        """Return the OpenAPI description."""
        schema = super().get_openapi_schema(*arguments, **named)
        for path in schema["paths"].values():
            for operation in path.values():
                _describe_answers(operation)
                operation.setdefault("security", [])  # what names none is open to everybody, and must say so
        _drop_unused_schemas(schema)
        return schema


def _describe_answers(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and parameter["schema"].get("type") == "integer":
            parameter["schema"] |= {"minimum": 0, "maximum": _MAX_ID}
    media_types, and_json = operation.pop("x-gives", []), operation.pop("x-and-json", False)
    for status, answer in operation["responses"].items():
        answer["description"] = _SAID.get(str(status), answer["description"])
        if str(status) in _RETRY_LATER_STATUSES:
            answer["headers"] = _RETRY_AFTER
        content = answer.get("content", {})
        if int(status) >= 400 and _JSON in content:
            content[CONTENT_TYPE] = content.pop(_JSON)
        elif media_types:
            json = {_JSON: content[_JSON]} if and_json and _JSON in content else {}
            answer["content"] = json | {each: {"schema": _schema_of(each)} for each in media_types}


def _schema_of(media_type: str) -> dict[str, str]:
    is_text = media_type.startswith("text/") or media_type in _TEXTS
    return {"type": "string"} if is_text else {"type": "string", "format": "binary"}


def _drop_unused_schemas(schema: dict[str, Any]) -> None:
    """Take out what nothing refers to: the framework writes the fields of a form where they are sent, and its name
    besides."""
    schemas = schema["components"]["schemas"]
    described = json.dumps(schema)
    for name in [name for name in schemas if f'"#/components/schemas/{name}"' not in described]:
        del schemas[name]
