"""Imports a module of a state's package; what is wrong with it is said with file and line, as with a layout."""

import importlib
import importlib.util
import re
import traceback
from types import ModuleType

from tidegate.core.errors import BrokenLayout


def import_checked(name: str) -> ModuleType:
    """Return the module. Raises BrokenLayout where it cannot be imported, whatever the reason is."""
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise BrokenLayout(describe_import_error(error, name)) from error


def describe_import_error(error: Exception, name: str, *, act: str = "imported") -> str:
    """Return what is wrong with the module of that name as `<file>:<line>: <what is wrong>`; `act` is what cannot
    be done with it."""
    if isinstance(error, BrokenLayout) and _has_location(str(error)):
        return str(error)  # of a module that this one imports
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}: this is no Python: {error.msg}"
    said = str(error) if isinstance(error, BrokenLayout) else f"{name} cannot be {act}: {_reason(error)}"
    location = _location(error, name)
    return f"{location}: {said}" if location else said


def _reason(error: Exception) -> str:
    """Return a sentence for the errors that people make, and else the error with its name."""
    return str(error) if isinstance(error, ImportError | BrokenLayout) else f"{type(error).__name__}: {error}"


def _has_location(message: str) -> bool:
    return re.search(r"\.(py|toml):\d+: ", message) is not None


def _location(error: Exception, name: str) -> str:
    """Return the last line of the module that was carried out, or else of any file."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<frozen")]
    frames = [frame for frame in frames if frame.filename != __file__ and "importlib" not in frame.filename]
    own = [frame for frame in frames if frame.filename == _origin(name)] or frames
    return f"{own[-1].filename}:{own[-1].lineno}" if own else ""


def _origin(name: str) -> str | None:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):  # a package around it cannot be imported
        return None
    return spec.origin if spec else None
