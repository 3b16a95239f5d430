"""The words of an American district office: some that have to be translated back may not return to any screen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tidegate.core.rules.catalogue import builtin_rules
from tidegate.file_types import find_all

SOURCE = Path(__file__).parents[2] / "src" / "tidegate"
# Each with the words to use in its place.
NOT_SAID = {
    r"stands?\b(?! for)|stood\b": "is, are",
    r"whoever|whosoever": "the person who",
    r"the 1 row": "1 row",
    r"belongs? together": "match",
    r"(?:have|has) a say": "count",
    r"(?:is|are) said": "is",
    r"brought by": "from upload",
    r"takes? (?:one|it|them) back": "revoke, undo",
    r"taken back": "undone",
    r"faults? of ours|our fault": "a problem on our side",
    r"nothing has to be done": "nothing to do",
    r"as they? are allowed": "the most allowed",
    r"(?:password|time) of now": "current",
    r"as it stands|as things": "anyway, now",
    r"put right": "corrected",
    r"left it as it is|leave it as it is": "cancel",
    r"what to do about": "see below",
    r"speaks? of": "is about",
    r"it is none": "is not valid",
}
FORBIDDEN = re.compile(rf"\b(?:{'|'.join(NOT_SAID)})", re.IGNORECASE)
SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER)\b")
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
PAGES = sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("guide.md")])
# They write the rest of a word in small letters: "Sau" for a state's "SAU".
LOWERING = re.compile(
    r"(?<!severity)(?<!severity\"\])\.capitalize\(\)|\.title\(\)|\|title\b|text-transform:\s*capitalize"
)
ALL_RULES = {rule.code: rule for rule in builtin_rules()}
ALL_RULES |= {code: rule for kind in find_all().values() for code, rule in kind.rules_by_code().items()}


def texts_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the texts that a module may show, each with its line: all but docstrings."""
    shown_to_nobody = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in shown_to_nobody:
            yield node.lineno, node.value


def texts_of(rule: type) -> list[str]:
    known = [rule.message, rule.cause, rule.whole_file, *rule.known]
    return [*known, rule.summary, rule.what_it_checks, rule.how_to_fix]


def words_in(page: Path) -> list[str]:
    return FORBIDDEN.findall(re.sub(r"\{%.*?%\}|\{#.*?#\}|<[^>]*>", " ", page.read_text("utf-8")))


def test_a_rule_is_in_the_words_of_a_district_office():
    texts = [(code, text) for code, rule in ALL_RULES.items() for text in texts_of(rule)]
    assert [(code, text) for code, text in texts if FORBIDDEN.search(text)] == [], f"Say it otherwise: {NOT_SAID}"


def test_a_page_is_in_the_words_of_a_district_office():
    found = {path.relative_to(SOURCE).as_posix(): words for path in PAGES if (words := words_in(path))}
    assert found == {}, f"Say it otherwise: {NOT_SAID}"


def test_no_text_of_the_program_has_words_to_be_translated_back():
    found = [
        f"{path.relative_to(SOURCE)}:{line}: {text}"
        for path in MODULES
        for line, text in texts_in(ast.parse(path.read_text("utf-8")))
        if " " in text.strip() and FORBIDDEN.search(text) and not SQL.search(text)
    ]
    assert found == [], f"Say it otherwise: {NOT_SAID}"


@pytest.mark.parametrize(
    "text",
    ["The columns stand in another order", "Ask whoever sent it", "The 1 row was loaded", "They belong together"],
)
def test_the_words_that_may_not_return_are_found(text):
    assert FORBIDDEN.search(text)


def test_no_word_of_a_state_loses_its_capital_letters():
    found = [path.name for path in [*MODULES, *SOURCE.rglob("*.html"), *SOURCE.rglob("*.css")]
             if LOWERING.search(path.read_text("utf-8"))]  # fmt: skip
    assert found == []
