"""Runs the examples of rules and layouts: a good one breaks nothing, a bad one breaks its rule."""

import inspect
from collections.abc import Iterator

from tidegate.core.layouts.import_checked import describe_import_error
from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.catalogue import column_rules, lookup_rules
from tidegate.core.rules.examples import column_example, lookup_example, messages_of
from tidegate.core.rules.rule import ColumnRule, Example, RowRule
from tidegate.file_types.file_type import FileType


def problems_of_examples(rule: RowRule, layout: Layout) -> Iterator[str]:
    """Yield what is wrong with the examples of a rule about rows."""
    for kind in ("good", "bad"):
        examples: tuple[Example, ...] = getattr(rule, kind)
        if not examples:
            yield f"{_location(rule, kind)}: {rule.code} has no {kind} example"
        for example in examples:
            yield from _problem_of_example(rule, layout, example, is_good=kind == "good")


def _problem_of_example(rule: RowRule, layout: Layout, example: Example, *, is_good: bool) -> Iterator[str]:
    kind = "good" if is_good else "bad"
    try:
        said = messages_of(rule, layout, example)
    except Exception as error:  # noqa: BLE001 - whatever the rule's own code raises
        said_of = describe_import_error(error, type(rule).__module__, act="carried out")
        yield f"{said_of} (in the {kind} example {example} of {rule.code})"
        return
    if is_good and said:
        yield f"{_location(rule, kind)}: {rule.code}: the good example {example} breaks the rule: {said[0]}"
    elif not is_good and not said:
        yield f"{_location(rule, kind)}: {rule.code}: the bad example {example} does not break the rule"


def _location(rule: RowRule, name: str) -> str:
    lines, first = inspect.getsourcelines(type(rule))
    number = next((number for number, line in enumerate(lines) if line.lstrip().startswith(f"{name} =")), 0)
    return f"{inspect.getsourcefile(type(rule))}:{first + number}"


def problems_of_builtin(file_type: FileType) -> Iterator[str]:
    """Yield a sentence for each built-in rule about a column or a look-up that its example on this layout does not
    break: it would find nothing in any file."""
    layout = file_type.layout
    examples: list[tuple[ColumnRule | RowRule, Example]]
    examples = [(rule, column_example(rule)) for rule in column_rules(layout)]
    examples += [(rule, lookup_example(rule)) for rule in lookup_rules(layout)]
    for rule, example in examples:
        if not messages_of(rule, layout, example):
            said = f"{rule.code} finds nothing wrong with {rule.column} in {dict(example)}"
            yield file_type.in_layout(said, f"columns.{rule.column}")


def problems_of_row(file_type: FileType) -> Iterator[str]:
    """Yield a sentence for each built-in rule that the example row of the layout breaks."""
    layout = file_type.layout
    rules: list[ColumnRule | RowRule] = [*column_rules(layout), *lookup_rules(layout)]
    for rule in rules:
        for said in messages_of(rule, layout, {}):
            sentence = f"the example of {rule.column} breaks {rule.code}: {said}"
            yield file_type.in_layout(sentence, f"columns.{rule.column}.example")
