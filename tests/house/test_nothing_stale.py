"""Nothing is left behind: no circle of imports, missing migration, unused name or column, and nothing undocumented."""

import re
import tomllib
from graphlib import CycleError, TopologicalSorter
from io import StringIO
from pathlib import Path
from typing import get_args

import grimp
import msgspec
import pytest
from django.conf import settings
from django.core.management import call_command

from tests.house.unused_names import unused_names
from tidegate.cli.main import MODULES
from tidegate.core.checking import stages
from tidegate.core.layouts.column_types import AnyColumnType
from tidegate.core.layouts.layout import (
    Ages,
    AgesOfGrade,
    Column,
    Layout,
    OnFile,
    RestingLines,
    RowIdentity,
    SampleRow,
    StoredRecords,
)
from tidegate.core.lookups.lookup import lookup_types
from tidegate.core.reference.table import reference_tables
from tidegate.core.rules.catalogue import column_rules, lookup_rules, row_rules
from tidegate.core.rules.examples import example_rows
from tidegate.core.rules.expressions import AT, HAS_CHANGED, MAY_BE_ANOTHERS, MOVES, UPLOAD, before_column
from tidegate.core.rules.rule import FileRule, RowRule
from tidegate.file_types import FileType, find_all
from tidegate.project.environment import KNOWN

ROOT = Path(__file__).parents[2]
FILE_TYPES = find_all().values()
OWN_RULES = [pytest.param(kind, rule, id=f"{kind.slug}-{rule.code}") for kind in FILE_TYPES for rule in kind.rules]
SOURCE = ROOT / "src" / "tidegate"
UNUSED_FOR_A_REASON = {
    "accountability/reports/lines_on_file.py: LinesOnFile": "find_reports finds it by its file",
    "uploads/lifecycle/decisions/undo.py: later_uploads": "the tests ask by it, also beside a load that runs",
    "project/urls.py: handler400": "Django looks for the name",
    "web/middleware/refusals.py: RefusalMiddleware.process_exception": "Django calls it",
    "web/middleware/second_factor.py: SecondFactorMiddleware.process_view": "Django calls it",
}
NO_SETTINGS = {
    "TIDEGATE_SIGNS_OF_LIFE": "a file descriptor that `tidegate serve` hands to its own children",
    "TIDEGATE_URL": "of the programs that send files; docs/uploading",
    "TIDEGATE_TOKEN": "as TIDEGATE_URL",
    "TIDEGATE_PASSWORD": "of `tidegate add-person`; docs/operating",
}
MISSING = {
    "No database encryption of its own": lambda: not _source_says("pgcrypto|pgp_sym_encrypt"),
    "The embedded PostgreSQL has one role": lambda: not _says("project/database.py", "CREATE ROLE|CREATE USER"),
    "The embedded PostgreSQL asks nobody who they are": lambda: not _source_says("pg_hba"),
    "No limit of connections by address": lambda: not [name for name in KNOWN if "CONNECTIONS" in name],
    "no search for viruses": lambda: not _source_says("clamav|clamd|virus"),
    "no passkeys": lambda: "webauthn" not in settings.MFA_SUPPORTED_TYPES,
    "A student cannot be erased": lambda: not [name for name in MODULES if re.search("erase|purge|delete", name)],
}
"""What SECURITY.md says is missing, and how one sees that it still is."""


def _source_says(pattern: str) -> bool:
    return any(re.search(pattern, path.read_text()) for path in SOURCE.rglob("*.py"))


def _says(name: str, pattern: str) -> bool:
    return re.search(pattern, (SOURCE / name).read_text()) is not None


def test_no_module_imports_itself_in_a_circle():
    graph = grimp.build_graph("tidegate", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(f"Move what they share into a module below these: {' <- '.join(error.args[1])}")


def test_migrations_are_complete(db):
    said = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said)
    except SystemExit:
        pytest.fail(f"A model changed without a migration: run `tidegate manage makemigrations`\n{said.getvalue()}")


