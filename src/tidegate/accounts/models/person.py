"""A person who signs in, by e-mail address."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac


def fold_email(email: str) -> str:
    """Return an e-mail address as it is stored and compared: case and surrounding spaces do not matter."""
    return email.strip().lower()


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail address, in any case, and creates them. Django's own name for this is a manager."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with this e-mail address; sign-in asks here."""
        return self.get(email=fold_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Return a new person, who cannot sign in by password while there is none."""
        person = self.model(email=fold_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """A person. What they may do comes from their memberships alone; nobody is above the roles."""

    email = models.EmailField()
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=Now())
    active_since = models.DateTimeField(null=True)  # when access was given back, so that idle days are counted anew
    session_generation = models.PositiveIntegerField(db_default=0)  # a session of an earlier one is over

    # Somebody who manages one office has held a link by which the password was chosen: it may be theirs.
    was_link_handed_over = models.BooleanField(default=False, db_default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("name",)  # type: ignore[assignment]  # Django only reads it

    objects = PersonManager()

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="person_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["email"], name="person_email_once"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_is_lower_case"),
        ]
        ordering = ("email",)

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """Fold the e-mail address, so that a person exists once however the address is typed."""
        super().clean()
        self.email = fold_email(self.email)

    def get_session_auth_hash(self) -> str:
        """Return what a session must have been begun with: the password and the session generation of today."""
        return self._of_this_generation(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same for the secret keys of before."""
        yield from map(self._of_this_generation, super().get_session_auth_fallback_hash())

    def _of_this_generation(self, of_password: str) -> str:
        # Unchanged in the first generation: a release without generations may run at the same time.
        if not self.session_generation:
            return of_password
        text = f"{of_password}:{self.session_generation}"
        return salted_hmac("tidegate.session_generation", text, algorithm="sha256").hexdigest()
