"""The core speaks in the words of the glossary and the field; each failure says what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "src" / "tidegate" / "core"
# Words of textbooks, of the standard library, of Polars, PostgreSQL and CSV. A word of the domain
# or of this program belongs into GLOSSARY.md.
WORDS_OF_THE_FIELD = """
    access age align ambiguous buffer cache candidate check choice code collector column conflict counter
    cross data day dictionary digit doc encoding end enrollment file folder follower format
    grade hint id index int join json limit line local log method notation number odd order part
    piece plain power print quote reference request result schema setting spill stage string student
    suggester table terminal text value workbook year
"""
# Plain English that joins such words, or says how a request or a layout fails.
JOINING_WORDS = """
    act allowed as broken can cut doubt effect found in incomplete large many named no not
    of open room seen sent spaced taught too truncated who whole
"""

LISTED = frozenset(WORDS_OF_THE_FIELD.split() + JOINING_WORDS.split())


def stem(word: str) -> str:
    """Return a word in small letters, without the endings of plurals, participles and agents."""
    word = re.sub(r"(?<=..)s$", "", word.lower())
    word = re.sub(r"(?<=...)(ing|er|ed)$", "", word)
    return re.sub(r"(.)\1$", r"\1", word).removesuffix("e")


def stems(words: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", words))


def terms_of_the_glossary() -> set[tuple[str, ...]]:
    lines = (ROOT / "GLOSSARY.md").read_text().splitlines()
    terms = {stems(line.split("|")[1]) for line in lines if line.startswith("| ")}
    return terms | {("".join(term),) for term in terms if term == stems("look up")}


KNOWN = terms_of_the_glossary() | {(stem(word),) for word in LISTED}


def unknown_words(name: str) -> Iterator[str]:
    """Yield the words of a class name that neither the glossary nor the lists above have."""
    words = stems(name)
    position = 0
    while position < len(words):
        ends = (end for end in range(len(words), position, -1) if words[position:end] in KNOWN)
        end = next(ends, None)
        if end is None:
            yield words[position]
        position = end or position + 1


def class_names() -> list[str]:
    """Return the names of the core's classes; a rule is named by its sentence and is left out."""
    paths = (path for path in CORE.rglob("*.py") if "builtin" not in path.parts)
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text())))
    return sorted({node.name for node in nodes if isinstance(node, ast.ClassDef)})


def test_a_class_of_the_core_is_named_in_known_words():
    unknown = {name: words for name in class_names() if (words := list(unknown_words(name)))}
    assert unknown == {}, "Name it by a word of the field, or say in GLOSSARY.md what the new word means"


@pytest.mark.parametrize("name", ["Mender", "SliceJudge", "AskedOnce", "Settling"])
def test_a_coined_name_is_found(name):
    assert list(unknown_words(name))


def test_every_word_of_the_lists_is_in_use():
    used = {word for name in class_names() for word in stems(name)}
    unused = {word for word in LISTED if stem(word) not in used}
    assert not unused, "No class has this word any more: take it off the list"


def test_no_word_is_both_in_the_glossary_and_a_list():
    glossary = {term[0] for term in terms_of_the_glossary() if len(term) == 1}
    both = {word for word in LISTED if stem(word) in glossary}
    assert not both, "The glossary has this word: take it off the list"
