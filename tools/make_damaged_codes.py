"""Writes tests/core/suggestions/damaged_codes.csv: 200 CTE codes, damaged as clerks and programs damage them."""

import csv
import random
import sys
from collections.abc import Callable
from pathlib import Path

from tidegate.states.maine.demo.cte_codes import CTE_CODES

ROOT = Path(__file__).parent.parent
SET = ROOT / "tests" / "core" / "suggestions" / "damaged_codes.csv"
COUNT = 200
TAUGHT_COUNT = 8
_NEIGHBOURS = {
    "0": "9", "1": "24", "2": "135", "3": "246", "4": "1567", "5": "2468", "6": "3459", "7": "48", "8": "579",
    "9": "068",
}  # fmt: skip


def wrong_digit(code: str, _: str, dice: random.Random) -> str:
    """Return the code with one digit mistyped as a neighbour on the keyboard or the number pad."""
    place = dice.choice([0, 1, 3, 4, 5, 6])
    return code[:place] + dice.choice(_NEIGHBOURS[code[place]]) + code[place + 1 :]


def swapped(code: str, _: str, dice: random.Random) -> str:
    """Return the code with two digits beside each other swapped."""
    places = [p for p in (0, 3, 4, 5) if code[p] != code[p + 1]]
    place = dice.choice(places)
    return code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def left_out(code: str, _: str, dice: random.Random) -> str:
    """Return the code without one of its digits."""
    place = dice.choice([3, 4, 5, 6])
    return code[:place] + code[place + 1 :]


def doubled(code: str, _: str, dice: random.Random) -> str:
    """Return the code with one digit typed twice."""
    place = dice.choice([0, 1, 3, 4, 5, 6])
    return code[:place] + code[place] + code[place:]


def other_sign(code: str, _: str, dice: random.Random) -> str:
    """Return the code with another sign where the point stands, or none."""
    return code.replace(".", dice.choice(["", "-", " ", ",", "/", ". ", ".."]))


def without_zeros(code: str, _: str, dice: random.Random) -> str:
    """Return the code as a spreadsheet leaves it that took it for a whole number."""
    return code.replace(".", "").lstrip("0") if dice.random() < 0.5 else code.replace(".", "").rstrip("0")


def look_alike(code: str, _: str, dice: random.Random) -> str:
    """Return the code with a letter that looks like one of its digits."""
    pairs = [(digit, letter) for digit, letter in (("0", "O"), ("1", "l"), ("1", "I"), ("5", "S")) if digit in code]
    digit, letter = dice.choice(pairs or [("4", "A")])
    return code.replace(digit, letter, 1)


def with_words(code: str, title: str, dice: random.Random) -> str:
    """Return the code among words."""
    return dice.choice([f"CIP {code}", f"{code} - {title}", f"{code}A", f"CIP{code.replace('.', '')}", f"#{code}"])


def words_of_title(_: str, title: str, dice: random.Random) -> str:
    """Return words of the title instead of the code."""
    words = title.replace("/", " ").replace(",", "").split()
    return " ".join(words[: max(2, dice.randint(2, 4))])


def misspelt_title(code: str, title: str, dice: random.Random) -> str:
    """Return words of the title with a letter left out."""
    words = words_of_title(code, title, dice)
    place = dice.randrange(2, max(3, len(words) - 2))
    return words[:place] + words[place + 1 :]


KINDS: dict[Callable[[str, str, random.Random], str], int] = {
    wrong_digit: 40, swapped: 35, left_out: 25, doubled: 15, other_sign: 15, without_zeros: 15, look_alike: 15,
    with_words: 10, words_of_title: 15, misspelt_title: 15,
}  # fmt: skip


def lines() -> list[tuple[str, str, str, str]]:
    """Return the right code, the damaged text, the kind of damage, and what the school teaches, which has the code."""
    dice = random.Random(20201001)  # noqa: S311 - the same set each time
    titles = dict(CTE_CODES)
    made: list[tuple[str, str, str, str]] = []
    for damage, count in KINDS.items():
        while sum(kind == damage.__name__ for _, _, kind, _ in made) < count:
            code = dice.choice(sorted(titles))
            damaged = damage(code, titles[code], dice)
            taught = {code, *dice.sample(sorted(titles), TAUGHT_COUNT - 1)}
            if damaged not in titles:
                made.append((code, damaged, damage.__name__, " ".join(sorted(taught))))
    return made


def main() -> int:
    """Write the set."""
    with SET.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("right", "damaged", "kind", "taught"))
        writer.writerows(lines())
    return 0


if __name__ == "__main__":
    sys.exit(main())
