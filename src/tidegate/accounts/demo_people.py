"""The demo state's people, one for each role. They and their password are known to everybody: never for real data."""

from dataclasses import dataclass

from django.db import transaction

from tidegate.accounts.focus import save_focus
from tidegate.accounts.models import Focus, Person
from tidegate.accounts.people import add_person, give_role
from tidegate.accounts.roles import CteDirector, DataSpecialist, Role, StateAdministrator, Viewer
from tidegate.reference.models import Organization, SchoolYear

DEMO_PASSWORD = "rock-star-demo"  # noqa: S105 - shown to whoever runs the demo
GUIDE_YEAR = 2020
_ROCK_STAR, _CAPITAL_CITY = "Rock Star Public Schools", "Capital City Public Schools"
_CAPITAL_AREA = "Capital Area Technical Center"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as. No organization is the whole state."""

    email: str
    name: str
    role: type[Role]
    organization_name: str = ""


DEMO_PEOPLE = (
    DemoPerson("state@demo.example", "Sam State", StateAdministrator),
    DemoPerson("rockstar@demo.example", "Robin Rockstar", DataSpecialist, _ROCK_STAR),
    DemoPerson("cte@demo.example", "Casey Technical", CteDirector, _CAPITAL_AREA),
    DemoPerson("viewer@demo.example", "Vic Viewer", Viewer, _ROCK_STAR),
    DemoPerson("augusta@demo.example", "August Capital", DataSpecialist, _CAPITAL_CITY),
)


@transaction.atomic
def fill_people() -> list[Person]:
    """Return the demo's people, each with their role, focused on 2020-2021. The demo's organizations are there by now.

    Run again it changes nothing but a focus that was moved, which goes back to where the guide begins.
    """
    return [_fill(demo) for demo in DEMO_PEOPLE]


def _fill(demo: DemoPerson) -> Person:
    person = Person.objects.filter(email=demo.email).first()
    if person is None:
        person = add_person(by=None, email=demo.email, name=demo.name, password=DEMO_PASSWORD)
    organization = Organization.objects.get(name=demo.organization_name) if demo.organization_name else None
    give_role(by=None, person=person, role=demo.role.slug, organization=organization)
    school_year = SchoolYear.objects.get(first=GUIDE_YEAR)
    if not Focus.objects.filter(person=person, school_year=school_year, organization=organization).exists():
        save_focus(by=person, school_year=school_year, organization=organization)
    return person
