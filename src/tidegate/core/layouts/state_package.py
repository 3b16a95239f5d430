"""Finds the package of the present state: the one that TIDEGATE_STATE names, by its name or its folder."""

import importlib
import importlib.util
import os
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tidegate.core.errors import BrokenLayout, BrokenState
from tidegate.core.layouts.import_checked import import_checked
from tidegate.core.layouts.state import STATE_FILE, StateSettings, load_state

STATE = "TIDEGATE_STATE"


@dataclass(frozen=True)
class StatePackage:
    """A state's importable package: `name` is what to import, `folder` where its files lie."""

    name: str
    folder: Path
    state: StateSettings = field(compare=False)


def present_state() -> StateSettings:
    """Return the state that this process works for. Raises BrokenState where there is no such state."""
    return present_package().state


@cache
def present_package() -> StatePackage:
    """Return the package of the state that this process works for: that of TIDEGATE_STATE, else the usual one."""
    return find_package(os.environ.get(STATE, "").strip() or default_package())


def choose_state(named: str) -> StatePackage:
    """Let this process and its children work for another state, whatever TIDEGATE_STATE says, and return its package.
    Call it before anything of a state is loaded."""
    before = os.environ.get(STATE, "").strip()
    if before and _is_folder(before) and is_there(before):  # another version may lie in a folder of the same name
        _, home = _name_and_home(Path(before))
        sys.path[:] = [path for path in sys.path if path != home]
        importlib.invalidate_caches()
    os.environ[STATE] = named
    present_package.cache_clear()
    return present_package()


def default_package() -> str:
    """Return the name of the package that is used where nobody names one."""
    name: str = importlib.import_module("tidegate.states").DEFAULT  # above the core, which knows no state
    return name


def is_there(named: str) -> bool:
    """Whether there is a folder with a state.toml, or a package of that name, whatever is wrong with it."""
    if _is_folder(named):
        return (Path(named) / STATE_FILE).is_file()
    try:
        return importlib.util.find_spec(named) is not None
    except (ImportError, ValueError):
        return False


def find_package(named: str) -> StatePackage:
    """Return a state's package by the name to import, or by its folder, whose parent is then searched for modules.

    Raises BrokenState where there is no such package, or its state.toml is not as it should be.
    """
    name = _package_of_folder(Path(named)) if _is_folder(named) else named
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError) as error:
        raise BrokenState(f'{STATE}: there is no package "{named}" to import: {error}') from error
    search_paths = list(spec.submodule_search_locations or ()) if spec else []
    if not search_paths:
        raise BrokenState(f'{STATE}: there is no package "{named}" to import, and no such folder')
    folder = Path(search_paths[0])
    if not (folder / "__init__.py").is_file():
        raise BrokenState(f"{folder}: there is no __init__.py, so that this is no package")
    try:
        import_checked(name)
    except BrokenLayout as error:
        raise BrokenState(str(error)) from error
    if _is_folder(named) and folder.resolve() != Path(named).resolve():
        raise BrokenState(f'{STATE}: another package named "{name}" is found before {named}: name the folder otherwise')
    return StatePackage(name, folder, load_state(folder))


def _is_folder(named: str) -> bool:
    return "/" in named or os.sep in named or (named.startswith(".") or Path(named, STATE_FILE).is_file())


def _package_of_folder(folder: Path) -> str:
    """Return the name by which the folder can be imported, and let it be found."""
    folder = folder.expanduser().resolve()
    if not folder.is_dir():
        raise BrokenState(f"{STATE}: there is no folder {folder}")
    if not folder.name.isidentifier():
        raise BrokenState(f'{STATE}: the folder {folder} is no package: its name has letters, digits and "_" alone')
    name, home = _name_and_home(folder)
    if home not in sys.path:
        sys.path.append(home)
    return name


def _name_and_home(folder: Path) -> tuple[str, str]:
    """Find out how a folder can be imported.

    Returns:
        The package's name, and the folder in which Python has to search for it.
    """
    folder = folder.expanduser().resolve()
    name, home = folder.name, folder.parent
    while (home / "__init__.py").is_file():  # it lies in another package, as this program's own do
        name, home = f"{home.name}.{name}", home.parent
    return name, str(home)
