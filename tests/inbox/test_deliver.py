"""Mails reach a real server: sent once, tried again for days, and given up only where it says so."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.jobs import Job

from tests.inbox.mail_server import run_mail_jobs
from tidegate.accounts.models import Person
from tidegate.accounts.password_tokens import make_password_token
from tidegate.inbox.compose import password_mail, queue_mails
from tidegate.inbox.deliver import PAUSES, NotTaken
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.mail_backlog import mails_given_up, mails_waiting
from tidegate.inbox.mail_url import mail_server as server_of
from tidegate.inbox.models import Mail
from tidegate.inbox.notify import notify
from tidegate.uploads.tasks import send_mail

DAY = 86_400


def test_a_server_that_is_away_for_days_loses_no_mail(person, mail_server):
    notify([person], MessageKind.DUE_SOON, "A file is due.")
    fixed = Mail.objects.get().message_id
    mail_server.stop()
    waited = []
    while sum(waited) < 3 * DAY:
        waited += run_mail_jobs()
    assert waited == sorted(waited), "The pauses grow"
    assert Mail.objects.get().last_answer.startswith("The mail server was not reached")
    mail_server.come_back()
    assert run_mail_jobs() == []
    assert [mail["Message-ID"] for mail in mail_server.taken] == [fixed]


def test_a_mail_that_was_sent_is_not_sent_again(person, mail_server):
    notify([person], MessageKind.DUE_SOON, "A file is due.")
    run_mail_jobs()
    run_mail_jobs()
    assert len(mail_server.taken) == 1
    assert Mail.objects.get().text == ""


def test_a_mail_cut_off_before_it_was_noted_has_the_same_message_id(person, mail_server):
    notify([person], MessageKind.DUE_SOON, "A file is due.")
    mail = Mail.objects.get()
    run_mail_jobs()
    mail.save()  # as if what was noted after the server had taken it had never been committed
    run_mail_jobs()
    assert [each["Message-ID"] for each in mail_server.taken] == [mail.message_id] * 2


def test_one_recipient_who_is_refused_for_ever_stops_no_other(person, mail_server):
    gone = Person.objects.create_user("gone@example.org", name="Gone")
    mail_server.to_recipients = {"gone@example.org": "550 No such user"}
    notify([gone, person], MessageKind.DUE_SOON, "A file is due.")
    assert run_mail_jobs() == []
    assert [mail["To"] for mail in mail_server.taken] == ["jo@example.org"]
    refused = Mail.objects.get(to="gone@example.org")
    assert refused.given_up_at is not None
    assert refused.last_answer == "550 No such user"


@pytest.mark.parametrize("at_recipient", [True, False])
def test_a_server_that_says_later_is_asked_later(person, mail_server, at_recipient):
    if at_recipient:
        mail_server.to_recipients = {"jo@example.org": "450 Try again"}
    else:
        mail_server.to_data = ["451 Try again"]
    notify([person], MessageKind.DUE_SOON, "A file is due.")
    assert run_mail_jobs() == [PAUSES[0]]
    assert Mail.objects.get().last_answer.endswith("Try again")
    mail_server.to_recipients = {}
    assert run_mail_jobs() == []
    assert len(mail_server.taken) == 1


def test_after_four_days_a_mail_is_given_up(person, mail_server):
    notify([person], MessageKind.DUE_SOON, "A file is due.")
    mail_server.stop()
    assert [pause for _ in range(20) for pause in run_mail_jobs()] == list(PAUSES)
    assert Mail.objects.get().given_up_at is not None
    assert sum(PAUSES) > 4 * DAY - 3_600


def test_the_queue_waits_as_long_as_the_mail_says():
    job = Job(id=1, queue="mail", lock=None, queueing_lock=None, task_name="send_mail", attempts=40)
    strategy = send_mail.retry_strategy
    assert strategy.get_retry_decision(exception=NotTaken(60), job=job).retry_at is not None
    assert strategy.get_retry_decision(exception=ValueError(), job=job) is None
    assert strategy.get_retry_decision(exception=ValueError(), job=job.evolve(attempts=3)).retry_at is not None


def queue_link(person):
    token = make_password_token(person)
    queue_mails([password_mail(person, [f"https://x/{token}"], token=token)])
    return token


def test_a_secret_link_is_not_readable_in_the_database(person, mail_server):
    token = queue_link(person)
    assert token not in str(list(Mail.objects.values()))
    run_mail_jobs()
    assert f"https://x/{token}" in mail_server.taken[0].get_content()
    assert Mail.objects.get().token == ""


def test_a_mail_of_another_secret_key_is_given_up_with_the_reason(person, mail_server, settings):
    queue_link(person)
    settings.SECRET_KEY = "another"
    assert run_mail_jobs() == []
    assert "TIDEGATE_SECRET_KEY has changed" in Mail.objects.get().last_answer


@pytest.mark.parametrize(
    ("url", "port", "is_tls", "is_starttls"),
    [
        ("smtp://mail.example.org", 587, False, True),
        ("smtp://mail.example.org:25?tls=no", 25, False, False),
        ("smtps://mail.example.org", 465, True, False),
    ],
)
def test_the_url_says_how_mails_go(url, port, is_tls, is_starttls):
    server = server_of(url)
    assert (server.host, server.port) == ("mail.example.org", port)
    assert (server.is_tls, server.is_starttls) == (is_tls, is_starttls)


def test_a_password_in_the_url_may_have_any_letter():
    assert server_of("smtp://jo%40x.org:p%2Fw%3A@mail.example.org")[2:4] == ("jo@x.org", "p/w:")


@pytest.mark.parametrize("url", ["mail.example.org", "https://mail.example.org", "smtp://host?ssl=1", "smtp://h?tls=x"])
def test_a_url_that_names_no_mail_server_says_so(url):
    with pytest.raises(ValueError, match="TIDEGATE_MAIL_URL"):
        server_of(url)


def test_whoever_runs_the_site_sees_mails_that_do_not_arrive(person, mail_server):
    mail_server.to_recipients = {"jo@example.org": "550 No such user"}
    notify([person], MessageKind.DUE_SOON, "A file is due.")
    assert (mails_waiting(), mails_given_up()) == (0, 0)
    Mail.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert (mails_waiting(), mails_given_up()) == (1, 0)
    run_mail_jobs()
    assert (mails_waiting(), mails_given_up()) == (0, 1)


@pytest.mark.parametrize("password", ["quiet/please", "quiet\u2100please"])
def test_a_mail_url_that_is_none_tells_no_password(password):
    with pytest.raises(ValueError, match="write / as %2F") as caught:
        server_of(f"smtp://jo:{password}@mail.example.org")
    assert "quiet" not in str(caught.value)
