"""Code lists: which there are, the codes of one, one code, and the list as a file."""

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.accounts.reach import no_such
from tidegate.administration.codes import uses_in
from tidegate.administration.lists import KnownList, find_list, known_lists
from tidegate.reference.models import Code
from tidegate.reference.tables.codes import list_as_csv
from tidegate.web.administration.forms.import_list import ListCodeForm
from tidegate.web.administration.list_change_page import years_in_words
from tidegate.web.administration.organization_page import last_changes
from tidegate.web.downloads import csv_download
from tidegate.web.pages import Rows, page_of, text_from
from tidegate.web.requests import PersonRequest


def code_lists(request: PersonRequest) -> HttpResponse:
    """Show every list that is on file or that a file type needs."""
    check_can_manage_reference(request.user)
    return render(request, "web/lists/code_lists.html", {"lists": known_lists()})


def new_code_list(request: PersonRequest) -> HttpResponse:
    """Lead to the import of a list that is not on file yet; its name is in the address."""
    check_can_manage_reference(request.user)
    return redirect("import_code_list", find_list(text_from(request, "list_name")).name)


def code_list(request: PersonRequest, list_name: str) -> HttpResponse:
    """Show the codes of a list with their years, and how many lines of the focus's school year use each; of a list that
    is about to be imported, or whose import was undone, that there are none."""
    check_can_manage_reference(request.user)
    of = find_list(list_name)
    if of.is_of_organizations:
        raise no_such("code list")
    known = _known(list_name) or KnownList(list_name, code_count=0, open_count=0, needed_by=())
    search = text_from(request, "search")
    codes = Code.objects.filter(list_name=list_name)
    if search:
        codes = codes.filter(code__startswith=search) | codes.filter(title__icontains=search)
    page = page_of(Rows(codes, ("code", "pk")), request)
    year = request.focus.school_year.first if request.focus else None
    uses = {} if year is None else uses_in(list_name, [code.code for code in page], year)
    for code in page:
        code.years = years_in_words(code.first_year, code.last_year)
        code.use_count = uses.get(code.code, 0)
    context = {"list": of, "known": known, "page": page, "search": search, "changes": last_changes(list_name)}
    return render(request, "web/lists/code_list.html", context | {"focus": request.focus})


def code_list_file(request: PersonRequest, list_name: str) -> HttpResponseBase:
    """Download a list in the columns in which it is imported."""
    check_can_manage_reference(request.user)
    if _known(list_name) is None:
        raise no_such("code list")
    return csv_download(list_as_csv(list_name), f"{list_name}.csv")


def _known(list_name: str) -> KnownList | None:
    return next((each for each in known_lists() if each.name == list_name), None)


def edit_code(request: PersonRequest, list_name: str) -> HttpResponse:
    """Propose a new code, or with `?code=` another title or other years of one; its last year ends it."""
    check_can_manage_reference(request.user)
    of = find_list(list_name)
    stored = Code.objects.filter(list_name=list_name, code=text_from(request, "code")).first()
    if stored is None and "code" in request.GET:
        raise no_such("code")
    form = ListCodeForm(request.POST or None, list_name=list_name, code=stored)
    change = form.propose(by=request.user) if form.is_valid() else None
    if change is not None:
        return redirect("list_change", change.pk)
    query = urlencode({"code": stored.code}) if stored else ""
    context = {"form": form, "list": of, "stored": stored, "query": query}
    return render(request, "web/lists/code.html", context, status=422 if form.is_bound else 200)
