"""Remembers which state a database belongs to, so that another one's package is not let into it."""

from django.db import connection

from tidegate.core.errors import Refusal
from tidegate.core.layouts.state_package import STATE, present_package
from tidegate.reference.models import InstalledState

OTHER_STATE = "OTHER_STATE"
"""The code of the refusal."""


def remember_state() -> None:
    """Note the present state in a database that belongs to none. A Refusal where it belongs to another."""
    InstalledState.objects.get_or_create(pk=1, defaults={"name": present_package().state.name})
    refuse_other_state()


def refuse_other_state() -> None:
    """Raise a Refusal where the database belongs to another state than the present one."""
    name = state_of_database()
    present = present_package()
    if name and name != present.state.name:
        raise Refusal(
            f"The database belongs to {name}, and {STATE} names {present.state.name} ({present.name})",
            fix=f"Let {STATE} name the package of {name}, or begin with another database",
            code=OTHER_STATE,
        )


def state_of_database() -> str:
    """Return the name of the state that the database belongs to, blank where it belongs to none yet."""
    if InstalledState._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001 - Django's public API
        return ""
    return InstalledState.objects.values_list("name", flat=True).first() or ""
