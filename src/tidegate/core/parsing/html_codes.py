"""Reads letters that a web program wrote as HTML codes: `O&#39;Neil` is O'Neil, `Zo&euml;` is Zoë."""

import re

import polars as pl

from tidegate.core.parsing.repairs import Repair, change

_LOOKS_LIKE_ONE = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_CODE = re.compile(_LOOKS_LIKE_ONE)
# Times that a code is read again, since programs write codes of codes: `&amp;#39;`.
_MAX_ROUNDS = 3


def read_html_codes(text: pl.Series, column: str) -> tuple[pl.Series, list[Repair]]:
    """Replace HTML codes by the letters that are meant.

    Returns:
        The texts, and the repair to report, if there is any.
    """
    if not text.str.contains("&", literal=True).any():
        return text, []
    coded = text.filter(text.str.contains(_LOOKS_LIKE_ONE)).unique(maintain_order=True)
    meant = {code: letters for code in coded if (letters := _letters(code)) != code}
    if not meant:
        return text, []
    read = text.replace(meant)
    return read, [change("CELL114", column, read.filter(text != read))]


def _letters(text: str) -> str:
    for _ in range(_MAX_ROUNDS):
        read = _CODE.sub(_letter, text)
        if read == text:
            break
        text = read
    return text


def _letter(code: re.Match[str]) -> str:
    """Return the letter of a code; the code itself if that is unknown or cannot be seen."""
    import html  # most files have none, and its names take 3 ms to load
    from html.entities import html5

    if not code[0].startswith("&#") and code[0][1:] not in html5:
        return code[0]
    letter = html.unescape(code[0]).replace("\u00a0", " ")
    return letter if letter and letter.isprintable() else code[0]
