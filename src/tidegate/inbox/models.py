"""The nouns of the inbox: a message, the mail that brings messages, and how a person wants to be told."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tidegate.accounts.models import Invitation, Person
from tidegate.inbox.kinds import IN_WORDS, MessageKind
from tidegate.reference.models import Organization


class HowOften(models.TextChoices):
    """How a person wants to have the messages of a kind by mail. The inbox has them always."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Once a day, together"
    NEVER = "never", "Not by mail"


class Mail(models.Model):
    """A mail that is to be sent, or was. Its text goes when it is sent; its Message-ID is fixed, so that a mail that is
    sent twice can be known as one.

    It waits for days where the server is away, so what it tells of may be over by then: `person`, `invitation`, `token`
    and the messages that it brings say whether it is (`still_wanted.py`). One that is not wanted any more is withdrawn.
    """

    message_id = models.CharField(max_length=250)  # as in RFC 5322
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    is_sealed = models.BooleanField(default=False)  # the text has a secret link, and is encrypted
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    is_for_ended = models.BooleanField(db_default=False)  # it says that the person's access has ended
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    token = models.TextField(blank=True, db_default="")  # that of its link for a new password, encrypted
    created_at = models.DateTimeField(db_default=Now())
    try_count = models.SmallIntegerField(default=0)
    last_answer = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="mail_by_time"),
            models.Index(fields=["given_up_at"], condition=Q(given_up_at__isnull=False), name="mail_given_up"),
        ]
        constraints = [models.UniqueConstraint(fields=["message_id"], name="mail_message_id_once")]

    def __str__(self) -> str:
        return f"Mail {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do: it was sent, given up or withdrawn."""
        return bool(self.sent_at or self.given_up_at or self.withdrawn_at)


class Message(models.Model):
    """Something that a person is told. It says nothing about a student, and has no name of a file: mails are read on
    phones and pass through other people's servers."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages", db_index=False)
    kind = models.CharField(max_length=30)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    text = models.CharField(max_length=600)
    link = models.CharField(max_length=300, blank=True)  # a path of this site
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    how_often = models.CharField(max_length=10, choices=HowOften)  # as it was when the message came
    waits_for_digest = models.BooleanField(default=False)
    # The mail that brings it. Retention deletes either without a look at the other.
    mail = models.ForeignKey(
        Mail, on_delete=models.DO_NOTHING, null=True, related_name="messages", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="message_by_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="message_unread"),
            models.Index(fields=["person"], condition=Q(waits_for_digest=True), name="message_for_digest"),
            models.Index(fields=["created_at"], name="message_by_time"),
            models.Index(fields=["mail"], condition=Q(mail__isnull=False), name="message_by_mail"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(how_often__in=HowOften.values), name="message_how_often_is_known"),
        ]
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Message {self.pk} to person {self.person_id}"

    @property
    def title(self) -> str:
        """What its kind is called; of a kind that a newer release knows, there is no word."""
        return IN_WORDS[MessageKind(self.kind)].title if self.kind in IN_WORDS else "Message"


class MailChoice(models.Model):
    """How a person wants to have one kind of message by mail; without one, at once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mail_choices", db_index=False)
    kind = models.CharField(max_length=30)
    how_often = models.CharField(max_length=10, choices=HowOften)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="mail_choice_once"),
            models.CheckConstraint(condition=Q(how_often__in=HowOften.values), name="mail_choice_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.how_often} for {self.kind} of person {self.person_id}"
