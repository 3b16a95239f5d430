"""The pages of reference data: the look-ups, and the folder of CSV files."""

import inspect
from itertools import groupby
from operator import itemgetter

import msgspec
from tools.docs.page import GENERATED

from tidegate.core.layouts.column_types import Choice
from tidegate.core.layouts.layout import Column
from tidegate.core.lookups.lookup import Lookup, lookup_types
from tidegate.core.reference.codes import Codes
from tidegate.core.reference.organizations import Organizations
from tidegate.core.reference.stored_lines import LINES_ORDER, LineTable, line_table
from tidegate.core.reference.table import reference_tables
from tidegate.file_types import find_all


def look_ups_page() -> str:
    """Return the page of all look-ups: their settings, the fields that they give, and how one of several is chosen."""
    lines = [
        GENERATED,
        "# Look-ups\n\nA layout names a look-up under `[stored.<name>]`; a rule reads a field of what was found as\n",
        '`stored("<name>.<field>")`, null where nothing was found. Each type is one file of\n',
        "`src/tidegate/core/lookups/`.\n",
    ]
    for lookup in lookup_types():
        lines.append(f'\n## `find = "{lookup.__struct_config__.tag}"`\n\n{inspect.getdoc(lookup)}\n\n')
        lines += ["| setting | |\n|---|---|\n", *_settings_of(lookup), "\n| gives | |\n|---|---|\n"]
        lines += [f"| `{field}` | {words} |\n" for field, words in lookup.gives.items()]
        if lookup.plain is not None:
            chosen = (inspect.getdoc(lookup.plain) or "").partition("\n\nArgs:")[0]
            lines.append(f"\n**How one is chosen.** {chosen}\n")
    return "".join(lines)


def _settings_of(lookup: type[Lookup]) -> list[str]:
    fields = msgspec.structs.fields(lookup)
    return [f"| `{field.name}` | {'required' if field.required else 'may be left out'} |\n" for field in fields]


def reference_folder_page() -> str:
    """Return the page of the reference folder: each file and its columns."""
    lines = [
        GENERATED,
        "# The reference folder\n\nThe reference tables as CSV files, which `tidegate export-reference` writes and\n",
        "`tidegate check` reads. The columns stand in this order, by these names. Rules that need a file which is\n",
        "missing are not asked, and `tidegate check` names them.\n",
        "\nWhat `tidegate check` has parsed of large files is kept in the folder's `.parsed`, and made anew when a\n",
        "file changes. It may be deleted while no check runs. It has students' data, as the files have.\n",
    ]
    described = [
        (table.order, table, table.files(), inspect.getdoc(table), table.is_optional) for table in reference_tables()
    ]
    described += [(LINES_ORDER, table, (table.file,), _about_lines(table), True) for table in line_tables()]
    for _, table, files, about, is_optional in sorted(described, key=lambda each: each[0]):
        optional = " A folder may do without it." if is_optional else ""
        names = ", ".join(f"`{file.file_name}`" for file in files)
        named = f"\n\n{_lists_named()}" if table is Codes else ""
        lines.append(f"\n## {names}\n\n{about}{optional}{named}\n\n")
        meanings = _meanings_of(table)
        lines += [
            f"- `{title}`{', part of the key' if column in table.key else ''}{meanings.get(column, '')}\n"
            for title, column in zip(table.file.titles, table.file.columns, strict=True)
        ]
    lines.append(
        "\nThe lists of organizations and of codes are also imported one at a time, with a preview: in the browser\n"
        "under Administration, and by `tidegate import-organizations FILE` and `tidegate import-codes LIST FILE`.\n"
    )
    return "".join(lines)


def _lists_named() -> str:
    """Return the code lists that the state's file types name, each with these types."""
    named = sorted((f"`{name}.csv`", kind.name) for kind in find_all().values() for name in kind.layout.code_lists())
    lists = [f"{name} ({', '.join(kind for _, kind in pairs)})" for name, pairs in groupby(named, itemgetter(0))]
    return f"The file types of this state name {' and '.join(lists)}."


def _meanings_of(table: object) -> dict[str, str]:
    """Return what the columns of a list that is imported by itself hold; blank where the file type's page says it."""
    from tidegate.reference.tables.codes import LIST_LAYOUT
    from tidegate.reference.tables.organizations import layout_in_words

    layouts = {Organizations: layout_in_words(), Codes: LIST_LAYOUT}
    layout = next((layout for known, layout in layouts.items() if table is known), None)
    return {name: _meaning(column) for name, column in layout.columns.items()} if layout else {}


def _meaning(column: Column) -> str:
    choices = f" One of: {', '.join(column.type.choices)}." if isinstance(column.type, Choice) else ""
    return f"{'' if column.required else ' (may be blank)'}: {column.description}{choices}"


def line_tables() -> list[LineTable]:
    """Return the tables of the lines that file types store."""
    stored = [(kind.layout, kind.layout.on_file) for kind in find_all().values()]
    return [line_table(layout, on_file) for layout, on_file in stored if on_file]


def _about_lines(table: LineTable) -> str:
    one, several = table.noun
    return (
        f"The {several} on file in the columns of their upload, so that a check knows what a file changes.\n\n"
        f"`Upload` is the upload that brought the {one}, blank where it was none, and `SentFor` the organization that\n"
        "it was sent for. `LineID` is the ID by which the plan of an upload names it. A folder of an earlier release\n"
        "lacks both: then it is not told what a file leaves out."
    )
