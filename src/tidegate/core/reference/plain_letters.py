"""Letters that are no plain letter with an accent, and how people write them where these are missing.

A name comes both ways: Đặng and Dang, Øster and Oster, Straße and Strasse, ʻIolani and Iolani. Most letters are
those that Unicode's CLDR gives in its transform from Latin to ASCII, from which PostgreSQL's unaccent.rules is drawn
too; the passports' table (ICAO 9303, part 3) says the same of those in European names. The database has the same
table in its function records_fold: who changes one writes a migration for the other, and a test compares them.
"""

from typing import Final

PLAIN_LETTERS: Final = {
    # Europe
    "æ": "ae", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ĸ": "q", "ł": "l", "ŋ": "n", "ø": "o", "œ": "oe", "ß": "ss",
    "þ": "th", "ŧ": "t", "ƶ": "z", "ǥ": "g", "ȷ": "j", "ə": "a",
    # Africa, and others that took letters of the phonetic alphabet
    "ƀ": "b", "ɓ": "b", "ƃ": "b", "ƈ": "c", "ɖ": "d", "ɗ": "d", "ƌ": "d", "ɛ": "e", "ƒ": "f", "ɠ": "g", "ɣ": "g",
    "ƕ": "hv", "ɨ": "i", "ɩ": "i", "ƙ": "k", "ƚ": "l", "ɫ": "l", "ɱ": "m", "ɲ": "n", "ƞ": "n", "ɔ": "o", "ƣ": "oi",
    "ƥ": "p", "ɽ": "r", "ƫ": "t", "ƭ": "t", "ʈ": "t", "ʉ": "u", "ʋ": "v", "ƴ": "y",
    # crossed letters
    "ⱥ": "a", "ȼ": "c", "ɇ": "e", "ⱨ": "h", "ɉ": "j", "ⱪ": "k", "ⱡ": "l", "ᵽ": "p", "ɍ": "r", "ȿ": "s", "ⱦ": "t",
    "ⱳ": "w", "ɏ": "y", "ɀ": "z", "ȥ": "z", "ⱬ": "z", "ỻ": "ll",
}  # fmt: skip
"""Each in small letters."""

SIGNS_BESIDE_LETTERS: Final = "\u0294\u0241\u0242\u02b9-\u02ff\ua78b\ua78c"
"""Signs that Unicode counts as letters and people leave out or type as an apostrophe: the ʻokina of Hawaiian, the
glottal stop, a modifier apostrophe, the saltillo. A class of a regular expression."""
