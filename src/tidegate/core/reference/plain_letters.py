"""Letters that are no plain letter with an accent, and the plain letters that people write instead.

A name comes both ways: Đặng and Dang, Øster and Oster, Straße and Strasse, ʻIolani and Iolani. Most
of the table is from the Latin-ASCII transform of Unicode's CLDR, as is PostgreSQL's unaccent.rules;
for European names the table of passports (ICAO 9303, part 3) agrees. The database has the same
table in its function records_fold: a change here needs a migration there, and a test compares both.
"""

from typing import Final

PLAIN_LETTERS: Final = {
    # Europe
    "æ": "ae", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ĸ": "q", "ł": "l", "ŋ": "n", "ø": "o", "œ": "oe", "ß": "ss",
    "þ": "th", "ŧ": "t", "ƶ": "z", "ǥ": "g", "ȷ": "j", "ə": "a",
    # Africa, and other languages that took letters from the phonetic alphabet
    "ƀ": "b", "ɓ": "b", "ƃ": "b", "ƈ": "c", "ɖ": "d", "ɗ": "d", "ƌ": "d", "ɛ": "e", "ƒ": "f", "ɠ": "g", "ɣ": "g",
    "ƕ": "hv", "ɨ": "i", "ɩ": "i", "ƙ": "k", "ƚ": "l", "ɫ": "l", "ɱ": "m", "ɲ": "n", "ƞ": "n", "ɔ": "o", "ƣ": "oi",
    "ƥ": "p", "ɽ": "r", "ƫ": "t", "ƭ": "t", "ʈ": "t", "ʉ": "u", "ʋ": "v", "ƴ": "y",
    # crossed letters
    "ⱥ": "a", "ȼ": "c", "ɇ": "e", "ⱨ": "h", "ɉ": "j", "ⱪ": "k", "ⱡ": "l", "ᵽ": "p", "ɍ": "r", "ȿ": "s", "ⱦ": "t",
    "ⱳ": "w", "ɏ": "y", "ɀ": "z", "ȥ": "z", "ⱬ": "z", "ỻ": "ll",
}  # fmt: skip
"""Each in small letters."""

LETTER_LIKE_SIGNS: Final = "\u0294\u0241\u0242\u02b9-\u02ff\ua78b\ua78c"
"""Signs that Unicode counts as letters, and that people leave out or type as an apostrophe: the
ʻokina of Hawaiian, the glottal stop, a modifier apostrophe, the saltillo. For a regular
expression's class."""
