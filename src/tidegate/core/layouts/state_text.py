"""Texts of the program in the words of the present state."""

from typing import cast

from tidegate.core.layouts.state_package import present_state


class StateText:
    """A text of a class with words of the state in it, such as `{words.sau}`. It is filled when it is read."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __get__(self, instance: object, owner: type) -> str:
        return present_state().in_words(self.text)


def state_text(text: str) -> str:
    """Return a text for a class variable. Words such as `{words.sau}` in it are replaced by those of the present state
    whenever it is read."""
    return cast("str", StateText(text)) if "{words." in text else text
