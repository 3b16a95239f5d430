"""A definition in words: what a course is, who is a participant and a concentrator, and what is the state's to set."""

from collections.abc import Iterator
from typing import NamedTuple

from tidegate.accountability.definitions.definition import Definition, DefinitionFile
from tidegate.core.layouts.state_package import present_state

_PROGRAMS = {
    "code": "Lines with the same code",
    "cip-6": "Lines with the same code",
    "cip-4": "Lines whose codes have the same first four digits",
    "cip-2": "Lines whose codes have the same first two digits",
}
_BASES = {
    "school-year": "Enrolled at a {words.cte_school} at any time of the school year",
    "count-day": "Enrolled at a {words.cte_school} on the count day",
}


class DescribedSetting(NamedTuple):
    """A setting of a definition: what it is about, what it says, and what is assumed where it is the state's to set."""

    title: str
    text: str
    assumed: str


def describe_definition(definition: Definition) -> list[DescribedSetting]:
    """Return what a definition says, setting by setting."""
    to_be_set = definition.file.to_be_set
    return [
        DescribedSetting(title, text, ". ".join(to_be_set[name] for name in names if name in to_be_set))
        for title, text, names in _settings(definition.file)
    ]


def _settings(file: DefinitionFile) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the title, the text, and the names of the settings that are in it."""
    course = "Course (proxy)" if file.is_proxy else "Course"
    yield course, _course(file), ("course_unit", "credits", "credits_per_course")
    yield "Program", _PROGRAMS[file.program_key], ("program_key",)
    yield "Participant", f"Has completed {_courses(file.courses_for_participant)}", ("courses_for_participant",)
    stays = "and stays one" if file.sticky else "and one of the program in the school year"
    concentrator = f"Has completed {_courses(file.courses_needed)} in a single program, {stays}"
    yield "Concentrator", concentrator, ("courses_needed", "sticky")
    yield "Grades", ", ".join(file.grades) or "Every grade", ("grades",)
    yield "Base", present_state().in_words(_BASES[file.base]), ("base",)


def _course(file: DefinitionFile) -> str:
    credit_count = f"{file.credits_per_course.normalize():f} credit{'' if file.credits_per_course == 1 else 's'}"
    if file.course_unit == "credits":
        return f"{credit_count} of a program"
    return f"A line with at least {credit_count}" if file.credits_per_course else "A line"


def _courses(count: int) -> str:
    return f"{count} course{'' if count == 1 else 's'}"
