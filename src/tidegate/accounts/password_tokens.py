"""The tokens in links for a new password: good once, for a day, and only as long as nothing else has changed."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from tidegate.accounts.models import Person


class _PasswordTokens(PasswordResetTokenGenerator):
    """Django's tokens for a new password; whatever ends a person's sessions ends theirs, too."""

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, Person)
        return f"{super()._make_hash_value(user, timestamp)}{user.session_generation}"


_TOKENS = _PasswordTokens()


def make_password_token(person: Person) -> str:
    """Return a token; any new password or sign-in ends it, and so does the end of the person's access."""
    return _TOKENS.make_token(person)


def is_password_token_good(person: Person, token: str) -> bool:
    """Whether the token is the person's, was not used, and is not too old."""
    return _TOKENS.check_token(person, token)
