"""Winnora, an invented state: how another state is added to tidegate."""
