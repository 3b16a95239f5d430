"""Tests a state's package as the suite tests the program's own, without a database."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tidegate.core.layouts.state_package import StatePackage
from tidegate.core.rules.catalogue import row_rules
from tidegate.file_types.file_type import FileType, find_all_of
from tidegate.file_types.problems import problems_of_package
from tidegate.file_types.trial.cases import case_folders, problems_of_case, problems_of_cases
from tidegate.file_types.trial.examples import problems_of_builtin, problems_of_examples, problems_of_row
from tidegate.file_types.trial.wording import (
    problems_of_area,
    problems_of_docstring,
    problems_of_guide,
    problems_of_message,
)


@dataclass
class Trial:
    """What was tested of a package, how often, and what is wrong or missing."""

    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def run_trial(package: StatePackage) -> Trial:
    """Test a package. What cannot be loaded is said first; only what can be is tested further."""
    trial = Trial(list(dict.fromkeys(problems_of_package(package, with_tables=False))))
    if trial.problems:
        return trial
    types = list(find_all_of(package).values())
    for file_type in types:
        trial.problems += _problems(file_type, types, trial.counts)
    return trial


def _problems(file_type: FileType, types: list[FileType], counts: Counter[str]) -> Iterator[str]:
    counts["file type"] += 1
    yield from problems_of_guide(file_type)
    yield from problems_of_area(file_type)
    yield from problems_of_row(file_type)
    yield from problems_of_builtin(file_type)
    for rule in file_type.rules:
        counts["rule"] += 1
        counts["example"] += len(rule.good) + len(rule.bad)
        yield from problems_of_message(type(rule))
        yield from problems_of_docstring(type(rule))
        yield from problems_of_examples(rule, file_type.layout)
    for built_in in row_rules(file_type.layout):
        yield from problems_of_examples(built_in, file_type.layout)
    yield from problems_of_cases(file_type)
    for folder in case_folders(file_type):
        counts["case"] += 1
        yield from problems_of_case(file_type, folder, types)
