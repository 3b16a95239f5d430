"""A fault that the reader found: a code, a place and the words that its message needs."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """Something wrong with the file (`row` is None or 1) or with one row as a whole.

    `code` names the reading rule that words it; `words` fills the places in that rule's message. `value` and every
    word may come from the file.
    """

    code: str
    row: int | None = None
    value: str = ""
    words: dict[str, str] = field(default_factory=dict)


def quoted_list(names: list[str]) -> str:
    """Return names as a message lists them: in straight double quotes, with commas."""
    return ", ".join(f'"{name}"' for name in names)
