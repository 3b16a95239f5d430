"""The requirements document of a file type in a school year, as Markdown, drawn from the layout."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tidegate.core.layouts.column_types import Choice, Day, Years
from tidegate.core.layouts.layout import Ages, Column, ColumnChange, Layout, RuleChange
from tidegate.core.layouts.school_year import SchoolYear


def example_in(column: Column, school_year: SchoolYear) -> str:
    """Return the column's example; a date that must be in the school year is moved there."""
    if not isinstance(column.type, Day) or not column.type.within_school_year or not column.example:
        return column.example
    year = school_year.first if column.example[5:7] >= "07" else school_year.first + 1
    return f"{year}{column.example[4:]}"


def form_of(column: Column) -> str:
    """Return the form of the column's values as it begins a sentence."""
    form = "one of these codes" if isinstance(column.type, Choice) else column.type.form()
    return form[:1].upper() + form[1:]


def ceds_options(column: Column) -> dict[str, str]:
    """Return the option codes of the column's CEDS element, by those codes of the column that it has."""
    choices = column.type.choices if isinstance(column.type, Choice) else {}
    options = column.ceds.options if column.ceds else {}
    return {code: options[code] for code in choices if code in options}


def requirements(layout: Layout, school_year: SchoolYear) -> str:
    """Return what a file must look like in that school year."""
    columns = layout.columns_in(school_year)
    lines = [
        f"# {layout.title}: requirements for {school_year.name}\n\n{layout.summary}\n\n",
        "A CSV or TXT file, never an Excel workbook. Row 1 is the header with ",
        f"the {len(columns)} columns below, in this order.\n\n",
        "| # | Column | Form | Required | Description | Example |\n|---|---|---|---|---|---|\n",
    ]
    for number, column in enumerate(columns, start=1):
        cells = (
            str(number),
            column.name,
            form_of(column),
            "required" if column.required else "may be blank",
            column.description,
            f"`{example}`" if (example := example_in(column, school_year)) else "",
        )
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n")
    for column in columns:
        if isinstance(column.type, Choice):
            lines.append(f"\n## {column.name}\n\n| Code | Meaning |\n|---|---|\n")
            lines += [f"| `{code}` | {meaning} |\n" for code, meaning in column.type.choices.items()]
            lines += [f"\nAlso taken: {', '.join(column.type.synonyms)}.\n"] if column.type.synonyms else []
    lines += _ages_by_grade(layout.ages) if layout.ages is not None else []
    lines += _ceds_elements(columns, layout.ceds_version)
    lines += _changed_rules(layout.in_year(school_year).rule_changes())
    return "".join(lines)


def _ceds_elements(columns: Sequence[Column], version: str) -> list[str]:
    """Return a table of the CEDS element of each column, and of its options; nothing where no column has one."""
    if not any(column.ceds for column in columns):
        return []
    lines = [
        f"\n## Common Education Data Standards\n\nThe element of each column in CEDS, version {version}, and the",
        " option of each code. Where there is none, CEDS has none that says the same, or no source was found.\n\n",
        "| Column | CEDS ID | CEDS element | Options |\n|---|---|---|---|\n",
    ]
    for column in columns:
        options = ", ".join(f"`{code}` = `{option}`" for code, option in ceds_options(column).items())
        element = (column.ceds.id, column.ceds.element) if column.ceds else ("none", "none")
        lines.append(f"| {column.name} | {' | '.join(element)} | {options} |\n")
    return lines


def _changed_rules(changes: Mapping[str, RuleChange]) -> list[str]:
    """Return a table of the rules that differ in a school year, with the reasons."""
    lines = [f"| {code} | {of.severity} | {of.reason} |\n" for code, of in changes.items() if of.severity]
    if not lines:
        return []
    head = "\n## Rules of this school year\n\n| Rule | This year | Reason |\n|---|---|---|\n"
    return [head, *lines]


def _ages_by_grade(ages: Ages) -> list[str]:
    """Return a table of how old the students of each grade are."""
    lines = [
        f"\n## {ages.birth_date} and {ages.grade}\n\nAge in whole years on {date(2000, *ages.month_and_day):%B %-d} of",
        " the school year. A row outside the usual ages gets a warning, one outside the possible ages an error.\n\n",
        "| Grade | Usual | Possible |\n|---|---|---|\n",
    ]
    for grade, of_grade in ages.grades.items():
        usual, possible = ("{} to {}".format(*limits) for limits in (of_grade.usual, of_grade.possible))
        lines.append(f"| `{grade}` | {usual} | {possible} |\n")
    return lines


def years_of_change(layout: Layout) -> list[SchoolYear]:
    """Return the school years from which on the layout differs from the year before; the first is the guide's."""
    begun = {part.since for part in _parts_with_years(layout)} - {""}
    over = {part.until for part in _parts_with_years(layout)} - {""}
    firsts = {2020, *(SchoolYear.parse(year).first for year in begun), *(SchoolYear.parse(y).first + 1 for y in over)}
    return [SchoolYear(first) for first in sorted(firsts)]


def _parts_with_years(layout: Layout) -> Iterator[Column | ColumnChange | Years | RuleChange]:
    """Yield everything in the layout that may be of some school years alone."""
    yield from layout.rules
    for column in layout.columns.values():
        yield column
        yield from column.changes
        for column_type in (column.type, *(change.type for change in column.changes)):
            if isinstance(column_type, Choice):
                yield from column_type.years.values()
