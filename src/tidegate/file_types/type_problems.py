"""Finds what is wrong with file types: modules, rules, and what layouts change about rules. A check asks it, too."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.layouts.import_checked import describe_import_error, import_checked
from tidegate.core.layouts.layout import RuleChange
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import lookups_of
from tidegate.core.rules.catalogue import check_change
from tidegate.core.rules.expressions import AT, POSITION, ROW, ROW_IS_BAD
from tidegate.core.rules.rule import RowRule, names_in
from tidegate.file_types.file_type import LAYOUT, FileType
from tidegate.file_types.formats import formats_of

_VALUE = ":value"
_FOLDER_FORM = "[a-z][a-z0-9_]{0,49}"
_PAGES_OF_STUDENTS = {"history"}
# Asked about it, a since or until that is no school year is refused.
_ANY_YEAR = SchoolYear(0)
_FACTS = ("context", "on_file")
_OF_EVERY_ROW = {ROW, AT, ROW_IS_BAD, POSITION}


def refuse_broken_types(types: Iterable[FileType]) -> None:
    """Raise BrokenLayout with the first problem of these file types; Django is not needed."""
    for problem in problems_of_types(types, with_tables=False):
        raise BrokenLayout(problem)


def problems_of_types(types: Iterable[FileType], *, with_tables: bool) -> Iterator[str]:
    """Yield what is wrong with file types: modules, rules, and what layouts change about rules."""
    seen: dict[str, str] = {}
    types = list(types)
    yield from _problems_of_names(types)
    for file_type in types:
        modules = ["load", "answer"] if with_tables else []
        for name in modules:
            if (file_type.folder / f"{name}.py").exists():
                yield from _said(partial(import_checked, f"{file_type.package}.{name}"))
        yield from _said(partial(formats_of, file_type))
        yield from (unreadable := list(_said(partial(getattr, file_type, "rules"))))
        if unreadable:
            continue
        yield from _problems_of_look_ups(file_type)
        for change in file_type.layout.rules:
            yield from _problem_of_change(file_type, change)
        yield from _problems_of_waiting(file_type)
        for rule in file_type.rules:
            if seen.setdefault(rule.code, file_type.slug) != file_type.slug:
                location = _location(rule, rule.code)
                yield f"{location}: the code {rule.code} is in {seen[rule.code]} and in {file_type.slug}"
            yield from problems_of_rule(file_type, rule)


def _problems_of_names(types: Sequence[FileType]) -> Iterator[str]:
    """Yield what is wrong with names: those that addresses and commands cannot have, and those that two types have."""
    for file_type in types:
        folder = file_type.folder
        if not re.fullmatch(_FOLDER_FORM, folder.name):
            yield f"{folder}: the folder of a file type is named as in bus_riders, since addresses have the name"
        if file_type.slug in _PAGES_OF_STUDENTS:
            yield f"{folder}: the page of a student has {file_type.slug} already: name the folder otherwise"
    first: dict[tuple[str, str], FileType] = {}
    for file_type in types:
        layout = file_type.layout
        names = {"name": layout.name, "log_title": layout.log_title}
        names |= {"on_file.table": layout.on_file.table} if layout.on_file else {}
        for keys, said in names.items():
            other = first.setdefault((keys, said.casefold()), file_type)
            if other is not file_type:
                yield file_type.in_layout(f'{keys} "{said}" is that of {other.slug}, too', keys)


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
    by_code = file_type.rules_by_code()
    if refused := list(_said(partial(check_change, change, by_code))):
        yield f"{path}:{line}: {refused[0]}"
        return
    rule = by_code[change.code]
    known = names_in(rule.message).union(*(own.message_values() for own in file_type.rules if own.code == change.code))
    for said in _problems_of_text(file_type, change.message, known):
        yield f"{path}:{line}: [[rules]] the message of {change.code} {said}"


def _problems_of_waiting(file_type: FileType) -> Iterator[str]:
    """Yield what is wrong with the rules whose rows may wait."""
    own = {rule.code for rule in file_type.rules}
    for code in file_type.layout.may_wait:
        if code not in own:
            yield file_type.in_layout(f'may_wait names "{code}", and the file type has no such rule', "may_wait")
    if file_type.layout.may_wait and file_type.layout.on_file is None:
        yield file_type.in_layout("rows may wait, and nothing says under [on_file] what they become", "may_wait")


def _problems_of_look_ups(file_type: FileType) -> Iterator[str]:
    """Yield what is wrong with the messages of look-ups."""
    for name, lookup in lookups_of(file_type.layout).items():
        for said in _problems_of_text(file_type, lookup.message_of_layout, {"label", "value"}):
            yield file_type.in_layout(f"the message of {name} {said}", f"stored.{name}.message")


def _problems_of_text(file_type: FileType, message: str, known: set[str]) -> Iterator[str]:
    """Yield what is wrong with a message of the layout: what stands in braces has no value."""
    try:
        names = names_in(message) - known - file_type.layout.columns.keys()
    except ValueError as error:
        yield f"cannot be read: {error}"
        return
    lookups = {*lookups_of(file_type.layout), *_FACTS}
    for name in sorted(name for name in names if name.partition(".")[0] not in lookups):
        yield f"has {{{name}}}, which is no column, no look-up and no value of the rule"


def problems_of_rule(file_type: FileType, rule: RowRule) -> Iterator[str]:
    """Yield a sentence for each column and look-up that the rule names and the layout does not have, for a rule that
    names no column, and for a word that the state does not have."""
    if said := _problem_of_parts(rule):
        yield said
        return
    try:
        names = {*rule.columns, *rule.expression_columns, *rule.named() - rule.message_values().keys()}
    except Exception as error:  # noqa: BLE001 - whatever the rule's own code raises
        yield describe_import_error(error, type(rule).__module__, act="carried out")
        return
    title, lookups = file_type.name, {*lookups_of(file_type.layout), *_FACTS}
    for name in sorted(names):
        bare = name.removesuffix(_VALUE)
        of_lookup, dot, _ = name.partition(".")
        if bare in file_type.layout.columns:
            continue
        if name in rule.columns or (not dot and bare.isidentifier() and name not in _OF_EVERY_ROW):
            yield f'{_location(rule, bare)}: {rule.code} names the column "{bare}", which {title} does not have'
        elif dot and of_lookup.isidentifier() and of_lookup not in lookups and not _is_of_rule(of_lookup):
            yield (f'{_location(rule, name)}: {rule.code} names the look-up "{of_lookup}", which {title} does not have')


def _problem_of_parts(rule: RowRule) -> str:
    """Return what is wrong with the rule's columns, years and texts by themselves; blank if nothing is."""
    try:
        _ANY_YEAR.is_within(rule.since, rule.until)
    except Refusal as error:
        return f"{_location(rule, 'until' if rule.until else 'since')}: {rule.code}: {error.message}"
    if not rule.columns:
        return f"{_location(rule, 'columns')}: {rule.code} names no column, and its findings point at the first one"
    try:
        _ = rule.summary, rule.what_it_checks, rule.how_to_fix
    except BrokenLayout as error:
        return f"{_location(rule, '{words.')}: {error}"
    try:
        rule.named()
    except ValueError as error:
        return f"{_location(rule, 'message')}: the message of {rule.code} cannot be read: {error}"
    return ""


def _is_of_rule(name: str) -> bool:
    """Whether it is a code: a rule reads what another one has computed."""
    return name[-3:].isdigit()


def _location(rule: RowRule, name: str) -> str:
    """Return the first line of the rule that has the name."""
    lines, first = inspect.getsourcelines(type(rule))
    number = next((number for number, line in enumerate(lines) if name in line), 0)
    return f"{inspect.getsourcefile(type(rule))}:{first + number}"
