"""Reads settings from the environment, each with its type, its default and a sentence for the documentation."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Setting:
    """One setting: its name in the environment, its default as text, and what it does."""

    name: str
    default: str
    meaning: str


MOST_DAYS = 36_500
"""The most days that a setting may say, a hundred years: with more, the day would lie before the calendar begins."""
KNOWN: dict[str, Setting] = {}
"""Every setting that was asked for, by name; the documentation is drawn from here."""


_SECRET = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_DATABASE_URL", "_MAIL_URL", "_STORE_URL")
"""How the names of settings end that hold a secret; an address of a database or a mail server may have a password."""


# Django takes a time zone from here alone where the machine has it, whatever Python finds elsewhere.
_TIME_ZONES = Path("/usr/share/zoneinfo")


@dataclass(frozen=True)
class SettingInForce:
    """A setting as it is in force: its value as text, and where that comes from. Of a secret only that it is set."""

    name: str
    value: str
    source: str
    meaning: str


def settings_in_force() -> tuple[SettingInForce, ...]:
    """Return every setting that was asked for, by name."""
    return tuple(_in_force(KNOWN[name]) for name in sorted(KNOWN))


def _in_force(setting: Setting) -> SettingInForce:
    name, value, source = setting.name, setting.default, "default"
    if file := os.environ.get(f"{name}_FILE"):
        value, source = f"the content of {file}", "file"
    elif name in os.environ:
        value, source = os.environ[name], "environment"
    if name.endswith(_SECRET) and value:
        value = "set"
    return SettingInForce(name, value, source, setting.meaning)


def env_str(name: str, default: str, meaning: str) -> str:
    """Return a text, or the content of the file that `<NAME>_FILE` names: secrets need not be in
    the environment."""
    KNOWN[name] = Setting(name, default, meaning)
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):  # its text could be said by the error
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read") from None
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool, meaning: str) -> bool:
    """Return a yes or no."""
    text = env_str(name, "yes" if default else "no", meaning).strip().lower()
    if text not in {"1", "yes", "true", "on", "0", "no", "false", "off", ""}:
        raise ImproperlyConfigured(f"{name} is neither yes nor no")
    return text in {"1", "yes", "true", "on"}


def env_int(name: str, default: int, meaning: str, *, at_least: int = 0, at_most: int | None = None) -> int:
    """Return a whole number.

    Args:
        name: The name in the environment.
        default: The number where it is not set.
        meaning: A sentence for the documentation, to which what is allowed is added.
        at_least: The smallest number that makes sense; less than 0 never does.
        at_most: The largest one, if there is one.
    """
    allowed = (
        f"whole number, at least {at_least:,}" if at_most is None else f"whole number, from {at_least:,} to {at_most:,}"
    )
    text = env_str(name, str(default), f"{meaning} A {allowed}.")
    try:
        number = int(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not a whole number; it must be a {allowed}") from error
    if number < at_least or (at_most is not None and number > at_most):
        raise ImproperlyConfigured(f"{name} is {number}; it must be a {allowed}. {meaning.removesuffix('.')}")
    return number


def env_choice(
    name: str, default: str, choices: tuple[str, ...], meaning: str, *, synonyms: Mapping[str, str] | None = None
) -> str:
    """Return one of a few words.

    Args:
        name: The name in the environment.
        default: The word where it is not set.
        choices: The words that are allowed.
        meaning: A sentence for the documentation.
        synonyms: Other words that are taken, and which of the choices each is.
    """
    text = env_str(name, default, meaning).strip().lower()
    text = (synonyms or {}).get(text, text)
    if text not in choices:
        raise ImproperlyConfigured(f"{name} is none of {', '.join(choices)}")
    return text


def env_time_zone(name: str, default: str, meaning: str) -> str:
    """Return the name of a time zone."""
    zone = env_str(name, default, meaning)
    try:
        ZoneInfo(zone)
        is_known = not _TIME_ZONES.is_dir() or (_TIME_ZONES / zone).is_file()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        is_known = False
    if not is_known:
        raise ImproperlyConfigured(f"{name} is no time zone that this machine knows, such as America/New_York")
    return zone


def env_list(name: str, default: str, meaning: str) -> list[str]:
    """Return the parts of a text with commas."""
    return [part.strip() for part in env_str(name, default, meaning).split(",") if part.strip()]
