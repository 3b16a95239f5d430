"""Finds what is wrong with file types: modules, rules, and what layouts change about rules. A check asks it, too."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.import_checked import import_checked, in_words_with_place
from tidegate.core.layouts.layout import RuleChange
from tidegate.core.lookups.lookup import lookups_of
from tidegate.core.rules.catalogue import check_change
from tidegate.core.rules.expressions import AT, POSITION, ROW, ROW_IS_BAD
from tidegate.core.rules.rule import RowRule
from tidegate.file_types.file_type import LAYOUT, FileType

_VALUE = ":value"
_FACTS = ("context", "on_file")
_OF_EVERY_ROW = {ROW, AT, ROW_IS_BAD, POSITION}


def refuse_broken_types(types: Iterable[FileType]) -> None:
    """Raise BrokenLayout with the first problem of these file types; Django is not needed."""
    for problem in problems_of_types(types, with_tables=False):
        raise BrokenLayout(problem)


def problems_of_types(types: Iterable[FileType], *, with_tables: bool) -> Iterator[str]:
    """Yield what is wrong with file types: modules, rules, and what layouts change about rules."""
    seen: dict[str, str] = {}
    for file_type in types:
        modules = ["load", "answer"] if with_tables else []
        for name in modules:
            if (file_type.folder / f"{name}.py").exists():
                yield from _said(partial(import_checked, f"{file_type.package}.{name}"))
        yield from (unreadable := list(_said(partial(getattr, file_type, "rules"))))
        if unreadable:
            continue
        for change in file_type.layout.rules:
            yield from _problem_of_change(file_type, change)
        for rule in file_type.rules:
            if seen.setdefault(rule.code, file_type.slug) != file_type.slug:
                place = _place(rule, rule.code)
                yield f"{place}: the code {rule.code} is in {seen[rule.code]} and in {file_type.slug}"
            yield from problems_of_rule(file_type, rule)


def _said(act: Callable[[], object]) -> Iterator[str]:
    """Do something, and yield what was wrong with it."""
    try:
        act()
    except BrokenLayout as error:
        yield str(error)


def _problem_of_change(file_type: FileType, change: RuleChange) -> Iterator[str]:
    path = file_type.folder / LAYOUT
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    line = next((number for number, text in lines if f'"{change.code}"' in text), 1)
    for said in _said(partial(check_change, change, file_type.rules_by_code())):
        yield f"{path}:{line}: {said}"


def problems_of_rule(file_type: FileType, rule: RowRule) -> Iterator[str]:
    """Yield a sentence for each column and look-up that the rule names and the layout does not have."""
    try:
        names = {*rule.columns, *rule.expression_columns(), *rule.named() - rule.message_values().keys()}
    except Exception as error:  # noqa: BLE001 - whatever the rule's own code raises
        yield in_words_with_place(error, type(rule).__module__)
        return
    title, lookups = file_type.name, {*lookups_of(file_type.layout), *_FACTS}
    for name in sorted(names):
        bare = name.removesuffix(_VALUE)
        of_lookup, dot, _ = name.partition(".")
        if bare in file_type.layout.columns:
            continue
        if name in rule.columns or (not dot and bare.isidentifier() and name not in _OF_EVERY_ROW):
            yield f'{_place(rule, bare)}: {rule.code} names the column "{bare}", which {title} does not have'
        elif dot and of_lookup.isidentifier() and of_lookup not in lookups and not _is_of_rule(of_lookup):
            yield (f'{_place(rule, name)}: {rule.code} names the look-up "{of_lookup}", which {title} does not have')


def _is_of_rule(name: str) -> bool:
    """Whether it is a code: a rule reads what another one has computed."""
    return name[-3:].isdigit()


def _place(rule: RowRule, name: str) -> str:
    """Return the first line of the rule that has the name."""
    lines, first = inspect.getsourcelines(type(rule))
    number = next((number for number, line in enumerate(lines) if name in line), 0)
    return f"{inspect.getsourcefile(type(rule))}:{first + number}"
