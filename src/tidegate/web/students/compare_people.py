"""A request for a number beside the known students, cell by cell, with what differs marked."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.utils.text import capfirst

from tidegate.core.layouts.state_package import present_state
from tidegate.records.number_requests import KnownStudent, PossibleDuplicate

NO_ENROLLMENT = "No enrollment"


class ComparedCell(NamedTuple):
    """What is known of a student, and whether it differs from what the request says."""

    text: str
    differs: bool


class ComparedRow(NamedTuple):
    """One thing that is compared."""

    title: str
    asked: str
    known: list[ComparedCell]


def compare(pair: PossibleDuplicate) -> list[ComparedRow]:
    """Return what is compared, line by line. Capital letters make no difference."""
    asked, sau = pair.request, pair.sau
    latest = _of_enrollment
    return [
        _line("Last name", asked.last_name, pair.known, lambda k: k.student.last_name),
        _line("First name", asked.first_name, pair.known, lambda k: k.student.first_name),
        _line("Middle name", asked.middle_name, pair.known, lambda k: k.student.middle_name),
        _line("Suffix", asked.suffix, pair.known, lambda k: k.student.suffix),
        _line("Date of birth", asked.date_of_birth, pair.known, lambda k: k.student.date_of_birth),
        _line("Gender", asked.gender, pair.known, lambda k: k.student.gender),
        _line("Grade", asked.grade_level, pair.known, latest(lambda e: e.grade_level)),
        _line(_word("sau"), sau.name if sau else "", pair.known, latest(lambda e: e.sau.name, NO_ENROLLMENT)),
        _line("Number in the local SIS", asked.school_student_id, pair.known, latest(lambda e: e.school_student_id)),
    ]


def _line(title: str, asked: Any, known: Iterable[KnownStudent], value: Callable[[Any], Any]) -> ComparedRow:
    wanted = _text(asked)
    texts = [_text(value(each)) for each in known]
    return ComparedRow(title, wanted, [ComparedCell(text, text.casefold() != wanted.casefold()) for text in texts])


def _of_enrollment(value: Callable[[Any], Any], otherwise: str = "") -> Callable[[KnownStudent], Any]:
    return lambda known: value(known.latest) if known.latest else otherwise


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _word(name: str) -> str:
    return capfirst(present_state().word(name))
