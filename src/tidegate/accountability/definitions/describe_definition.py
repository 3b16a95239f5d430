"""A definition in words: what a course is, who is a participant and a concentrator, and what is the state's to set."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tidegate.accountability.definitions.definition import Definition, DefinitionFile, listed_in
from tidegate.core.layouts.state_package import present_state
from tidegate.records.models import Enrollment
from tidegate.records.stored_lines import stored_lines

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

_PLACEMENT = "placement"


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
    exits = _listed("exit_type")
    yield "Graduated", _named(file.graduated, exits) or "Nobody is known to have graduated", ("graduated",)
    yield "Left school", _named(file.left_school, exits) or "Every exit type", ("left_school",)
    yield "Placed", _named(file.placed, _listed(_PLACEMENT)) or "Not said, so nobody is counted", ("placed",)
    by_gender = (f"{gender}: {', '.join(programs)}" for gender, programs in file.nontraditional.items())
    yield "Non-traditional programs", ". ".join(by_gender) or "Not listed, so nobody is counted", ("nontraditional",)


def _listed(name: str) -> Mapping[str, str]:
    """Return the words of the exit types, or of the values of an outcome, as far as the state lists them."""
    for lines in stored_lines():
        field = lines.model.outcomes.get(name, name if lines.model is Enrollment else "")
        if words := listed_in(lines, field) if field else {}:
            return words
    return {}


def _named(values: Iterable[str], words: Mapping[str, str]) -> str:
    """Return values with their words, such as `15 (Graduated)`."""
    return ", ".join(f"{value} ({words[value]})" if words.get(value, value) != value else value for value in values)


def _course(file: DefinitionFile) -> str:
    credit_count = f"{file.credits_per_course.normalize():f} credit{'' if file.credits_per_course == 1 else 's'}"
    if file.course_unit == "credits":
        return f"{credit_count} of a program"
    return f"A line with at least {credit_count}" if file.credits_per_course else "A line"


def _courses(count: int) -> str:
    return f"{count} course{'' if count == 1 else 's'}"
