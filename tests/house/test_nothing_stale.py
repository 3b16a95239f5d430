"""Nothing is left behind: no circle of imports, missing migration, unused name or undocumented setting and command."""

import re
from graphlib import CycleError, TopologicalSorter
from io import StringIO
from pathlib import Path

import grimp
import pytest
from django.conf import settings
from django.core.management import call_command

from tests.house.unused_names import unused_names
from tidegate.cli.main import MODULES
from tidegate.project.environment import KNOWN

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tidegate"
UNUSED_FOR_A_REASON = {
    "core/reference/table.py: required_files": "the tests compare all files of a folder by it",
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
    users = [*(ROOT / "tools").glob("*.py"), *(ROOT / "bench").rglob("*.py")]
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
