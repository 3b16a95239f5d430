"""The pages of rules and of file types: what is checked, and what it says."""

from functools import cache
from pathlib import Path

from tools.docs.page import GENERATED, REFERENCE

from tidegate.core.layouts.requirements import requirements, years_of_change
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.rules.catalogue import builtin_rules
from tidegate.core.rules.rule import CATEGORIES, Rule
from tidegate.core.rules.rule_docs import RuleDoc, rule_docs
from tidegate.file_types import FileType, find_all


def all_rules() -> dict[str, type[Rule]]:
    """Return every rule by code."""
    rules = {rule.code: rule for rule in builtin_rules()}
    for kind in find_all().values():
        rules |= kind.rules_by_code()
    return dict(sorted(rules.items()))


def rules_page() -> str:
    """Return the table of all rules, by category, each leading to its page where a file type has it."""
    lines = [GENERATED, "# Errors and resolutions\n"]
    rules = all_rules()
    with_page = {path.stem for path in rule_pages()}
    for digit, category in enumerate(CATEGORIES):
        of_category = [rule for rule in rules.values() if rule.code[-3] == str(digit)]
        if of_category:
            lines.append(f"\n## {category}\n\n| Code | Error | Severity | Message |\n|---|---|---|---|\n")
            lines += [
                f"| {link_to(rule) if rule.code in with_page else rule.code} | {rule.summary} | {rule.severity} "
                f"| `{rule.message}` |\n"
                for rule in of_category
            ]
    return "".join(lines)


def link_to(rule: type[Rule]) -> str:
    """Return a link to the rule's page."""
    return f"[{rule.code}](rules/{rule.code}.md)"


@cache
def rule_pages() -> dict[Path, str]:
    """Return a page for each rule, with an example for the first file type that has it."""
    found: dict[Path, str] = {}
    for kind in find_all().values():
        for code, worded in rule_docs(kind.layout, kind.rules).items():
            found.setdefault(REFERENCE / "rules" / f"{code}.md", rule_page(kind, worded))
    return found


def rule_page(kind: FileType, worded: RuleDoc) -> str:
    """Return the page of a rule: what it checks, how to fix it, example."""
    rule = worded.rule
    lines = [GENERATED, f"# {rule.code}: {rule.summary}\n\n{rule.category}. Severity: {rule.severity}."]
    lines.append(
        f" Who can act: {str(rule.who_can_act)[:1].lower()}{str(rule.who_can_act)[1:]}.\n"
        if rule.severity != "notice"
        else "\n"
    )
    lines.append(f"\n**What it checks.** {rule.what_it_checks}\n")
    if plainly := rule.plainly():
        lines.append(f"\n**For one student.** {plainly}\n")
    lines.append(f"\n**How to fix it.** {rule.how_to_fix}\n")
    lines.append("\n## Example\n")
    if worded.rows:
        names = list(kind.layout.columns)
        lines.append(f"\n{kind.layout.title}:\n\n| Row | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}\n")
        lines += [
            f"| {row or 'stored'} | {' | '.join(_mark(text) for text in texts)} |\n" for row, texts in worded.rows
        ]
        lines.append(f"\nMessage for row {worded.rows[-1][0]}: `{worded.message}`\n")
    else:
        lines.append(f"\nMessage: `{worded.message}`\n")
    return "".join(lines)


def _mark(text: str) -> str:
    return f"`{text}`" if text.strip() else ""


def file_type_pages(kind: FileType) -> dict[Path, str]:
    """Return the requirements document of a file type for each school year from which on it differs, and its rules."""
    years = years_of_change(kind.layout)
    found = {}
    for number, year in enumerate(years):
        own = [f"| {link_to(type(rule))} | {rule.message} | {rule.how_to_fix} |\n" for rule in kind.rules_of_year(year)]
        until = f"until {SchoolYear(years[number + 1].first - 1).name}" if number + 1 < len(years) else "and later"
        lines = [
            GENERATED,
            requirements(kind.layout, year).replace(year.name, f"{year.name} {until}", 1),
            "\n## What its own rules say\n\n| Code | Message | How to fix it |\n|---|---|---|\n",
            *own,
        ]
        name = f"{kind.slug}.md" if number + 1 == len(years) else f"{kind.slug}-{year.name}.md"
        found[REFERENCE / name] = "".join(lines)
    return found
