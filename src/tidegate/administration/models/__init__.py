"""The nouns of the state's desk."""

from tidegate.administration.models.list_change import ListChange, ListChangeAct
from tidegate.administration.models.setup_link import SetupLink

__all__ = ["ListChange", "ListChangeAct", "SetupLink"]
