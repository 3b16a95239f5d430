"""Reads the plain values of a command by itself: Typer loads Pydantic for them, a third of a command's start."""

import os
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any

_PLAIN_PATH = {"exists": False, "file_okay": True, "dir_okay": True, "writable": False, "resolve_path": False}


def with_plain_values(parameters: Iterable[Any]) -> list[Any]:
    """Return the parameters of a command, which read what needs no work; any other value is left to Typer."""
    parameters = list(parameters)
    for parameter in parameters:
        by_typer = getattr(parameter, "get_runtime_param", None)  # another Typer may read in another way
        if by_typer and not isinstance(getattr(by_typer, "__self__", None), PlainValue):
            parameter.get_runtime_param = PlainValue(parameter, by_typer).itself
    return parameters


class PlainValue:
    """Reads a text, a path or a choice as Typer would."""

    def __init__(self, parameter: Any, by_typer: Any) -> None:
        self._type = parameter.type_descriptor.annotation
        self._settings = parameter.type_descriptor.parameter_info
        self._is_several = getattr(parameter, "multiple", False) or parameter.nargs != 1
        self._by_typer = by_typer

    def itself(self) -> "PlainValue":
        """Return this, as Typer asks for what reads a value."""
        return self

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:
        """Return the value that was meant; Typer says what is wrong with it."""
        if not self._is_several and self._settings.parser is None:
            if value is None or (self._type is str and type(value) is str):
                return value
            if self._type is Path and isinstance(value, str | Path) and self._is_plain_path(value):
                return Path(value)
            if isinstance(self._type, type) and issubclass(self._type, Enum) and value in list(self._type):
                return self._type(value)
        return self._by_typer().coerce(value, param=param, ctx=ctx)

    def _is_plain_path(self, path: str | Path) -> bool:
        """Whether the path is taken as it is: nothing is asked of it but that it can be read if it is there."""
        is_plain = all(getattr(self._settings, name, None) == default for name, default in _PLAIN_PATH.items())
        return is_plain and (not os.access(path, os.F_OK) or os.access(path, os.R_OK))
