"""What may be done to a person's account, each with the sentence that is shown before."""

from collections.abc import Callable
from typing import NamedTuple

from django.db import transaction

from tidegate.access.passwords import make_password_link
from tidegate.accounts.models import Person
from tidegate.accounts.people import set_access
from tidegate.accounts.permissions import check_can_manage_account
from tidegate.accounts.sign_ins import reset_second_factor
from tidegate.accounts.tokens import revoke_tokens
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.notify import notify


class AccountAct(NamedTuple):
    """An act: what its button says, what it will do, what was done, and the act itself, which returns a link to hand
    over, or a blank. `is_for` says whether it can be done to the person."""

    button: str
    will: str
    done: str
    do: Callable[[Person, Person], str]
    is_for: Callable[[Person], bool]


def _end_access(by: Person, person: Person) -> str:
    set_access(by=by, person=person, may_sign_in=False)
    return ""


def _give_access(by: Person, person: Person) -> str:
    set_access(by=by, person=person, may_sign_in=True)
    return ""


@transaction.atomic
def _reset_second_factor(by: Person, person: Person) -> str:
    if reset_second_factor(person, by=by):
        text = (
            "Your second factor was reset, and you were signed out everywhere. If you did not ask for it, tell the "
            "state data team at once."
        )
        notify([person], MessageKind.ACCESS_CHANGED, text)
    return ""


@transaction.atomic
def _revoke_tokens(by: Person, person: Person) -> str:
    check_can_manage_account(by, person)
    revoke_tokens(by=by, person=person)
    notify(
        [person],
        MessageKind.ACCESS_CHANGED,
        "All your tokens for programs were ended. Make new ones where you need them.",
    )
    return ""


def _link(by: Person, person: Person) -> str:
    return make_password_link(by=by, person=person)


ACTS: dict[str, AccountAct] = {
    "password-link": AccountAct(
        "Link for a new password",
        "The person gets a link on which they choose a new password. Their password stays good until then.",
        "The link is on its way.",
        _link,
        lambda person: person.is_active,
    ),
    "reset-second-factor": AccountAct(
        "Reset second factor",
        "The lost app and the recovery codes stop working, and the person is signed out everywhere. Make sure first "
        "that it is this person who asks.",
        "There is no second factor now, and no session. The person sets up a new one after signing in.",
        _reset_second_factor,
        lambda person: person.is_active,
    ),
    "revoke-tokens": AccountAct(
        "End all tokens",
        "Every program that sends or reads files for this person stops working at once. It cannot be undone.",
        "All tokens have ended.",
        _revoke_tokens,
        lambda person: person.is_active,
    ),
    "end-access": AccountAct(
        "End access",
        "The person is signed out everywhere and cannot sign in again, and all tokens end. What they have sent stays "
        "under their name, and the roles stay for the day on which you give the access back.",
        "The access has ended.",
        _end_access,
        lambda person: person.is_active,
    ),
    "give-access": AccountAct(
        "Give access back",
        "The person can sign in again, with the roles shown on this page. Old sessions and tokens stay ended.",
        "The person can sign in again.",
        _give_access,
        lambda person: not person.is_active,
    ),
}
"""Every act, by the word that its address has."""
