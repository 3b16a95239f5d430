"""Reads what a request says: every text of it can be stored and answered."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.errors import ValidationError
from ninja.parser import Parser


class TextParser(Parser):
    """Refuses a lone surrogate, such as U+D800: JSON can write it, and so can a form in an odd encoding, but it is no
    text for a digest or the database."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return what a body in JSON says. Raises a ValidationError where a text of it cannot be one."""
        said = super().parse_body(request)
        _check_text(json.dumps(said, ensure_ascii=False), "body")
        return said

    def parse_querydict(
        self, data: "MultiValueDict[str, Any]", list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return what a query or a form says. Raises a ValidationError where a text of it cannot be one."""
        for name, values in data.lists():
            _check_text("".join((name, *(value for value in values if isinstance(value, str)))), "query or form")
        return super().parse_querydict(data, list_fields, request)


def _check_text(text: str, position: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValidationError(
            [{"loc": [position], "msg": "A text has half of a character (a lone surrogate)"}]
        ) from None
