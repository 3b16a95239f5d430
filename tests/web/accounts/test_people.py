"""People are managed in pages: found, invited, given roles, and let in again."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tidegate.access.links import ASK, PEOPLE, invitation_link, password_link
from tidegate.accounts.focus import save_focus
from tidegate.accounts.models import AccessRequest, Invitation, Membership, Person
from tidegate.accounts.roles import PeopleManager
from tidegate.audit.models import Event
from tidegate.inbox.compose import NOTIFICATIONS, as_email
from tidegate.inbox.models import Mail, Message

PASSWORD = "four random words here"


@pytest.fixture
def administrator(signed_in) -> Client:
    return signed_in("state administrator")


@pytest.fixture
def mailing(settings) -> None:
    """A site that sends mails; none goes out."""
    settings.TIDEGATE_MAIL_URL, settings.TIDEGATE_MAIL_FROM = "smtp://localhost", "tidegate@example.org"


@pytest.fixture
def managing(world, settings, signed_in) -> Client:
    """The browser of a data specialist of Rock Star who manages its people, too."""
    settings.TIDEGATE_DELEGATED_PEOPLE = True
    specialist = world.person("data specialist")
    Membership.objects.create(person=specialist, role=PeopleManager.slug, organization=world.rock_star)
    return signed_in("data specialist")


def invite(client: Client, **more) -> object:
    asked = {
        "email": "new@example.org",
        "name": "New",
        "role": "viewer",
        "organization": "Rock Star High School (1001)",
    }
    return client.post(reverse("invite"), asked | more)


def link_on(page: str) -> str:
    return next(word for word in page.split() if "/invitations/" in word or "/password/new/" in word)


def test_an_invitation_leads_from_its_link_to_the_first_page(world, administrator, read):
    link = link_on(read(invite(administrator)).text)
    assert link.startswith("http://testserver/"), "As this browser reaches the site"
    newcomer = Client()
    page = read(newcomer.get(link))
    assert page.broken() == []
    assert "Viewer, Rock Star High School" in page.text
    short = newcomer.post(link, {"name": "New", "password1": "short", "password2": "short"})
    assert short.status_code == 422
    accepted = newcomer.post(link, {"name": "New", "password1": PASSWORD, "password2": PASSWORD})
    assert accepted["Location"] == reverse("start")
    assert "Rock Star High School" in read(newcomer.get(reverse("start"))).text
    assert Event.objects.filter(
        act="person.signed_in", person_id=Person.objects.get(email="new@example.org").pk
    ).exists()
    again = newcomer.get(link)
    assert again.status_code == 409
    assert "This invitation was used already" in read(again).text


@pytest.mark.parametrize("name", ["invite", "ask_for_access"])
def test_an_office_is_offered_no_role_of_the_whole_state(managing, read, name):
    offered = {each["value"] for each in read(managing.get(reverse(name))).all("input") if each.get("name") == "role"}
    assert {"viewer", "data-specialist", "cte-director"} <= offered
    assert not offered & {"state-administrator", "certifier", "approver"}


def test_an_invitation_is_withdrawn_and_its_link_says_so(world, administrator, read):
    link = link_on(read(invite(administrator)).text)
    assert "new@example.org" in read(administrator.get(reverse("people"))).text
    address = reverse("withdraw_invitation", args=[Invitation.objects.get().pk])
    assert "opens nothing any more" in read(administrator.get(address)).text
    assert Invitation.objects.get().withdrawn_at is None
    administrator.post(address)
    assert "This invitation was withdrawn" in read(Client().get(link)).text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"email": "viewer@example.org"}, "There is a person with this email already"),
        ({"organization": "Atlantis"}, "There is no organization with this ID or name"),
        ({"role": "data-specialist"}, "is not a role for this organization"),
        ({"role": ""}, "Choose a role"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said_on_the_form(world, administrator, read, more, sentence):
    answer = invite(administrator, **more)
    assert answer.status_code == 422
    assert sentence in read(answer).text


def test_a_role_is_given_by_id_and_ended_after_a_word_of_warning(world, administrator, read):
    nobody = world.person("nobody")
    address = reverse("give_role", args=[nobody.pk])
    assert administrator.post(address, {"role": "data-specialist", "organization": "3000"}).status_code == 302
    held = nobody.memberships.get()
    end = reverse("end_role", args=[nobody.pk, held.pk])
    assert "Data specialist, Harbor Public Schools" in read(administrator.get(end)).text
    assert nobody.memberships.exists()
    administrator.post(end)
    assert not nobody.memberships.exists()
    assert Message.objects.filter(person=nobody).count() == 2


def test_the_last_administrator_cannot_end_the_own_role(world, administrator, read):
    person = world.person("state administrator")
    answer = administrator.post(reverse("end_role", args=[person.pk, person.memberships.get().pk]))
    assert "This is the only state administrator" in read(answer).text
    assert person.memberships.exists()


@pytest.mark.parametrize("act", ["end-access", "reset-second-factor", "revoke-tokens", "password-link", "give-access"])
def test_an_act_on_an_account_is_said_before_and_done_by_a_button(world, administrator, read, act):
    person = world.person("viewer")
    Person.objects.filter(pk=person.pk).update(is_active=act != "give-access")
    address = reverse("change_person", args=[person.pk, act])
    assert read(administrator.get(address)).broken() == []
    answer = administrator.post(address)
    person.refresh_from_db()
    assert person.is_active == (act != "end-access")
    assert answer.status_code == (200 if act == "password-link" else 302)
    assert administrator.get(reverse("change_person", args=[person.pk, "no-such"])).status_code == 404


def test_a_handed_over_link_lets_the_person_choose_a_password(world, administrator, read):
    person = world.person("viewer")
    link = link_on(read(administrator.post(reverse("change_person", args=[person.pk, "password-link"]))).text)
    browser = Client()
    assert read(browser.get(link)).broken() == []
    differs = browser.post(link, {"password1": PASSWORD, "password2": "another one entirely"})
    assert "The two passwords are not the same" in read(differs).text
    assert browser.post(link, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert browser.get(link).status_code == 409
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_people_are_searched_and_paged(world, administrator, read, django_assert_max_num_queries):
    for number in range(60):
        person = Person.objects.create_user(f"p{number:02}@example.org", name=f"Person {number:02}")
        Membership.objects.create(person=person, role="viewer", organization=world.harbor)
    with django_assert_max_num_queries(30):
        page = read(administrator.get(reverse("people")))
    assert "Next page" in page.text
    found = read(administrator.get(reverse("people"), {"search": "harbor person 07"})).text
    assert "p07@example.org" in found
    assert "p08@example.org" not in found
    assert "Nobody found" in read(administrator.get(reverse("people"), {"search": "zzz"})).text


def test_a_district_manages_its_own_people_and_sees_no_others(world, managing, read):
    text = read(managing.get(reverse("people"))).text
    assert "viewer@example.org" in text
    assert "specialist.elsewhere@example.org" not in text
    viewer, elsewhere = world.person("viewer"), world.person("specialist elsewhere")
    assert managing.get(reverse("person", args=[viewer.pk])).status_code == 200
    assert managing.get(reverse("person", args=[elsewhere.pk])).status_code == 404
    assert managing.post(reverse("end_role", args=[viewer.pk, viewer.memberships.get().pk])).status_code == 302
    assert invite(managing).status_code == 200
    refused = invite(managing, email="other@example.org", organization="3000")
    assert refused.status_code == 422
    assert "There is no such organization" in read(refused).text


def test_who_manages_an_office_sees_no_link_where_mails_are_sent(world, mailing, managing, read):
    assert "Send the invitation by mail" not in read(managing.get(reverse("invite"))).text
    text = read(invite(managing)).text
    assert "The invitation is on its way to new@example.org" in text
    assert "/invitations/" not in text
    link = link_on(as_email(Mail.objects.get()).body)
    assert Client().post(link, {"name": "New", "password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert not Person.objects.get(email="new@example.org").was_link_handed_over


def test_an_administrator_may_hand_a_link_over_beside_the_mail(world, mailing, administrator, read):
    assert "/invitations/" in read(invite(administrator, by_mail="on")).text
    assert Mail.objects.count() == 1


def test_a_role_for_an_account_of_another_hand_comes_with_a_warning(world, managing, administrator, read):
    link = link_on(read(invite(managing)).text)
    Client().post(link, {"name": "New", "password1": PASSWORD, "password2": PASSWORD})
    person = Person.objects.get(email="new@example.org")
    address = reverse("give_role", args=[person.pk])
    assert "may know the password" in read(administrator.get(address)).text
    assert "may know the password" not in read(managing.get(address)).text
    viewer = reverse("give_role", args=[world.person("viewer").pk])
    assert "may know the password" not in read(administrator.get(viewer)).text


def test_a_password_link_that_an_office_had_is_noted(world, managing, administrator):
    viewer = world.person("viewer")
    address = reverse("change_person", args=[viewer.pk, "password-link"])
    for client, is_noted in ((administrator, False), (managing, True)):
        client.post(address)
        viewer.refresh_from_db()
        assert viewer.was_link_handed_over == is_noted


def test_a_person_without_a_role_asks_and_is_answered(world, signed_in, administrator, read):
    asking = signed_in("nobody")
    assert "Ask for access" in read(asking.get(reverse("start"))).text
    asked = {"role": "viewer", "organization": "Harbor Public Schools", "reason": "I check the files."}
    assert asking.post(reverse("ask_for_access"), asked).status_code == 302
    request = AccessRequest.objects.get()
    page = read(administrator.get(reverse("access_request", args=[request.pk])))
    assert page.broken() == []
    assert "I check the files." in page.text
    address = reverse("access_request", args=[request.pk])
    assert administrator.post(address, {"decline": "yes", "reason": ""}).status_code == 422
    assert administrator.post(address, {"grant": "yes", "reason": ""}).status_code == 302
    assert "Granted" in read(asking.get(reverse("ask_for_access"))).text
    AccessRequest.objects.update(answer="declined", answer_reason="Ask your superintendent first.")
    assert "Ask your superintendent first." in read(asking.get(reverse("ask_for_access"))).text
    assert world.person("nobody").memberships.get().organization == world.harbor


def test_a_forgotten_password_answers_alike_whoever_asks(world, mailing, read):
    answers = [
        read(Client().post(reverse("forgot_password"), {"email": email})).text
        for email in ("viewer@example.org", "stranger@example.org")
    ]
    assert answers[0] == answers[1]
    (sent,) = Mail.objects.all()
    link = link_on(as_email(sent).body)
    browser = Client()
    assert browser.post(link, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert world.person("viewer").pk == Person.objects.get(email="viewer@example.org").pk
    assert Person.objects.get(email="viewer@example.org").check_password(PASSWORD)
    assert mail.outbox == [], "Mails go by the queue alone"


def test_without_mail_the_sign_in_page_offers_no_link(world, read, settings):
    assert "Forgot your password" not in read(Client().get(reverse("account_login"))).text
    assert Client().get(reverse("forgot_password")).status_code == 404


def test_names_of_organizations_are_found_by_a_part_or_the_id(world, administrator, read):
    for asked, found in (("star high", "Rock Star High School (1001)"), ("3000", "Harbor Public Schools (3000)")):
        answer = administrator.get(reverse("organization_names"), {"organization": asked})
        assert found in answer.content.decode()


def test_the_links_of_mails_are_the_addresses_of_pages(world, settings):
    settings.TIDEGATE_SITE_URL = "https://x"
    assert invitation_link("s") == f"https://x{reverse('accept_invitation', args=['s'])}"
    link = password_link(world.person("viewer"), "7-x")
    assert link == f"https://x{reverse('new_password', args=[link.split('/')[-3], '7-x'])}"
    assert (reverse("people"), reverse("ask_for_access"), reverse("notifications")) == (PEOPLE, ASK, NOTIFICATIONS)
    assert f"{PEOPLE}requests/7/" == reverse("access_request", args=[7])


@pytest.mark.parametrize("link", ["/password/new/zz/zz/", "/password/new/OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk/a-b/"])
def test_a_made_up_link_says_that_it_is_too_old(db, link):
    assert Client().get(link).status_code == 409


def test_who_manages_people_alone_sees_no_uploads(world, settings, signed_in):
    settings.TIDEGATE_DELEGATED_PEOPLE = True
    nobody = world.person("nobody")
    Membership.objects.create(person=nobody, role=PeopleManager.slug, organization=world.rock_star)
    save_focus(by=nobody, school_year=world.year, organization=world.rock_star)
    upload = world.send(file_name="of-one-student.csv")
    client = signed_in("nobody")
    assert client.get(reverse("start"))["Location"] == reverse("people")
    assert client.get(reverse("state_reporting_status")).status_code == 403
    for name in ("start", "state_reporting_status"):
        text = client.get(reverse(name)).content.decode()
        assert reverse("upload", args=[upload.pk]) not in text, name
        assert "of-one-student" not in text, name
    assert client.get(reverse("people")).status_code == 200
