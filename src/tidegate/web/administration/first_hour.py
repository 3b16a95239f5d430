"""The steps of the first hour as pages show them: each with the way to where it is done."""

from typing import NamedTuple

from django.urls import reverse

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_manage_reference
from tidegate.administration.first_hour import SetupStep, are_open, steps


class ShownStep(NamedTuple):
    """A step, and the address of its page; blank where it is done on the server. Each of its shortcuts is a button and
    its address."""

    step: SetupStep
    address: str
    shortcuts: list[tuple[str, str]]


class FirstHour(NamedTuple):
    """All steps, and how many of them are still to do."""

    shown: list[ShownStep]
    open_count: int

    @property
    def next_step(self) -> ShownStep | None:
        """The first step that is to do; None where nothing is."""
        return next((each for each in self.shown if not (each.step.is_done or each.step.can_wait)), None)

    @property
    def done_count(self) -> int:
        """How many steps are done."""
        return sum(each.step.is_done for each in self.shown)


def first_hour() -> FirstHour:
    """Return the steps as they are now."""
    every = steps()
    return FirstHour([_shown(step) for step in every], len(are_open(every)))


def _shown(step: SetupStep) -> ShownStep:
    shortcuts = [
        (each.label, reverse(each.url_name, args=[each.argument] if each.argument else None)) for each in step.shortcuts
    ]
    return ShownStep(step, reverse(step.url_name) if step.url_name else "", shortcuts)


def first_hour_for(person: Person) -> FirstHour | None:
    """Return the steps for a person who looks after them, as long as one is to do; None otherwise."""
    found = first_hour() if can_manage_reference(person) else None
    return found if found and found.open_count else None
