"""Looks at how rules and guides are written: whole sentences, messages without a full stop or blame."""

import inspect
import re
from collections.abc import Iterator

from tidegate.core.rules.rule import Rule, Severity
from tidegate.file_types.file_type import FileType

_BLAME = ("invalid", "illegal", "wrong", "you ", "<", "please")


def problems_of_message(rule: type[Rule]) -> Iterator[str]:
    """Yield what is wrong with a rule's message."""
    message, location = rule.message, _location(rule)
    if message.endswith("."):
        yield f"{location}: the message of {rule.code} ends with a full stop"
    if ". " in message:
        yield f"{location}: the message of {rule.code} is more than one sentence"
    for word in _BLAME:
        if word in message.lower():
            yield f'{location}: the message of {rule.code} blames somebody or is no plain text: "{word.strip()}"'
    if not message or not (message[0].isupper() or message[0] == "{"):
        yield f"{location}: the message of {rule.code} does not begin with a capital letter"


def problems_of_docstring(rule: type[Rule]) -> Iterator[str]:
    """Yield what is wrong with the texts that say what a rule checks and how to fix what it finds."""
    parts = {"summary": rule.summary, "What it checks": rule.what_it_checks, "How to fix it": rule.how_to_fix}
    for name, text in parts.items():
        if not text and rule.severity is Severity.NOTICE:  # a notice may need nothing
            continue
        if not text.endswith((".", ")")) or not text[0].isupper():
            yield f"{_location(rule)}: {name} of {rule.code} is no whole sentence"


def problems_of_guide(file_type: FileType) -> Iterator[str]:
    """Yield what is wrong with what uploaders read of a file type."""
    path = file_type.folder / "guide.md"
    if path.is_file() and not re.search(r"^# .*\S", file_type.guide, re.MULTILINE):
        yield f"{path}:1: the guide has no title"
    if not file_type.layout.summary.endswith("."):
        yield file_type.in_layout("the summary is no whole sentence", "summary")
    for column in file_type.layout.columns.values():
        if not column.description.endswith((".", ")")):
            said = f"the description of {column.name} is no whole sentence"
            yield file_type.in_layout(said, f"columns.{column.name}.description")


def problems_of_area(file_type: FileType) -> Iterator[str]:
    """Yield the rules whose codes do not begin with the area of the file type."""
    for rule in file_type.rules:
        if rule.code[:-3] != file_type.layout.area:
            yield f"{_location(type(rule))}: the code {rule.code} does not begin with {file_type.layout.area}"


def _location(rule: type[Rule]) -> str:
    return f"{inspect.getsourcefile(rule)}:{inspect.getsourcelines(rule)[1]}"
