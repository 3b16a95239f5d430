"""Letters that are typed or read for the digits that they look like: O for 0, l and I for 1, S for 5."""

import re

_DIGITS = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})
_MAX_LETTERS = 2
"""With more letters than this a text is a word."""


def as_digits(text: str) -> str:
    """Return the text with digits for the letters that look like them, or as it is where it has many letters."""
    return text.translate(_DIGITS) if len(re.sub("[^A-Za-z]", "", text)) <= _MAX_LETTERS else text
