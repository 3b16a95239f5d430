r"""Guesses whether single-byte letters are Mac Roman or Windows-1252: which gives likelier words?

A word such as `L\x8evesque` is "Lévesque" in the one and "LŽvesque" in the other. Each letter
beyond ASCII is weighted by its frequency in names and comments, and by whether it fits its position
in the word.
"""

import math
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20
_MAX_WORDS = 20_000
_MAX_WORD_BYTES = 200
_WORD = re.compile(rb"(?<![A-Za-z'\x80-\xff])[A-Za-z']*+[\x80-\xff][A-Za-z'\x80-\xff]*")
_PART_OF_A_WORD = re.compile(rb"[A-Za-z'\x80-\xff]+\Z")

# How often a letter occurs in such words, compared with the others. Estimated for the United
# States.
_FREQUENT = {
    "\u00e9": 100, "\u00f1": 60, "\u00ed": 60, "\u00e1": 60, "\u00f3": 50, "\u00eb": 30, "\u00fa": 25, "\u00f6": 20,
    "\u00fc": 20, "\u00e8": 10, "\u00e7": 10, "\u00ef": 8, "\u00f4": 8, "\u00e4": 8, "\u00ea": 5, "\u00e5": 4,
    "\u00f8": 4, "\u00e3": 3, "\u00e2": 2, "\u00ee": 2, "\u0161": 2, "\u017e": 2, "\u00fd": 1, "\u00e0": 1,
    "\u00fb": 1, "\u00f5": 1, "\u00e6": 1, "\u00df": 1, "\u0153": 0.5, "\u00f9": 0.3, "\u00f2": 0.3, "\u00ec": 0.3,
    "\u00ff": 0.1, "\u00f0": 0.1, "\u00fe": 0.1,
}  # fmt: skip
_SELDOM = 0.01
_IMPOSSIBLE = 0.001
_CAPITAL = 0.3
_CERTAIN, _USUAL, _ODD = 20_000, 200, 0.01
_BETWEEN_LETTERS = {"\u2018": 2, "\u00a0": 20, "\u00ad": 1, "\u00b7": 0.05}
_OPENING = "\u2018\u201c\u00ab\u2039\u00bf\u00a1"
_CLOSING = (
    "\u2019\u201d\u00bb\u203a\u2026\u2122\u00ae\u00a9\u2022\u00b0\u00ba\u00aa\u00bd\u00bc\u00be\u00a7\u2013\u2014\u00a0"
)
_AT_AN_EDGE = 20
_DASHES = "\u2013\u2014"
_APOSTROPHE = "\u2019"
_AFTER_AN_APOSTROPHE = re.compile("(?:s|t|d|m|ll|re|ve)$")
_VOWELS = "aeiouAEIOU"
_NEEDS_A_VOWEL = "\u0161\u017e"
_VOWEL = re.compile("[aeiouyAEIOUY\u00c0-\u00c6\u00c8-\u00d6\u00d8-\u00dd\u00e0-\u00e6\u00e8-\u00f6\u00f8-\u00fd]")
_APOSTROPHE_AS_A_LETTER = re.compile("^[ODLMdlm]\u00d5[A-Z]")
_BEFORE_OE = re.compile("\u0153[ui]")

_MIN_LIKENESS = math.log(1_000)
_NEVER = -math.inf


class LineEnds(Enum):
    """What ends the lines of a file. The values are the prior likelihoods, compared with
    Windows-1252, of Mac Roman and of the code pages of DOS."""

    MACINTOSH = (math.log(10_000), _NEVER)
    UNIX = (math.log(1 / 5), math.log(1 / 20))
    WINDOWS = (math.log(1 / 20), math.log(1 / 20))


def is_mac_roman(path: Path) -> bool:
    """Whether the file is Mac Roman for certain. The caller knows that it is not all UTF-8."""
    with path.open("rb") as file:
        ends = _line_ends(file)
        words = list(_words(file))
    of_mac, of_dos = ends.value
    mac = of_mac + _likeness(words, "mac_roman")
    return mac - max(_likeness(words, "cp1252"), of_dos + _likeness(words, "cp850")) > _MIN_LIKENESS


