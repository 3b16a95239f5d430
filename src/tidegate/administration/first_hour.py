"""What a new installation still needs until its first district has sent a file: each step is looked up in the database,
so that it can be left and taken up at any time."""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from tidegate.accounts.find_people import memberships_with
from tidegate.accounts.roles import Permission
from tidegate.administration.first_administrator import has_administrator
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.file_types.code_lists import lists_not_imported
from tidegate.reference.models import Organization
from tidegate.reference.models import SchoolYear as StoredYear
from tidegate.reference.models.organization import DISTRICT
from tidegate.uploads.models import State, Upload
from tidegate.windows.collection import types_of_open_years
from tidegate.windows.models import CollectionWindow

_MAX_COUNTED = 1_000


class Shortcut(NamedTuple):
    """A page that does at once what is missing: its button, and its address by name and argument."""

    label: str
    url_name: str
    argument: str = ""


class SetupStep(NamedTuple):
    """One step: whether it is done, what is on file or missing, the page where it is done, and the command that does
    it, too. A step that `can_wait` does not keep anybody from sending a file. `shortcuts` are there while it is to do.
    """

    name: str
    title: str
    is_done: bool
    sentence: str
    url_name: str
    command: str
    can_wait: bool = False
    shortcuts: tuple[Shortcut, ...] = ()


def steps() -> list[SetupStep]:
    """Return every step in order."""
    return [
        _administrator(),
        _school_year(),
        _organizations(),
        _code_lists(),
        _people(),
        *_mail(),
        _window(),
        _first_upload(),
    ]


def this_year() -> SchoolYear:
    """Return the school year of today."""
    return SchoolYear.of(timezone.localdate())


def _administrator() -> SetupStep:
    is_done = has_administrator()
    sentence = "Somebody administers the state" if is_done else "Nobody administers the state yet"
    return SetupStep("administrator", "First administrator", is_done, sentence, "", "tidegate setup")


def _school_year() -> SetupStep:
    names = list(StoredYear.objects.order_by("-first").values_list("name", flat=True)[:3])
    sentence = (
        f"Collected: {', '.join(names)}" if names else "No school year is open yet, so that nobody can send a file"
    )
    command = f"tidegate add-year {this_year().name}"
    return SetupStep("school_year", "School year", bool(names), sentence, "school_years", command)


def _organizations() -> SetupStep:
    state = present_state()
    count = Organization.objects.order_by()[: _MAX_COUNTED + 1].count()  # a state has a hundred thousand schools
    has_district = Organization.objects.filter(kind=DISTRICT, closed_on=None).exists()
    has_school = Organization.objects.exclude(kind=DISTRICT).exists()
    if has_district and has_school:
        said = f"More than {_MAX_COUNTED:,}" if count > _MAX_COUNTED else f"{count:,}"
        sentence = f"{said} organizations are on file"
    elif has_district:
        sentence = f"There are {state.word('saus')}, and no schools yet"
    else:
        sentence = f"There is no {state.word('sau')} yet"
    is_done, command = has_district and has_school, "tidegate import-organizations organizations.csv"
    shortcuts = () if is_done else (Shortcut("Import organizations", "import_organizations"),)
    return SetupStep("organizations", "Organizations", is_done, sentence, "organizations", command, shortcuts=shortcuts)


def _code_lists() -> SetupStep:
    missing = list(lists_not_imported(types_of_open_years()))
    sentence = "Every list that a collected file type needs is on file"
    if missing:
        sentence = f"Not imported yet: {', '.join(missing)}. A file type that you do not collect needs none"
    command = f"tidegate import-codes {missing[0] if missing else 'LIST'} FILE"
    shortcuts = tuple(Shortcut(f"Import {name}", "import_code_list", name) for name in missing)
    return SetupStep("code_lists", "Code lists", not missing, sentence, "code_lists", command, shortcuts=shortcuts)


def _people() -> SetupStep:
    held = memberships_with(Permission.SEND_UPLOADS).filter(organization__isnull=False)
    count = held.order_by().values("person").distinct().count()
    if count:
        sentence = f"{count:,} {'people' if count > 1 else 'person'} can send files for an organization"
    else:
        sentence = f"Nobody can send files for {present_state().word('a_sau')} yet"
    command = "tidegate add-person EMAIL --name NAME --role data-specialist --organization ID"
    shortcuts = () if count else (Shortcut("Invite somebody", "invite"),)
    return SetupStep("people", "First people", bool(count), sentence, "people", command, shortcuts=shortcuts)


def _mail() -> Iterator[SetupStep]:
    """Yield the step about mail, where the program sends any."""
    for setting in settings.SETTINGS_IN_FORCE:
        if setting.name.endswith("_MAIL_URL"):
            sentence = "Mail is sent" if setting.value else "No mail is sent: people read their messages here alone"
            yield SetupStep(
                "mail", "Mail", bool(setting.value), sentence, "settings_in_force", setting.name, can_wait=True
            )


def _window() -> SetupStep:
    """Return the step about windows: without one a file type is open all the time."""
    count = CollectionWindow.objects.filter(ended_at=None).count()
    sentence = (
        f"{count:,} {'windows are' if count > 1 else 'window is'} set" if count else "Every file type is always open"
    )
    return SetupStep("window", "Window", bool(count), sentence, "windows", "", can_wait=True)


def _first_upload() -> SetupStep:
    done = Upload.objects.filter(state=State.FINISHED, check_only=False, error_count=0, success_count__gt=0).exists()
    sentence = "A file was loaded without an error" if done else "No file was loaded without an error yet"
    return SetupStep("first_upload", "First upload", done, sentence, "state_reporting_status", "tidegate submit FILE")


def are_open(every: list[SetupStep]) -> list[SetupStep]:
    """Return the steps that are not done and cannot wait."""
    return [step for step in every if not step.is_done and not step.can_wait]
