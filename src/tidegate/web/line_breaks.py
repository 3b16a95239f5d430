"""Long names that may break into lines where people would break them."""

import re
from html import escape

_WORDS_WITHIN = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"\S+")
_BREAKS = re.compile(r"(?<=[_.-])")
_LONG = 12


def with_breaks(name: str) -> str:
    """Return a name as HTML whose long words may break into lines where people would break them, before anywhere
    else."""
    # A screen reader may stop at each place where a word may break, so that only long words have one.
    return _WORD.sub(_with_breaks, name)


def _with_breaks(word: re.Match[str]) -> str:
    escaped = escape(word[0])  # no escape of HTML has a character at which a word breaks
    return _BREAKS.sub("<wbr>", escaped) if len(word[0]) >= _LONG else escaped


def with_breaks_in_title(title: str) -> str:
    """Return the title of a column as HTML that may break between its words: a column of numbers that is as wide as
    "PostsecondaryCredits" pushes others out of the window."""
    return _WORDS_WITHIN.sub("<wbr>", escape(title))
