"""No number leaves one's own organizations but through the guard: who may read exact numbers is a list."""

import inspect
import re

import grimp
import pytest
from django.urls import URLPattern

from tidegate.web import urls

EXACT = {
    f"tidegate.accountability.{name}"
    for name in (
        "certification.evidence",
        "counting.concentrators",
        "counting.counted_students",
        "counting.enrolled_students",
        "explanations.compared_indicators",
        "explanations.comparison",
        "explanations.listed_lines",
        "explanations.unusual_numbers",
        "explanations.warned_lines",
        "frozen_lines.cells",
        "frozen_lines.materialize",
        "outputs.counts",
        "outputs.counts_workbook",
        "outputs.participation_table",
        "outputs.participation_text",
        "outputs.participation_workbook",
        "snapshots.changes_since",
        "snapshots.content",
        "snapshots.findings",
    )
}
"""Where the exact numbers of a snapshot come from; packages below besides."""
EXACT_PACKAGES = ("tidegate.accountability.reports", "tidegate.accountability.indicators")
THROUGH_THE_GUARD = "tidegate.accountability.publication"
EXACT_BY_RIGHT = {
    "tidegate.api.routes.department": "the state's role alone makes files for the Department",
    "tidegate.api.routes.indicators": "of the token's organization and its schools",
    "tidegate.api.routes.participation": "of the token's organization and its schools",
    "tidegate.api.routes.snapshot_warnings": "of the token's organization and its schools",
    "tidegate.api.routes.snapshots": "of the token's organization and its schools",
    "tidegate.web.accountability.views.department": "the state's role alone makes files for the Department",
    "tidegate.web.accountability.views.indicators": "of the reach of the person",
    "tidegate.web.accountability.views.participation": "of the reach of the person",
    "tidegate.web.accountability.views.periods": "of the reach of the person",
    "tidegate.web.accountability.views.publish_snapshot": "the state's role alone publishes",
    "tidegate.web.accountability.views.sign_snapshot": "who signs sees it all, and a certificate has no small number",
    "tidegate.web.accountability.views.snapshot": "of the reach of the person",
    "tidegate.web.accountability.views.snapshot_request": "says the number of a snapshot, and none of its counts",
    "tidegate.web.accountability.views.snapshot_warnings": "of the reach of the person",
    "tidegate.web.accountability.views.unusual": "of the reach of the person",
    "tidegate.web.accountability.views.warning_lines": "of the reach of the person",
}
"""The pages and routes that read exact numbers, each with the reason why nobody else sees them."""
FOR_EVERYBODY = {
    "file_types",
    "reference_lists",
    "file_type",
    "rule",
    "requirements",
    "schema",
    "tableschema",
    "sample_file",
    "codes",
    "receipt_key",
    "publications",
    "publication",
    "publication_file",
}
"""What needs no sign-in, but for the pages of signing in."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("tidegate", cache_dir=None)


def is_exact(module: str) -> bool:
    return module in EXACT or module.startswith(EXACT_PACKAGES)


def exact_of(graph: grimp.ImportGraph, module: str) -> set[str]:
    """Return what exact numbers a page or route reads: by itself, or by a module beside it."""
    seen, waiting, found = set(), [module], set()
    while waiting:
        current = waiting.pop()
        if current in seen or current not in graph.modules:
            continue  # it is no module of ours
        seen.add(current)
        imported = graph.find_modules_directly_imported_by(current)
        found |= set(filter(is_exact, imported))
        waiting += [each for each in imported if is_followed(each)]
    return found


def is_followed(module: str) -> bool:
    """Whether exact numbers could come by way of a module: a helper of the pages or the API, or one that counts."""
    if module.startswith(("tidegate.web.", "tidegate.api.")):
        return ".views." not in module
    return (
        module.startswith("tidegate.accountability.")
        and not is_exact(module)
        and not module.startswith(THROUGH_THE_GUARD)
    )


def test_each_page_and_route_with_exact_numbers_has_a_reason(graph):
    rooms = [module for module in graph.modules if re.match(r"tidegate\.(web\.\w+\.views|api\.routes)\.", module)]
    reading = {module for module in rooms if exact_of(graph, module)}
    assert len(rooms) > 50
    assert not reading - EXACT_BY_RIGHT.keys(), "Show it through the guard, or say why nobody else sees it"
    assert not (EXACT_BY_RIGHT.keys() & graph.modules) - reading, "Take out what reads no exact number"


def test_each_source_of_exact_numbers_is_there(graph):
    assert graph.modules >= EXACT


def test_what_needs_no_sign_in_is_known_and_reads_no_exact_number(graph):
    open_pages = {
        pattern.name: inspect.unwrap(pattern.callback).__module__
        for pattern in urls.urlpatterns
        if isinstance(pattern, URLPattern) and not getattr(pattern.callback, "login_required", True)
    }
    of_signing_in = {name for name, module in open_pages.items() if "publi" not in name and name not in FOR_EVERYBODY}
    assert open_pages.keys() >= FOR_EVERYBODY
    assert not [name for name in of_signing_in if exact_of(graph, open_pages[name])]
    assert not [name for name in FOR_EVERYBODY if exact_of(graph, open_pages[name])]
