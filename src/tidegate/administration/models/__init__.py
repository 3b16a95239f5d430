"""The nouns of the state's desk."""

from tidegate.administration.models.list_change import ListChange, ListChangeAct

__all__ = ["ListChange", "ListChangeAct"]
