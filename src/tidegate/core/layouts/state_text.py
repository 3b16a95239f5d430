"""Texts of the program in the words of the present state."""

from typing import cast

from tidegate.core.layouts.state_package import present_state


class StateText:
    """A text of a class that has words of the state in it, as in `{words.sau}`."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __get__(self, instance: object, owner: type) -> str:
        return present_state().in_words(self.text)


def state_text(text: str) -> str:
    """Return a text for a variable of a class, where it reads in the words of the present state whenever it is read."""
    return cast("str", StateText(text)) if "{words." in text else text
