"""Nothing is left behind: no circle of imports, no migration that is missing; each failure says what to do."""

from graphlib import CycleError, TopologicalSorter
from io import StringIO

import grimp
import pytest
from django.core.management import call_command


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
