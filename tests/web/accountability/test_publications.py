"""Published counts on their pages: previewed and published by the state, read by everybody where it lets them."""

import re

import pytest
from django.test import Client

from tests.accountability.conftest import approved
from tests.accountability.publication.test_publication import fill
from tests.web.page import Page
from tidegate.accountability.models import Publication, Snapshot
from tidegate.accountability.publication.publish import publish_snapshot
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import StateAdministrator, Viewer


@pytest.fixture(scope="module")
def filled(module_transaction):
    with module_transaction.unblock():
        fill()
        administrator = Person.objects.create_user("state@example.org", "a long password", name="State")
        Membership.objects.create(person=administrator, role=StateAdministrator.slug)
        elsewhere = Person.objects.create_user("elsewhere@example.org", "a long password", name="Elsewhere")
        Membership.objects.create(person=elsewhere, role=Viewer.slug, organization_id=4000)
        return approved().pk


@pytest.fixture
def snapshot(filled, db) -> Snapshot:
    return Snapshot.objects.get(pk=filled)


@pytest.fixture
def state(snapshot) -> Client:
    client = Client()
    client.force_login(Person.objects.get(email="state@example.org"))
    return client


@pytest.fixture
def published(snapshot, settings) -> Publication:
    settings.TIDEGATE_PUBLIC_COUNTS = True
    return publish_snapshot(snapshot, by=None)


def test_the_state_sees_what_would_be_published_and_publishes_it(state, snapshot, read):
    address = f"/snapshots/{snapshot.pk}/publish/"
    page = read(state.get(address))
    assert page.broken() == []
    assert re.search(r"\d+ of \d+ numbers are hidden", page.text)
    assert not Publication.objects.exists()
    response = state.post(address, follow=True)
    (made,) = Publication.objects.all()
    assert response.redirect_chain == [(f"/published/{made.pk}/", 302)]
    assert read(response).broken() == []
    assert "is published: " in read(response).text
    assert state.post(address).status_code == 409


def test_what_cannot_be_published_says_why(state, snapshot, read):
    Snapshot.objects.filter(pk=snapshot.pk).update(state="reviewed")
    page = read(state.get(f"/snapshots/{snapshot.pk}/publish/"))
    assert "only an approved count is published" in page.text
    assert state.post(f"/snapshots/{snapshot.pk}/publish/").status_code == 409


def test_everybody_reads_what_was_published_where_the_state_says_so(published):
    for address in ("/published/", f"/published/{published.pk}/"):
        response = Client().get(address)
        assert (response.status_code, response["Cache-Control"]) == (200, "public, max-age=3600")
        page = Page(response.content.decode())
        assert page.broken() == []
        assert "Navigation" not in page.text
    assert Client().get(f"/published/{published.pk}/numbers.csv").status_code == 200
    assert Client().get("/published/99999999/").status_code == 404


def test_it_is_closed_until_the_state_opens_it(published, settings):
    settings.TIDEGATE_PUBLIC_COUNTS = False
    for end in ("", f"{published.pk}/", f"{published.pk}/numbers.csv"):
        assert Client().get(f"/published/{end}").status_code == 302


def test_no_page_shows_a_small_number_of_others(published):
    content = Client().get(f"/published/{published.pk}/").content.decode()
    cells = re.findall(r'<td class="number">(.*?)</td>', content, re.DOTALL)
    found = [re.match(r"\s*(\d+)\s*(<|$)", cell) for cell in cells]
    shown = {int(each[1]) for each in found if each}
    assert max(shown) == 260
    assert not {number for number in shown if 0 < number < published.smallest}


def test_readers_are_told_what_nobody_approved_and_what_was_taken_back(published):
    address = f"/published/{published.pk}/"

    def texts() -> tuple[str, str]:
        pages = [Page(Client().get(each).content.decode()) for each in ("/published/", address)]
        assert [page.broken() for page in pages] == [[], []]
        return pages[0].text, pages[1].text

    listed, told = texts()
    assert "Approved" in listed
    assert "preliminary" not in told
    Publication.objects.update(snapshot_state="reviewed")
    listed, told = texts()
    assert "Preliminary" in listed
    assert "This is a preliminary count" in told
    Snapshot.objects.update(state="open")
    listed, told = texts()
    assert "Revoked" in listed
    assert "This count was revoked" in told


def test_a_newer_publication_of_the_count_is_named(published, snapshot):
    newer = Publication.objects.create(
        snapshot=snapshot, smallest=10, edge_percent=5, document={"reports": []}, sha256="", number_count=0,
        hidden_count=0, withheld_count=0,
    )  # fmt: skip
    assert f'href="/published/{newer.pk}/"' in Client().get(f"/published/{published.pk}/").content.decode()
