"""The form of the page Notifications: one choice for each kind of message."""

from typing import Any

from django import forms

from tidegate.accounts.models import Person
from tidegate.inbox.kinds import IN_WORDS, MessageKind
from tidegate.inbox.messages import choices_of, choose
from tidegate.inbox.models import HowOften


class NotificationsForm(forms.Form):
    """How often each kind of message comes by mail."""

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self._person = person
        chosen = choices_of(person)
        for kind, words in IN_WORDS.items():
            self.fields[kind.value] = forms.ChoiceField(
                label=words.title,
                help_text=words.when,
                choices=HowOften.choices,
                initial=chosen[kind],
                error_messages={"required": "Choose one", "invalid_choice": "Choose one from the list"},
            )

    def save(self) -> None:
        """Save the choices."""
        choose(self._person, {kind: HowOften(self.cleaned_data[kind.value]) for kind in MessageKind})
