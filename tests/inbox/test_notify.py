"""People are told in the inbox, and by mail as they choose."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.inbox.mail_server import run_mail_jobs
from tidegate.accounts.models import Person
from tidegate.inbox.digest import send_digests
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.messages import choose, delete_old, mark_all_read, messages_of, unread_count
from tidegate.inbox.models import HowOften, Mail, MailChoice, Message
from tidegate.inbox.notify import MAX_MAILS_AN_HOUR, notify

KIND = MessageKind.UPLOAD_ENDED


def test_a_message_and_its_mail_are_of_the_acts_own_transaction(person, mail_server):
    with suppress(ZeroDivisionError), transaction.atomic():
        notify([person], KIND, "Told.")
        raise ZeroDivisionError
    assert not Message.objects.exists()
    assert not Mail.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_a_mail_has_the_text_a_link_and_says_that_a_program_sent_it(person, mail_server):
    notify([person], KIND, "Your file has errors.", link="/state-reporting-status/7/")
    assert run_mail_jobs() == []
    (mail,) = mail_server.taken
    assert (mail["To"], mail["From"]) == ("jo@example.org", "tidegate@example.org")
    assert mail["Subject"] == "tidegate: Upload with errors"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@tidegate.example.org>")
    text = mail.get_content()
    assert "Your file has errors." in text
    assert "https://tidegate.example.org/state-reporting-status/7/" in text
    assert "https://tidegate.example.org/notifications/" in text
    notify([person], KIND, "Without a link.")
    run_mail_jobs()
    assert "Without a link.\n\nWhat is mailed" in mail_server.taken[-1].get_content().replace("\r\n", "\n")


def test_without_a_mail_server_the_inbox_alone_has_it(person):
    notify([person], KIND, "Told.")
    assert unread_count(person) == 1
    assert not Mail.objects.exists()


def test_a_person_who_wants_no_mail_of_a_kind_gets_none(person, mail_server):
    choose(person, {KIND: HowOften.NEVER})
    notify([person], KIND, "Told.")
    assert (unread_count(person), Mail.objects.count()) == (1, 0)


def test_a_daily_mail_has_what_came_and_was_not_read(person, mail_server):
    MailChoice.objects.create(person=person, kind=KIND, how_often=HowOften.DAILY)
    notify([person], KIND, "Read already.")
    mark_all_read(person)
    notify([person], KIND, "The first.")
    notify([person], KIND, "The second.")
    assert Mail.objects.count() == 0
    assert (send_digests(), send_digests()) == (1, 0)
    run_mail_jobs()
    (mail,) = mail_server.taken
    assert mail["Subject"] == "tidegate: 2 new messages"
    text = mail.get_content()
    assert "The first." in text
    assert "The second." in text
    assert "Read already." not in text


def test_a_flood_of_one_kind_waits_for_the_daily_mail(person, mail_server):
    for _ in range(MAX_MAILS_AN_HOUR + 5):
        notify([person], KIND, "Again.")
    assert (unread_count(person), Mail.objects.count()) == (MAX_MAILS_AN_HOUR + 5, MAX_MAILS_AN_HOUR)
    assert send_digests() == 1


def test_whoever_has_no_access_is_told_nothing(person, mail_server):
    person.is_active = False
    notify([person], KIND, "Told.")
    assert not Message.objects.exists()


def test_many_people_are_told_by_as_many_statements_as_one(db, mail_server, django_assert_max_num_queries):
    people = Person.objects.bulk_create(Person(email=f"p{n}@example.org", name="P") for n in range(1500))
    with django_assert_max_num_queries(12):
        notify(people, KIND, "Told.")
    assert Message.objects.count() == Mail.objects.count() == ProcrastinateJob.objects.count() == 1500


def test_a_person_opens_only_own_messages_and_reads_all_at_once(person, client):
    other = Person.objects.create_user("other@example.org", name="Other")
    notify([person, other], KIND, "Told.", link="/students/")
    mine, theirs = messages_of(person).get(), messages_of(other).get()
    client.force_login(person)
    assert client.get(f"/inbox/{theirs.pk}/").status_code == 404
    assert client.get(f"/inbox/{mine.pk}/")["Location"] == "/students/"
    assert (unread_count(person), unread_count(other)) == (0, 1)
    notify([person], KIND, "Again.")
    client.post("/inbox/read/")
    assert unread_count(person) == 0


def test_the_inbox_shows_new_messages_first(person, client):
    for text in ("Old and new.", "Newer and read."):
        notify([person], KIND, text)
    Message.objects.filter(text="Newer and read.").update(read_at=timezone.now())
    client.force_login(person)
    page = client.get("/inbox/").content.decode()
    assert page.index("Old and new.") < page.index("Newer and read.")
    assert "Inbox, 1 new" in page


def test_reading_a_message_passes_over_none_of_the_next_page(person, client):
    for number in range(120):
        notify([person], KIND, f"Message {number}.")
    client.force_login(person)
    first = client.get("/inbox/").context["page"]
    client.get(f"/inbox/{first.object_list[-1].pk}/")
    following = client.get("/inbox/", {"page": 2, "after": first.last}).context["page"]
    assert [each.text for each in following] == [f"Message {number}." for number in range(69, 19, -1)]
    assert client.get("/inbox/", {"page": 2, "after": f"{first.object_list[0].pk}-\x00x"}).status_code == 200


def test_the_choice_is_made_on_a_page(person, client):
    client.force_login(person)
    chosen = {kind.value: "daily" for kind in MessageKind}
    assert client.post("/notifications/", chosen).status_code == 302
    assert set(MailChoice.objects.values_list("how_often", flat=True)) == {"daily"}
    assert client.post("/notifications/", chosen | {"due-soon": "hourly"}).status_code == 422


def test_old_messages_go_and_mails_that_still_wait_stay(person, mail_server):
    notify([person], KIND, "Told.")
    delete_old(before=timezone.now() + timedelta(days=1))
    assert (Message.objects.count(), Mail.objects.count()) == (0, 1)


@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_has_words(kind):
    assert Message(kind=kind).title != "Message"