def _line_ends(file: BinaryIO) -> LineEnds:
    head = file.read(_CHUNK)
    file.seek(0)
    if b"\n" not in head:
        return LineEnds.MACINTOSH if b"\r" in head else LineEnds.WINDOWS
    return LineEnds.WINDOWS if b"\r\n" in head else LineEnds.UNIX


def _words(file: BinaryIO) -> Iterator[bytes]:
    """Yield distinct words with a byte beyond ASCII, no more than are needed to decide."""
    seen: set[bytes] = set()
    held = b""
    while (chunk := file.read(_CHUNK)) and len(seen) < _MAX_WORDS:
        text = held + chunk
        part = _PART_OF_A_WORD.search(text[-_MAX_WORD_BYTES:])
        held = part[0] if part else b""
        seen.update(_words_in(text[: len(text) - len(held)]))
    seen.update(_words_in(held))
    yield from sorted(seen)


def _words_in(text: bytes) -> set[bytes]:
    """Return the distinct words of the text that have a byte beyond ASCII; long ones are cut."""
    return {word[:_MAX_WORD_BYTES] for word in _WORD.findall(text)}


def _likeness(words: Iterable[bytes], code_page: str) -> float:
    """Return how likely the words are in this code page, as a logarithm: the higher, the likelier."""
    return sum(_likeness_of(_read(word, code_page)) for word in words)


def _read(word: bytes, code_page: str) -> str:
    """Return the decoded word. For Windows-1252 any UTF-8 in it is decoded as UTF-8, as in a
    mixed file."""
    if code_page != "cp1252":
        return word.decode(code_page)
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        return word.decode("cp1252", "replace")


def _likeness_of(word: str) -> float:
    return sum(math.log(_weight_of(word, position)) for position, sign in enumerate(word) if not sign.isascii())


def _weight_of(word: str, position: int) -> float:
    sign, before, after = word[position], word[:position], word[position + 1 :]
    if not sign.isalpha():
        return _weight_of_sign(sign, before, after)
    if not _may_be_there(sign, before, after) or _is_oddly_spelled(word, sign, before[-1:], after[:1]):
        return _IMPOSSIBLE
    return _FREQUENT.get(sign.lower(), _SELDOM) * (_CAPITAL if sign.isupper() else 1)


def _weight_of_sign(sign: str, before: str, after: str) -> float:
    is_between = before[-1:].isalpha() and after[:1].isalpha()
    if not is_between:
        may_be_there = sign in _CLOSING or (sign in _OPENING and not before)
        return _AT_AN_EDGE if may_be_there else _ODD if sign in _OPENING else _IMPOSSIBLE
    if sign in _DASHES:
        is_usual = len(before) > 1 and len(after) > 1 and not before[-1].isupper()
        return _USUAL if is_usual else _ODD
    if sign == _APOSTROPHE:
        if _AFTER_AN_APOSTROPHE.match(after):
            return _CERTAIN
        return _USUAL if len(before) <= 2 or before[-1] in _VOWELS or after[0].isupper() else _ODD
    return _BETWEEN_LETTERS.get(sign, _IMPOSSIBLE)


def _may_be_there(sign: str, before: str, after: str) -> bool:
    """Whether the case of a letter fits: a capital begins a word or is between capitals, a small
    letter is not."""
    if sign.isupper():
        return not before[-1:].islower() and not (before[-1:].isupper() and after[:1].islower())
    return not after[:1].isupper() and not (len(before) > 1 and before[-2:].isupper())


def _is_oddly_spelled(word: str, sign: str, before: str, after: str) -> bool:
    """Whether a sign is unlikely in its word.

    Args:
        word: The word.
        sign: The sign.
        before: The sign before it; blank at the beginning.
        after: The sign after it; blank at the end.
    """
    if sign in _NEEDS_A_VOWEL:
        return not _VOWEL.search(before + after)
    if sign == "\u0153":
        return not _BEFORE_OE.search(sign + after)
    return sign == "\u00d5" and _APOSTROPHE_AS_A_LETTER.match(word) is not None
