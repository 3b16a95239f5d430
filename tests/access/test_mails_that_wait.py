"""A mail that waits, since the server was away, is not sent when what it tells of is over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.access.test_access import PASSWORD, link_in, secret_of
from tests.inbox.mail_server import run_mail_jobs
from tidegate.access.accept import accept_invitation
from tidegate.access.idle import end_idle_access
from tidegate.access.invite import invite
from tidegate.access.passwords import choose_password, forget_password
from tidegate.access.requests import answer_request, ask_for_access
from tidegate.accounts.invitations import withdraw_invitation
from tidegate.accounts.models import Invitation, Membership, Person
from tidegate.accounts.people import set_access
from tidegate.accounts.roles import StateAdministrator, Viewer
from tidegate.inbox.digest import send_digests
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.mail_backlog import mails_given_up, mails_waiting
from tidegate.inbox.messages import choose, mark_all_read
from tidegate.inbox.models import HowOften, Mail
from tidegate.inbox.notify import notify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_server")]


@pytest.fixture
def administrator(person_with) -> Person:
    return person_with(StateAdministrator)


@pytest.fixture
def invited(state, administrator):
    return invite(by=administrator, email="new@example.org", name="", role=Viewer.slug, organization=state.high)


def sent(mail_server) -> list[str]:
    """Let the queue send what is still wanted, and return the subjects of it."""
    assert run_mail_jobs() == []
    Mail.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert (mails_waiting(), mails_given_up()) == (0, 0), "Whoever runs the site is not alarmed"
    return [mail["Subject"].removeprefix("tidegate: ") for mail in mail_server.taken]


def test_an_invitation_that_is_good_is_mailed(invited, mail_server):
    assert sent(mail_server) == ["Your invitation"]


@pytest.mark.parametrize("what", ["withdrawn", "expired", "accepted", "the inviter's access"])
def test_an_invitation_that_lets_nobody_in_is_not_mailed(invited, administrator, person_with, mail_server, what):
    if what == "withdrawn":
        withdraw_invitation(invited.invitation.pk, by=administrator)
    elif what == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif what == "accepted":
        accept_invitation(secret_of(invited.link), name="", password=PASSWORD)
    else:
        set_access(by=person_with(StateAdministrator), person=administrator, may_sign_in=False)
    assert "Your invitation" not in sent(mail_server)
    mail = Mail.objects.get(subject__endswith="invitation")
    assert mail.withdrawn_at
    assert mail.text == ""


def test_a_link_for_a_password_that_is_not_needed_any_more_is_not_mailed(person_with, mail_server):
    person = person_with(Viewer)
    forget_password(person.email)
    forget_password(person.email)
    choose_password(*link_in(Mail.objects.order_by("pk")[0]), password=PASSWORD)
    assert sent(mail_server) == ["Your access"], "That the password has changed is told all the same"


def test_a_person_whose_access_has_ended_gets_no_mail(administrator, person_with, mail_server):
    person = person_with(Viewer)
    forget_password(person.email)
    notify([person], MessageKind.DUE_SOON, "A file is due.")
    set_access(by=administrator, person=person, may_sign_in=False)
    assert sent(mail_server) == []


def test_that_an_idle_access_was_turned_off_is_mailed(person_with, mail_server, settings):
    settings.TIDEGATE_IDLE_DAYS = 30
    Person.objects.filter(pk=person_with(Viewer).pk).update(date_joined=timezone.now() - timedelta(days=40))
    assert end_idle_access() == 1
    assert sent(mail_server) == ["Your access"]


def test_a_request_that_somebody_has_answered_asks_no_other(state, administrator, person_with, mail_server):
    Membership.objects.create(person=person_with(), role=StateAdministrator.slug)
    request = ask_for_access(person=person_with(), role=Viewer.slug, organization=state.high, reason="")
    answer_request(request.pk, by=administrator, is_granted=True)
    assert "Request for access" not in sent(mail_server)


def test_a_daily_mail_that_was_switched_off_is_not_sent(person_with, mail_server):
    late, early, both = person_with(Viewer), person_with(Viewer), person_with(Viewer)
    for person in (late, early, both):
        choose(person, {MessageKind.DUE_SOON: HowOften.DAILY, MessageKind.WAITING_ROWS: HowOften.DAILY})
        notify([person], MessageKind.DUE_SOON, "A file is due.")
    notify([both], MessageKind.WAITING_ROWS, "Rows were loaded.")
    choose(early, {MessageKind.DUE_SOON: HowOften.NEVER})
    assert send_digests() == 2
    for person in (late, both):
        choose(person, {MessageKind.DUE_SOON: HowOften.NEVER})
    assert sent(mail_server) == ["2 new messages"]
    assert mail_server.taken[0]["To"] == both.email


def test_what_was_read_meanwhile_is_not_mailed_unless_about_access(person_with, mail_server):
    person = person_with(Viewer)
    for kind in (MessageKind.DUE_SOON, MessageKind.ACCESS_CHANGED):
        notify([person], kind, "Told.")
    mark_all_read(person)
    assert sent(mail_server) == ["Your access"]
