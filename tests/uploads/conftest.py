"""A small state to upload into: the reference folder of a case, and the people who send files."""

import io

import pytest

from tests.uploads.receiver import Receiver
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import CteDirector, DataSpecialist, StateAdministrator, Viewer
from tidegate.core.layouts.school_year import SchoolYear as Year
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import receive
from tidegate.uploads.models import Upload, Webhook
from tidegate.uploads.notifications.webhooks import add_webhook

ROCK_STAR, CTE_CENTER, OTHER_SAU = 1000, 2001, 2000


@pytest.fixture(scope="module")
def imported(module_transaction) -> None:
    """Organizations, codes, students and enrollments of the case `all_good`, for all tests of a file."""
    year = Year(2020)
    with module_transaction.unblock():
        import_reference(find("cte").folder / "cases" / "all_good" / "reference", by=None)
        SchoolYear.objects.get_or_create(first=year.first, defaults={"name": year.name})


@pytest.fixture
def state(imported, db, settings, tmp_path) -> None:
    """What was imported, and an empty store."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path / "store"


def person(role, organization_id: int) -> Person:
    someone = Person.objects.create_user(f"{role.slug}{organization_id}@example.org", name=role.display_name)
    Membership.objects.create(person=someone, role=role.slug, organization_id=organization_id)
    return someone


@pytest.fixture
def specialist(state) -> Person:
    return person(DataSpecialist, ROCK_STAR)


@pytest.fixture
def other_specialist(state) -> Person:
    return person(DataSpecialist, OTHER_SAU)


@pytest.fixture
def director(state) -> Person:
    return person(CteDirector, CTE_CENTER)


@pytest.fixture
def viewer(state) -> Person:
    return person(Viewer, ROCK_STAR)


@pytest.fixture
def administrator(state) -> Person:
    someone = Person.objects.create_user("state@example.org", name="State")
    Membership.objects.create(person=someone, role=StateAdministrator.slug)
    return someone


@pytest.fixture
def send(state):
    """Send a text or bytes as a file; it waits in the queue."""

    def send_file(
        content: str | bytes, *, by: Person, organization_id: int = ROCK_STAR, file_type: str = "cte", **more
    ) -> Upload:
        raw = content if isinstance(content, bytes) else content.encode()
        return receive(
            file=io.BytesIO(raw),
            file_name=more.pop("file_name", "upload.csv"),
            file_type=file_type,
            school_year=SchoolYear.objects.get(first=2020),
            organization=Organization.objects.get(pk=organization_id),
            by=by,
            **more,
        )

    return send_file


@pytest.fixture
def process_file(send):
    """Send a file and process it, as a worker does."""

    def send_and_process(content: str | bytes, **more) -> Upload:
        upload = send(content, **more)
        process(upload_id=upload.pk)
        upload.refresh_from_db()
        return upload

    return send_and_process


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def new_webhook(receiver, specialist, settings) -> tuple[Webhook, str]:
    """A webhook that leads to the receiver, and its secret."""
    settings.TIDEGATE_WEBHOOKS_TO_PRIVATE = True
    return add_webhook(organization=Organization.objects.get(pk=ROCK_STAR), address=receiver.address, by=specialist)


@pytest.fixture
def webhook(new_webhook) -> Webhook:
    return new_webhook[0]