def test_no_public_name_is_unused():
    users = [*(ROOT / "tools").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    unused = set(unused_names(SOURCE, users))
    assert unused <= UNUSED_FOR_A_REASON.keys(), "Delete what nothing uses, or give the reason in UNUSED_FOR_A_REASON"
    assert unused >= UNUSED_FOR_A_REASON.keys(), "Take what is used now, or gone, out of UNUSED_FOR_A_REASON"


def test_every_setting_that_the_code_names_is_documented():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    named = {name for path in SOURCE.rglob("*.py") for name in re.findall(r"\bTIDEGATE_[A-Z_]+\b", path.read_text())}
    named = {name for name in named if not name.endswith(("_FILE", "_"))} - NO_SETTINGS.keys()
    undocumented = {name for name in named if f"`{name}`" not in page}
    assert not undocumented, "Read it by env_* in project/settings.py with its meaning, then run `make docs`"


def test_every_setting_that_the_docs_name_exists():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.y*ml")]
    named = {name for page in pages for name in re.findall(r"\bTIDEGATE_[A-Z_]+[A-Z]\b", page.read_text())}
    gone = {name.removesuffix("_FILE") for name in named} - KNOWN.keys() - NO_SETTINGS.keys()
    assert not gone, "The setting was renamed or removed: mend the page that names it"


def test_every_command_is_documented():
    page = (ROOT / "docs" / "reference" / "commands.md").read_text()
    missing = [name for name in MODULES if f"## tidegate {name}\n" not in page]
    assert not missing, "Run `make docs`, which writes docs/reference/commands.md from the commands"


def test_security_speaks_of_nothing_built_as_missing():
    section = (ROOT / "SECURITY.md").read_text().partition("## What it does not do\n")[2].partition("\n## ")[0]
    points = [" ".join(point.split()) for point in section.split("\n- ")[1:]]
    assert points, "SECURITY.md has lost its section on what tidegate does not do"
    for point in points:
        assert [said for said in MISSING if said in point], f"Say in MISSING how one sees that it is so: {point}"
    for said, is_missing in MISSING.items():
        assert said in " ".join(section.split()), f"Take it out of MISSING: SECURITY.md does not say {said!r} any more"
        assert is_missing(), f"SECURITY.md says {said!r}, and it is built: move it to what tidegate does"


def _columns_of_rows(kind: FileType, rule: RowRule) -> set[str]:
    """Return the columns that rows have when the rule is asked about them."""
    found = set(example_rows(kind.layout, {}).columns)
    if isinstance(rule, FileRule):
        found |= {AT, UPLOAD, HAS_CHANGED, MAY_BE_ANOTHERS, MOVES, *map(before_column, rule.before)}
    return found


@pytest.mark.parametrize(("kind", "rule"), OWN_RULES)
def test_every_column_that_a_rule_names_stands_in_its_layout(kind, rule):
    named = {*rule.columns, *rule.columns_needed()}
    if isinstance(rule, FileRule):
        named |= {*rule.partition_by, *rule.before}
    of_rules = tuple(f"{each.code}." for each in kind.rules)  # what rules that compare rows compute for each other
    unknown = {name for name in named if not name.startswith(of_rules)} - _columns_of_rows(kind, rule)
    assert not unknown, f"{rule.code}: write these as in {kind.slug}/layout.toml, or add the column or look-up there"


@pytest.mark.parametrize(("kind", "rule"), OWN_RULES)
def test_every_column_that_an_example_names_stands_in_its_layout(kind, rule):
    rows = [row for example in (*rule.good, *rule.bad) for row in example.get("rows", [example])]
    # A rule that several file types share has examples with look-ups that only some of them have.
    known = {name for each in FILE_TYPES for name in _columns_of_rows(each, rule) if each is kind or "." in name}
    named = {name for row in rows for name in row if not name.startswith("resting.")}  # a line of another file type
    unknown = named - known - {"is_stored", "rows"}
    assert not unknown, f"{rule.code}: an example with a name that no column has says nothing; mend the name"


@pytest.mark.parametrize("kind", FILE_TYPES, ids=lambda kind: kind.slug)
def test_every_rule_that_another_is_silent_for_exists(kind):
    built_in = (*column_rules(kind.layout), *lookup_rules(kind.layout), *row_rules(kind.layout))
    codes = {rule.code for rule in (*built_in, *kind.rules)}
    named = {code for rule in kind.rules for code in (*rule.suppressed_by, *getattr(rule, "passes_over", ()))}
    assert named <= codes, "Take the codes that no rule of the file type has out of suppressed_by and passes_over"


def _extending_layout() -> str:
    page = (ROOT / "docs" / "extending" / "README.md").read_text()
    return page.partition("## `layout.toml`\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    "part",
    [Layout, Column, RowIdentity, SampleRow, Ages, AgesOfGrade, OnFile, StoredRecords, RestingLines],
    ids=lambda part: part.__name__,
)
def test_every_layout_key_is_documented(part):
    section = _extending_layout()
    keys = {field.encode_name for field in msgspec.structs.fields(part)}
    missing = {key for key in keys if not re.search(rf"`\[?(ages\.)?{key}(\]|\.<\w+>\])?`", section)}
    assert not missing, "Say in docs/extending/README.md, below layout.toml, what the key means"


@pytest.mark.parametrize("of", get_args(AnyColumnType), ids=lambda of: of.__name__)
def test_every_column_type_is_documented_with_its_settings(of):
    row = re.search(rf"^\| `{of.__struct_config__.tag}` \|(.*)$", _extending_layout(), re.MULTILINE)
    assert row, "Add the kind of value to the table in docs/extending/README.md"
    missing = {field.encode_name for field in msgspec.structs.fields(of) if f"`{field.encode_name}`" not in row[1]}
    assert not missing, "Say in docs/extending/README.md, in the row of the kind of value, what the setting means"


def test_every_look_up_is_documented_with_what_it_takes_and_gives():
    page = (ROOT / "docs" / "reference" / "look-ups.md").read_text()
    for lookup in lookup_types():
        tag = lookup.__struct_config__.tag
        section = page.partition(f'## `find = "{tag}"`\n')[2].partition("\n## ")[0]
        names = {*(field.encode_name for field in msgspec.structs.fields(lookup)), *lookup.gives}
        missing = {name for name in names if f"| `{name}` |" not in section}
        assert not missing, "Run `make docs`, which writes docs/reference/look-ups.md from the look-ups"
        assert f"`{tag}`" in _extending_layout(), "Add the look-up to the list in docs/extending/README.md"


@pytest.mark.parametrize("table", reference_tables(), ids=lambda table: table.name)
def test_every_reference_folder_column_is_documented(table):
    page = (ROOT / "docs" / "reference" / "reference-folder.md").read_text()
    section = page.partition(f"## `{table.files()[0].file_name}`\n")[2].partition("\n## ")[0]
    documented = re.findall(r"^- `(\w+)`", section, re.MULTILINE)
    assert documented == list(table.file.columns), "Run `make docs`, which writes docs/reference/reference-folder.md"


def test_the_architecture_names_the_layers_as_they_are_held():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    said = " ".join((ROOT / "docs" / "architecture.md").read_text().split())
    ways_down = [each for each in contracts if each["type"] == "layers"]
    assert len(ways_down) > 3
    for each in ways_down:
        assert " > ".join(each["layers"]) in said, f"docs/architecture.md does not have the layers of {each['name']}"


def test_the_architecture_says_how_large_a_piece_is():
    said = " ".join((ROOT / "docs" / "architecture.md").read_text().split())
    assert f"pieces of about {stages._MAX_FINDINGS_PER_PIECE:,} findings" in said
