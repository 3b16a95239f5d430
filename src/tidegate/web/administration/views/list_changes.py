"""A change of a list: its preview, carrying it out, and taking it back; and the import of a file that proposes one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.administration.changes import find_change, make_change, propose_undo
from tidegate.administration.lists import find_list
from tidegate.administration.preview import Preview
from tidegate.web.administration.first_hour import first_hour_for
from tidegate.web.administration.forms.import_list import ImportForm
from tidegate.web.administration.list_change_page import MAX_ROWS, columns_of, only_name, shown_kinds
from tidegate.web.requests import PersonRequest


def list_change(request: PersonRequest, number: int) -> HttpResponse:
    """Show what a change does or has done; with POST it is carried out as it was shown."""
    change = find_change(request.user, number)
    if request.method == "POST":
        make_change(change, by=request.user)
        return redirect("list_change", change.pk)
    preview = Preview(change)
    undone_by = change.undone_by.filter(made_at__isnull=False).select_related("made_by").first()
    context = {
        "change": change,
        "preview": preview,
        "kinds": shown_kinds(preview),
        "only": only_name(preview),
        "touched": [] if change.is_made else preview.touched(),
        "warnings": [] if change.is_made else preview.warnings(),
        "undone_by": undone_by,
        "most_rows": MAX_ROWS,
        "first_hour": first_hour_for(request.user) if change.is_made and undone_by is None else None,
    }
    return render(request, "web/lists/change.html", context)


@require_POST
def undo_list_change(request: PersonRequest, number: int) -> HttpResponse:
    """Propose what takes a change back."""
    change = find_change(request.user, number)
    return redirect("list_change", propose_undo(change, by=request.user).pk)


def import_list(request: PersonRequest, list_name: str) -> HttpResponse:
    """Take the file of a list and lead to the preview of what it would change."""
    check_can_manage_reference(request.user)
    of = find_list(list_name)
    form = ImportForm(request.POST or None, request.FILES or None, list_name=list_name)
    change = form.propose(by=request.user) if form.is_valid() else None
    if change is not None:
        return redirect("list_change", change.pk)
    context = {"form": form, "list": of, "columns": columns_of(of)}
    return render(request, "web/lists/import.html", context, status=422 if form.is_bound else 200)
