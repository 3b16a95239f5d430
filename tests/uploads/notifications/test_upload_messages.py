"""People are told what became of uploads, without anything of the file."""

import pytest
from django.urls import reverse

from tests.uploads.canary import BAD, CANARY, GOOD, HEADER, NUMBER
from tests.uploads.conftest import CTE_CENTER, ROCK_STAR, person
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import DataSpecialist, StateAdministrator
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.models import Mail, Message
from tidegate.uploads.lifecycle.worker.cancel import cancel
from tidegate.uploads.notifications.upload_messages import may_release, page_of_upload


@pytest.fixture
def mailing(settings):
    """A site that sends mails; what is queued is looked at, and nothing goes out."""
    settings.TIDEGATE_MAIL_URL, settings.TIDEGATE_MAIL_FROM = "smtp://localhost", "tidegate@example.org"


def test_the_sender_is_told_of_errors_and_nothing_of_the_file(process_file, specialist, mailing):
    upload = process_file(f"{HEADER}\n{GOOD}\n{BAD}\n", by=specialist, file_name=f"{CANARY}.csv")
    message, mail = Message.objects.get(), Mail.objects.get()
    assert (message.person, message.kind) == (specialist, MessageKind.UPLOAD_ENDED)
    assert message.text == (
        "Your CTE file for 2020-2021 was sent: 1 of its 2 rows has errors. Open it to see what to correct."
    )
    assert message.link == reverse("upload", args=[upload.pk])
    for said in (message.text, mail.text, mail.subject):
        assert CANARY not in said
        assert NUMBER not in said


@pytest.mark.parametrize(
    ("rows", "said"), [([BAD], "its only row has errors"), ([BAD, BAD], "all 2 of its rows have errors")]
)
def test_a_file_with_nothing_right_is_told_as_people_say_it(process_file, specialist, rows, said):
    process_file("\n".join([HEADER, *rows, ""]), by=specialist)
    assert Message.objects.get().text.startswith(f"Your CTE file for 2020-2021 was sent: {said}. ")


def test_a_clean_file_tells_nobody(process_file, specialist):
    process_file(f"{HEADER}\n{GOOD}\n", by=specialist)
    assert not Message.objects.exists()


def test_a_file_that_fails_tells_its_sender(process_file, specialist):
    process_file(b"\x00\x01", by=specialist)
    assert "failed, and nothing of it was loaded" in Message.objects.get().text


def test_who_may_release_is_told_of_a_hold_and_not_the_sender(process_file, specialist, settings):
    second = Person.objects.create_user("second@example.org", name="Second")
    Membership.objects.create(person=second, role=DataSpecialist.slug, organization_id=ROCK_STAR)
    person(StateAdministrator, None)
    process_file(f"{HEADER}\n{GOOD}\n", by=specialist)
    settings.TIDEGATE_HOLD_PERCENT, settings.TIDEGATE_HOLD_COUNT = 50, 1
    upload = process_file(f"{HEADER}\n{GOOD.replace('1.50', '2.00')}\n", by=specialist)
    assert (Message.objects.get().person, Message.objects.get().kind) == (second, MessageKind.WAITS_FOR_RELEASE)
    cancel(upload, by=specialist)
    assert Message.objects.get().read_at, "Nobody is asked for what is over"
    second.memberships.all().delete()
    assert [each.memberships.get().role for each in may_release(upload)] == [StateAdministrator.slug]


def test_an_office_is_told_that_another_one_changed_its_lines(process_file, director, specialist, other_specialist):
    process_file(f"{HEADER}\n{GOOD}\n", by=director, organization_id=CTE_CENTER)
    process_file(f"{HEADER}\n{GOOD.replace('1.50', '2.00')}\n", by=specialist)
    told = Message.objects.filter(kind=MessageKind.RECORDS_CHANGED)
    assert {message.person for message in told} == {director, other_specialist}, "The center's own, and its district's"
    assert "1 line of CTE for 2020-2021 that your office sent was changed" in told.first().text
    assert NUMBER not in told.first().text
    assert told.first().link == reverse("on_file")


def test_an_office_that_corrects_its_own_lines_tells_nobody(process_file, specialist):
    for file in (GOOD, GOOD.replace("1.50", "2.00")):
        process_file(f"{HEADER}\n{file}\n", by=specialist)
    assert not Message.objects.exists()


def test_the_page_of_an_upload_is_where_the_message_leads():
    class Sent:
        pk = 7

    assert page_of_upload(Sent()) == reverse("upload", args=[7])
