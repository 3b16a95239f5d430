"""Whether a mail that waits is still to be sent: a server may be away for days, and what it tells of may be over."""

from tidegate.accounts.encryption import OtherKey
from tidegate.accounts.invitations import check_open
from tidegate.accounts.password_tokens import is_password_token_good
from tidegate.core.errors import Refusal
from tidegate.inbox.compose import token_of
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.models import HowOften, Mail, MailChoice


def why_not_wanted(mail: Mail) -> str:
    """Return why a mail is not to be sent any more, in a sentence; blank where it is."""
    return _of_invitation(mail) or _of_person(mail) or _of_link(mail) or _of_messages(mail)


def _of_invitation(mail: Mail) -> str:
    try:
        if mail.invitation is not None:
            check_open(mail.invitation)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _of_person(mail: Mail) -> str:
    if mail.person is None or mail.person.is_active != mail.is_for_ended:
        return ""
    return "The person's access was given back" if mail.is_for_ended else "The person's access has ended"


def _of_link(mail: Mail) -> str:
    try:
        token = token_of(mail)
    except OtherKey:
        return ""  # its text cannot be read either, and is given up with the reason
    is_dead = token and mail.person and not is_password_token_good(mail.person, token)
    return "The link for a new password was used already, or is too old" if is_dead else ""


def _of_messages(mail: Mail) -> str:
    """Return why none of the messages that it brings is wanted by mail. A notice about the person's own access goes out
    in any case: whoever has broken in could read it first."""
    messages = list(mail.messages.all()) if mail.person_id else []
    if not messages or any(message.kind == MessageKind.ACCESS_CHANGED for message in messages):
        return ""
    if all(message.read_at for message in messages):
        return "Everything in it was read in the inbox, or settled"
    choices = MailChoice.objects.filter(person=mail.person_id, how_often=HowOften.NEVER)
    never = set(choices.values_list("kind", flat=True))
    is_unwanted = all(message.read_at or message.kind in never for message in messages)
    return "The person does not want this by mail any more" if is_unwanted else ""
