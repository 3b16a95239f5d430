"""People are let in: invited, asked for by themselves, and let in again when they forgot their password."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from tidegate.access.accept import accept_invitation
from tidegate.access.idle import end_idle_access
from tidegate.access.invite import invite
from tidegate.access.passwords import (
    MAX_FOR_A_PERSON,
    MAX_FROM_AN_ADDRESS,
    choose_password,
    forget_password,
    make_password_link,
)
from tidegate.access.requests import answer_request, ask_for_access, who_answers
from tidegate.access.roles import end_role, give_role
from tidegate.accounts.find_people import open_invitations
from tidegate.accounts.invitations import find_invitation, invitation_for, withdraw_invitation
from tidegate.accounts.models import Invitation, Membership, Person, Scope
from tidegate.accounts.people import set_access
from tidegate.accounts.rate_limit import RateLimited
from tidegate.accounts.roles import DataSpecialist, PeopleManager, StateAdministrator, Viewer
from tidegate.accounts.tokens import add_token, find_token
from tidegate.audit.models import Event
from tidegate.audit.origin import Origin, within_request
from tidegate.core.errors import Conflict, NotAllowed, NotFound, Refusal
from tidegate.inbox.compose import as_email
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.models import Mail, Message

pytestmark = pytest.mark.django_db
PASSWORD = "four random words here"


@pytest.fixture
def administrator(person_with) -> Person:
    return person_with(StateAdministrator)


@pytest.fixture
def invited(state, administrator):
    return invite(
        by=administrator, email="New@example.org", name="New", role=Viewer.slug, organization=state.high, by_mail=True
    )


def secret_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def link_in(mail: Mail) -> tuple[str, str]:
    """Return the two parts of the link for a new password that a mail has."""
    line = next(line for line in as_email(mail).body.splitlines() if "/password/new/" in line)
    number, token = line.rstrip("/").split("/")[-2:]
    return number, token


def test_an_invitation_is_accepted_once_and_brings_its_role(state, invited):
    secret = secret_of(invited.link)
    person = accept_invitation(secret, name="Newcomer", password=PASSWORD)
    assert (person.email, person.name) == ("new@example.org", "Newcomer")
    assert person.memberships.get().organization == state.high
    with pytest.raises(Conflict, match="used already"):
        find_invitation(secret)


def test_who_invited_is_told_that_the_invitation_was_accepted(state, invited, administrator):
    person = accept_invitation(secret_of(invited.link), name="Newcomer", password=PASSWORD)
    told = Message.objects.get(kind=MessageKind.INVITATION_ACCEPTED)
    assert told.person == administrator
    assert told.text == f"Newcomer has accepted your invitation: Viewer, {state.high.name}."
    assert told.link == f"/people/{person.pk}/"


def test_an_invitation_that_is_late_or_withdrawn_says_so(invited, administrator):
    secret = secret_of(invited.link)
    Invitation.objects.update(expires_at=timezone.now())
    with pytest.raises(Conflict, match="was good until"):
        find_invitation(secret)
    withdraw_invitation(invited.invitation.pk, by=administrator)
    with pytest.raises(Conflict, match="withdrawn"):
        accept_invitation(secret, name="", password=PASSWORD)
    with pytest.raises(NotFound):
        find_invitation("no such secret")


def test_a_second_invitation_to_the_same_ends_the_first(state, invited, administrator):
    invite(by=administrator, email="new@example.org", name="", role=Viewer.slug, organization=state.high)
    with pytest.raises(Conflict, match="withdrawn"):
        find_invitation(secret_of(invited.link))


def test_a_mailed_invitation_has_its_link_in_the_mail_alone(mailing, invited):
    assert invited.is_mailed
    mail = Mail.objects.get()
    secret = secret_of(invited.link)
    assert invited.link in as_email(mail).body
    assert secret not in mail.text
    assert secret not in str(list(Event.objects.values())) + str(list(Invitation.objects.values()))


def test_nobody_is_invited_who_is_here_or_to_what_cannot_be_held(state, administrator):
    with pytest.raises(Refusal, match="already"):
        invite(by=administrator, email=administrator.email, name="", role=Viewer.slug, organization=state.high)
    with pytest.raises(Refusal, match="is not a role for this organization"):
        invite(by=administrator, email="x@example.org", name="", role=DataSpecialist.slug, organization=state.high)


def test_a_role_given_or_ended_is_told_to_the_person(state, administrator, person_with):
    person = person_with()
    membership = give_role(by=administrator, person=person, role=Viewer.slug, organization=state.high)
    end_role(by=administrator, membership=membership)
    texts = list(Message.objects.filter(person=person).order_by("pk").values_list("text", flat=True))
    assert texts[0].startswith("You have a new role: Viewer, Rock Star High School.")
    assert texts[1].startswith("A role of yours has ended: Viewer, Rock Star High School.")


@pytest.fixture
def asked(state, administrator, person_with):
    return ask_for_access(
        person=person_with(), role=DataSpecialist.slug, organization=state.rock_star, reason="I send the files."
    )


def test_a_request_that_is_granted_gives_the_role_and_tells_both(asked, administrator):
    assert Message.objects.get().person == administrator
    assert Message.objects.get().kind == MessageKind.ACCESS_ASKED
    answer_request(asked.pk, by=administrator, is_granted=True)
    assert asked.person.memberships.get().role == DataSpecialist.slug
    answers = Message.objects.filter(person=asked.person).order_by("pk")
    assert [each.text.partition(":")[0] for each in answers] == ["You have the role that you asked for"]
    with pytest.raises(Conflict, match="Somebody has answered"):
        answer_request(asked.pk, by=administrator, is_granted=False, reason="Too late")


def test_a_request_is_declined_with_a_reason_that_the_person_reads_here(asked, administrator):
    with pytest.raises(Refusal, match="Say why"):
        answer_request(asked.pk, by=administrator, is_granted=False, reason=" ")
    answer_request(asked.pk, by=administrator, is_granted=False, reason="Ask your superintendent first.")
    assert not asked.person.memberships.exists()
    asked.refresh_from_db()
    assert asked.answer_reason == "Ask your superintendent first."
    assert "superintendent" not in Message.objects.get(person=asked.person).text, "Free text is on the page alone"


def test_a_request_is_made_once_and_not_for_a_role_that_is_held(state, asked):
    with pytest.raises(Conflict, match="already"):
        ask_for_access(person=asked.person, role=asked.role, organization=asked.organization, reason="Again")
    Membership.objects.create(person=asked.person, role=Viewer.slug, organization=state.high)
    with pytest.raises(Refusal, match="have this role already"):
        ask_for_access(person=asked.person, role=Viewer.slug, organization=state.high, reason="Again")


def test_the_districts_own_manager_answers_where_the_state_lets_them(
    state, asked, administrator, person_with, settings
):
    manager = person_with(DataSpecialist, state.rock_star)
    Membership.objects.create(person=manager, role=PeopleManager.slug, organization=state.rock_star)
    assert who_answers(asked) == [administrator]
    settings.TIDEGATE_DELEGATED_PEOPLE = True
    assert who_answers(asked) == [manager]
    answer_request(asked.pk, by=manager, is_granted=True)
    assert asked.person.memberships.exists()


def test_a_forgotten_password_is_chosen_anew_once(mailing, client, person_with, rf):
    person = person_with()
    client.force_login(person)
    forget_password(person.email.upper())
    number, token = link_in(Mail.objects.get())
    choose_password(number, token, password=PASSWORD)
    assert authenticate(rf.post("/"), username=person.email, password=PASSWORD) == person
    assert client.get("/tokens/").status_code == 302, "Every session has ended"
    with pytest.raises(Conflict, match="used already"):
        choose_password(number, token, password=PASSWORD)
    assert "Your password was changed by a link" in Message.objects.get(person=person).text


@pytest.mark.parametrize("who", ["nobody", "off", "by provider"])
def test_who_has_no_password_gets_no_mail_and_nobody_learns_it(mailing, person_with, who):
    person = person_with()
    if who == "off":
        set_access(by=None, person=person, may_sign_in=False)
    elif who == "by provider":
        person.set_unusable_password()
        person.save()
    assert forget_password("nobody@example.org" if who == "nobody" else person.email) is None
    assert not Mail.objects.exists()


def test_a_person_is_mailed_few_links_an_hour(mailing, person_with):
    person = person_with()
    for _ in range(MAX_FOR_A_PERSON + 2):
        forget_password(person.email)
    assert Mail.objects.count() == MAX_FOR_A_PERSON


def test_a_link_of_an_ended_access_opens_nothing(mailing, person_with):
    person = person_with()
    forget_password(person.email)
    set_access(by=None, person=person, may_sign_in=False)
    with pytest.raises(Conflict):
        choose_password(*link_in(Mail.objects.get()), password=PASSWORD)


def test_without_mail_the_state_hands_the_link_over(administrator, person_with):
    link = make_password_link(by=administrator, person=person_with())
    assert "/password/new/" in link
    with pytest.raises(NotAllowed):
        make_password_link(by=person_with(), person=administrator)


def test_idle_accounts_go_off_and_the_last_administrator_stays(state, administrator, person_with, settings):
    settings.TIDEGATE_IDLE_DAYS = 90
    idle, busy, by_program = person_with(), person_with(), person_with(DataSpecialist, state.rock_star)
    Person.objects.update(date_joined=timezone.now() - timedelta(days=100))
    Person.objects.filter(pk=busy.pk).update(last_login=timezone.now() - timedelta(days=10))
    _, secret = add_token(
        by=by_program, person=by_program, organization=state.rock_star, name="SIS", scopes=[Scope.READ], days=30
    )
    assert find_token(secret) is not None
    assert end_idle_access() == 1
    assert list(Person.objects.filter(is_active=False)) == [idle]
    idle.refresh_from_db()
    set_access(by=administrator, person=idle, may_sign_in=True)
    assert end_idle_access() == 0, "Access that was given back is counted anew"


def test_few_links_are_mailed_to_one_network_address(mailing, person_with):
    with within_request(Origin(address="192.0.2.7")):
        for _ in range(MAX_FROM_AN_ADDRESS):
            forget_password("nobody@example.org")
        with pytest.raises(RateLimited):
            forget_password(person_with().email)
    assert not Mail.objects.exists()


def test_by_default_no_account_is_ever_idle(person_with):
    person_with()
    Person.objects.update(date_joined=timezone.now() - timedelta(days=5_000))
    assert end_idle_access() == 0


def test_a_link_stays_dead_when_access_is_given_back(mailing, person_with):
    person = person_with()
    forget_password(person.email)
    set_access(by=None, person=person, may_sign_in=False)
    set_access(by=None, person=person, may_sign_in=True)
    with pytest.raises(Conflict):
        choose_password(*link_in(Mail.objects.get()), password=PASSWORD)


@pytest.fixture
def invited_twice(state, administrator, person_with, settings):
    """Two offices that have invited the same person to their own, each with its link, and who invited."""
    settings.TIDEGATE_DELEGATED_PEOPLE = True
    manager = person_with(DataSpecialist, state.capital)
    Membership.objects.create(person=manager, role=PeopleManager.slug, organization=state.capital)
    given = {"email": "kim@example.org", "name": "Kim"}
    first = invite(by=administrator, role=Viewer.slug, organization=state.rock_star, **given)
    second = invite(by=manager, role=DataSpecialist.slug, organization=state.capital, **given)
    return (secret_of(first.link), administrator), (secret_of(second.link), manager)


@pytest.mark.parametrize("accepted", [0, 1])
def test_of_two_invitations_the_second_gives_no_role_and_both_are_told(state, invited_twice, accepted):
    (secret, _), (other, inviter) = invited_twice[accepted], invited_twice[1 - accepted]
    kim = accept_invitation(secret, name="Kim", password=PASSWORD)
    with pytest.raises(Conflict, match="account already, so this link gives you no role") as refused:
        accept_invitation(other, name="Kim", password=PASSWORD)
    assert refused.value.fix == "Sign in and ask for the role: Ask for access, under your name"
    assert kim.memberships.count() == 1
    assert not open_invitations(inviter).exists(), "Nobody is waited for any more"
    told = Message.objects.get(person=inviter)
    what, how, link = (
        (f"Data specialist, {state.capital.name}", "They can ask for it: Ask for access, under their name", "/people/")
        if accepted == 0
        else (f"Viewer, {state.rock_star.name}", "Give it on their page", f"/people/{kim.pk}/")
    )
    assert told.text == f"Kim has an account by another way, so your invitation gave no role: {what}. {how}."
    assert told.link == link


def test_who_may_no_longer_invite_is_told_of_no_unused_invitation(invited_twice):
    (secret, administrator), (_, manager) = invited_twice
    Membership.objects.filter(person=manager).delete()
    accept_invitation(secret, name="Kim", password=PASSWORD)
    assert not Message.objects.filter(person=manager).exists()
    assert not open_invitations(administrator).exists()


@pytest.mark.parametrize("how", ["access", "role", "states word"])
def test_an_invitation_ends_with_the_rights_of_who_invited(state, person_with, settings, how):
    settings.TIDEGATE_DELEGATED_PEOPLE = True
    manager = person_with(DataSpecialist, state.rock_star)
    Membership.objects.create(person=manager, role=PeopleManager.slug, organization=state.rock_star)
    given = {"name": "", "role": DataSpecialist.slug, "organization": state.rock_star}
    secret = secret_of(invite(by=manager, email="second@example.org", **given).link)
    if how == "access":
        set_access(by=None, person=manager, may_sign_in=False)
    elif how == "role":
        Membership.objects.filter(person=manager, role=DataSpecialist.slug).delete()
    else:
        settings.TIDEGATE_DELEGATED_PEOPLE = False
    assert invitation_for(["second@example.org"]) is None
    with pytest.raises(Conflict, match="can no longer give you this role"):
        accept_invitation(secret, name="Second", password=PASSWORD)
    assert not Person.objects.filter(email="second@example.org").exists()
