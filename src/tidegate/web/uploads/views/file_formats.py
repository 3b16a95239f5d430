"""My file formats: the mappings that the focus's organization has saved, and ready ones for known programs."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accounts.permissions import can_send_upload
from tidegate.core.errors import NotFound
from tidegate.core.layouts.state_package import present_state
from tidegate.file_types import find, find_all
from tidegate.file_types.formats import formats_of
from tidegate.uploads.models import SavedMapping
from tidegate.uploads.saved_mappings import end_line, end_mapping, find_mapping, save_mapping, saved_mappings
from tidegate.web.focus import focus_to_send_for
from tidegate.web.requests import PersonRequest


def file_formats(request: PersonRequest) -> HttpResponse:
    """Show the mappings of the focus's organization, and the ready formats."""
    organization = request.focus.organization if request.focus else None
    may_change = organization is not None and can_send_upload(request.user, organization)
    saved = list(saved_mappings(organization)) if organization and may_change else []
    inherited = [
        found
        for file_type in find_all().values()
        if organization
        and may_change
        and (found := find_mapping(organization, file_type))
        and found.organization_id != organization.pk
    ]
    context = {
        "focus": request.focus,
        "may_change": may_change,
        "saved": [_shown(each) for each in saved],
        "inherited": [_shown(each) for each in inherited],
        "ready": [
            {"file_type": file_type, "format": each}
            for file_type in find_all().values()
            for each in formats_of(file_type).values()
        ],
        "no_ready_format": present_state().no_ready_format,
    }
    return render(request, "web/uploads/file_formats.html", context)


def _shown(saved: SavedMapping) -> dict[str, object]:
    said = saved.said
    values = [
        (column, value, meant) for column, pairs in said.get("values", {}).items() for value, meant in pairs.items()
    ]
    return {
        "mapping": saved,
        "columns": list(said.get("columns", {}).items()),
        "values": values,
        "ignored": said.get("ignored", []),
    }


@require_POST
def end_file_format(request: PersonRequest, mapping_id: int) -> HttpResponse:
    """End a mapping."""
    end_mapping(mapping_id, by=request.user)
    return redirect("file_formats")


@require_POST
def end_format_line(request: PersonRequest, mapping_id: int) -> HttpResponse:
    """End what a mapping says of one name or value."""
    line = {part: request.POST.get(part, "") for part in ("name", "column", "value")}
    end_line(mapping_id, by=request.user, **line)
    return redirect("file_formats")


@require_POST
def use_file_format(request: PersonRequest, slug: str, name: str) -> HttpResponse:
    """Save a ready format as the mapping of the focus's organization."""
    focus = focus_to_send_for(request)
    file_type = find(slug)
    ready = formats_of(file_type).get(name)
    if ready is None or focus.organization is None:
        raise NotFound("There is no such format", fix="Choose one under My file formats, for your organization")
    save_mapping(organization=focus.organization, file_type=file_type, mapping=ready.mapping, by=request.user)
    return redirect("file_formats")
