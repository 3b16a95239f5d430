"""The steps of the first hour as pages show them: each with the way to where it is done."""

from typing import NamedTuple

from django.urls import reverse

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_manage_reference
from tidegate.administration.first_hour import Step, are_open, steps


class ShownStep(NamedTuple):
    """A step, and the address of its page; blank where it is done on the server."""

    step: Step
    address: str


class FirstHour(NamedTuple):
    """All steps, and how many of them are still to do."""

    shown: list[ShownStep]
    open_count: int

    @property
    def done_count(self) -> int:
        """How many steps are done."""
        return sum(each.step.is_done for each in self.shown)


def first_hour() -> FirstHour:
    """Return the steps as they are now."""
    every = steps()
    shown = [ShownStep(step, reverse(step.url_name) if step.url_name else "") for step in every]
    return FirstHour(shown, len(are_open(every)))


def first_hour_for(person: Person) -> FirstHour | None:
    """Return the steps for a person who looks after them, as long as one is to do; None otherwise."""
    found = first_hour() if can_manage_reference(person) else None
    return found if found and found.open_count else None
