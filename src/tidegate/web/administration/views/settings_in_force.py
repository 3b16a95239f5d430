"""The settings that are in force, and what the state's package says of the state."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.permissions import check_can_view_operations
from tidegate.core.layouts.state_package import present_package
from tidegate.web.requests import PersonRequest


def settings_in_force(request: PersonRequest) -> HttpResponse:
    """Show every setting with its value and where that comes from; of a secret only that it is set."""
    check_can_view_operations(request.user)
    package = present_package()
    state = package.state
    numbers, years = state.student_numbers, state.school_years
    lengths = dict.fromkeys([numbers.min_digits, numbers.max_digits])
    of_state = [
        ("Name", state.name),
        ("School year", f"begins on {years.begins} (month and day)"),
        (
            "School years that can be opened",
            f"from {years.first} to {years.years_ahead} after today's",
        ),
        ("State student numbers", " to ".join(map(str, lengths)) + " digits"),
        ("Organization IDs", f"{state.organization_ids.form}, {state.organization_ids.length_in_words}"),
        ("Code lists of every reference folder", ", ".join(state.code_lists) or "none"),
    ]
    context = {"settings": settings.SETTINGS_IN_FORCE, "package": package, "of_state": of_state}
    return render(request, "web/administration/settings.html", context)
