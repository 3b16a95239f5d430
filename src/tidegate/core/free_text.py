"""What a person has written in their own words: a reason, an explanation."""

import unicodedata

# These turn the direction of the letters after them, so that a text reads otherwise than it was written.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAKS_AND_TABS = "\n\t"


def free_text(text: str) -> str:
    """Return a text without what nobody sees in it (control characters, signs that turn its direction) and without
    spaces around it; blank where nothing in it can be seen."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in lines if letter in _LINE_BREAKS_AND_TABS or not _is_hidden(letter)).strip()
    return kept if any(map(_is_seen, kept)) else ""


def _is_hidden(letter: str) -> bool:
    return letter in _TURNING or unicodedata.category(letter) in {"Cc", "Cs"}


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in {"C", "Z", "M"}
