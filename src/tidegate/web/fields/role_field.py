"""A form's field in which a role is chosen, each with what it allows."""

from collections.abc import Iterable

from django import forms

from tidegate.accounts.roles import Role


class RoleField(forms.ChoiceField):
    """Takes one of the roles that the form offers."""

    def __init__(self) -> None:
        super().__init__(
            label="Role",
            widget=forms.RadioSelect,
            error_messages={"required": "Choose a role", "invalid_choice": "Choose one of the roles"},
        )


def choices_of(roles: Iterable[type[Role]]) -> list[tuple[str, str]]:
    """Return the roles as the field offers them."""
    return [(each.slug, f"{each.display_name}: {each.description}") for each in roles]
