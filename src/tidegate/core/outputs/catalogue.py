"""Finds outputs: every module of this package has one, except the modules that outputs share."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from tidegate.core import outputs
from tidegate.core.errors import BrokenOutput
from tidegate.core.outputs.output import Output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_TOOLS = frozenset(
    {
        "carried_columns",
        "catalogue",
        "first_findings",
        "output",
        "planned_lines",
        "source",
        "spreadsheet",
        "workbook",
    }
)


@cache
def find_outputs() -> tuple[Output, ...]:
    """Return every output, in the order of lists and options. Raises BrokenOutput if a module does
    not have exactly one output, or two outputs have the same value of `--format`."""
    return outputs_in(outputs)


def find_output(slug: str) -> Output:
    """Return the output of that slug. Raises KeyError if there is none."""
    return {output.slug: output for output in find_outputs()}[slug]


def downloads() -> Iterator[Output]:
    """Yield the outputs that have a page and an API route."""
    return (output for output in find_outputs() if output.is_download)


def options() -> Iterator[Output]:
    """Yield the outputs that `tidegate check` has an option for."""
    return (output for output in find_outputs() if output.is_download and not output.needs_upload)


def printed() -> dict[str, Output]:
    """Return the outputs that `tidegate check` prints, by the value of `--format`."""
    return {output.printed.format: output for output in find_outputs() if output.printed}


def outputs_in(package: ModuleType) -> tuple[Output, ...]:
    """Return the output of every module in the package, sorted. Raises what `find_outputs` does."""
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    found = [_output_of(f"{package.__name__}.{name}") for name in names if name not in _TOOLS]
    formats = [output.printed.format for output in found if output.printed]
    if doubled := {name for name in formats if formats.count(name) > 1}:
        raise BrokenOutput(f"Two outputs are printed by --format {min(doubled)}")
    return tuple(sorted(found, key=lambda output: (output.order, output.slug)))


def _output_of(module_name: str) -> Output:
    module = importlib.import_module(module_name)
    found = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Output) and thing.__module__ == module_name
    ]
    if len(found) != 1:
        raise BrokenOutput(f"{module_name} holds one output, a subclass of Output; it has {len(found)}")
    return found[0]()
