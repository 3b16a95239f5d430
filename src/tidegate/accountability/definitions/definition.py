"""Definitions: who is a participant and who a concentrator in a school year, one dated file each in the folder
`definitions` of the state's package."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, Self

import msgspec

from tidegate.core.errors import BrokenState, NotFound, Refusal
from tidegate.core.layouts.column_types import Choice, Code, Number
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import StatePackage, present_package
from tidegate.core.layouts.toml_lines import BrokenSetting, with_line
from tidegate.file_types import find_all
from tidegate.records.models import Enrollment
from tidegate.records.stored_lines import StoredLines, lines_of, stored_lines

FOLDER = "definitions"
"""Where a state's package has its definitions."""
# How a program is written that has so many digits of a code of the CIP.
_FORMS = {6: r"^[0-9]{2}\.[0-9]{4}$", 4: r"^[0-9]{2}\.[0-9]{2}$", 2: r"^[0-9]{2}$"}
_DIGITS = {"code": 0, "cip-6": 6, "cip-4": 4, "cip-2": 2}


class DefinitionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the file of a definition says.

    Attributes:
        file_type: The file type whose lines say what a student has taken.
        course_unit: What a course is: `record`, each line with enough credits; or `credits`, so many credits, which the
            lines of a program earned together.
        credits: The column with the credits of a line; blank where the file type has none.
        credits_per_course: How many credits a line needs to be a course, or how many credits are one.
        courses_for_participant: How many courses in a program make a participant.
        courses_needed: How many make a concentrator.
        program_key: What a program is: the whole code, or the first six, four or two digits of a CIP code.
        grades: The grades in which a student can be a participant or concentrator; blank is every grade.
        sticky: Whether a student who was one in an earlier year still is, without a course in the year itself.
        base: Of whom shares are taken: who was enrolled at a technical school at any time of the school year, or on the
            count day.
        graduated: The exit types of students who graduated from high school; none is that nobody is known to have.
        left_school: The exit types with which students leave secondary education; none is every exit type.
        placed: The placements after leaving school that count as placed.
        nontraditional: The programs in which a gender is underrepresented, by gender, each program under one gender
            alone, with as many digits as `program_key` says.
        to_be_set: The settings for which no source gives the state's value, each with what is assumed instead.
    """

    file_type: str
    course_unit: Literal["record", "credits"]
    courses_needed: int
    credits: str = ""
    credits_per_course: Decimal = Decimal(0)
    courses_for_participant: int = 1
    program_key: Literal["code", "cip-6", "cip-4", "cip-2"] = "code"
    grades: tuple[str, ...] = ()
    sticky: bool = True
    base: Literal["school-year", "count-day"] = "school-year"
    graduated: tuple[str, ...] = ()
    left_school: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()
    nontraditional: dict[str, tuple[str, ...]] = {}
    to_be_set: dict[str, str] = {}

    @property
    def program_digits(self) -> int:
        """How many digits of a code are the program; 0 is the whole code."""
        return _DIGITS[self.program_key]

    @property
    def is_proxy(self) -> bool:
        """Whether something else stands for a course, since the state has not said what one is."""
        return "course_unit" in self.to_be_set


class SameAs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file of a year says that has the definition of an earlier one."""

    same_as: str


@dataclass(frozen=True)
class Definition:
    """Who is a participant and who a concentrator, as of a school year.

    `school_year` is the name of its file, such as `2024-2025`; `text` what the file says, or the one that it names with
    `same_as`.
    """

    school_year: str
    file: DefinitionFile
    text: str

    @classmethod
    def read(cls, school_year: str, text: str) -> Self:
        """Return a definition by its text, as a snapshot has frozen it."""
        return cls(school_year, msgspec.toml.decode(text, type=DefinitionFile), text)

    @property
    def digest(self) -> str:
        """The SHA-256 of what it says."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def find_definitions() -> dict[str, Definition]:
    """Return every definition of the present state by its school year, the earliest first."""
    return definitions_of(present_package())


def find_definition(school_year: str) -> Definition:
    """Return the definition of a school year. It holds for that year alone: NotFound where there is none."""
    definitions = find_definitions()
    found = definitions.get(SchoolYear.parse(school_year).name)
    if found is None:
        has = f"There are definitions of {', '.join(definitions)}. " if definitions else ""
        raise NotFound(
            f"{present_package().state.name} has no definition of participants and concentrators for {school_year}",
            fix=f"{has}Add {FOLDER}/{school_year}.toml to the state's package",
            code="NO_DEFINITION",
        )
    return found


@cache
def definitions_of(package: StatePackage) -> dict[str, Definition]:
    """Return every definition of a state. Raises BrokenState, which says what is wrong with a file and where."""
    found = (load_definition(path) for path in sorted((package.folder / FOLDER).glob("*.toml")))
    return {definition.school_year: definition for definition in found}


def load_definition(path: Path) -> Definition:
    """Return the definition of a file. Raises BrokenState, which says what is wrong and where."""
    text = path.read_text("utf-8", errors="replace")
    read: type[SameAs | DefinitionFile] = DefinitionFile
    try:
        _check_name(path)
        if "same_as" in msgspec.toml.decode(text, type=dict):
            read = SameAs
            return Definition.read(path.stem, _text_of_earlier(path, msgspec.toml.decode(text, type=SameAs)))
        definition = Definition.read(path.stem, text)
        _check(definition.file)
    except (msgspec.DecodeError, ValueError) as error:
        said = with_line(path, text, error, decode=lambda raw: msgspec.convert(raw, type=read))
        raise BrokenState(said) from error
    return definition


def lines_with_courses(file: DefinitionFile) -> StoredLines:
    """Return the stored lines in which courses are. Raises BrokenSetting where the file type has none such."""
    file_type = find_all().get(file.file_type)
    lines = lines_of(file_type) if file_type else None
    if lines is None or not lines.taught or not lines.first_day:
        able = [each.file_type.slug for each in stored_lines() if each.taught and each.first_day]
        known = f"which is none of: {', '.join(able)}" if able else "but no file type of the state has courses"
        raise BrokenSetting(f"file_type is {file.file_type}, {known}", "file_type")
    return lines


def _check_name(path: Path) -> None:
    try:
        is_year = SchoolYear.parse(path.stem).name == path.stem
    except Refusal:
        is_year = False
    if not is_year:
        raise BrokenSetting("the file of a definition is named as the school year that it is of: 2024-2025.toml")


def _text_of_earlier(path: Path, file: SameAs) -> str:
    """Return what the named file of an earlier year says, which may name another."""
    earlier = path.parent / f"{file.same_as}.toml"
    if file.same_as >= path.stem or not earlier.is_file():
        raise BrokenSetting(f'same_as is "{file.same_as}", and there is no file of that earlier year', "same_as")
    return load_definition(earlier).text


def _check(file: DefinitionFile) -> None:
    lines = lines_with_courses(file)
    _check_credits(file, lines)
    _check_courses(file)
    _check_program(file, lines)
    _check_nontraditional(file, lines)
    _check_grades(file)
    if unknown := set(file.to_be_set) - set(DefinitionFile.__struct_fields__):
        raise BrokenSetting(f"to_be_set names {min(unknown)}, which is no setting", f"to_be_set.{min(unknown)}")
    if blank := [name for name, said in file.to_be_set.items() if not said.strip()]:
        raise BrokenSetting(f"to_be_set does not say what is assumed for {blank[0]}", f"to_be_set.{blank[0]}")


def _check_credits(file: DefinitionFile, lines: StoredLines) -> None:
    numbers = [name for name, column in lines.layout.columns.items() if isinstance(column.type, Number)]
    able = [name for name in numbers if f"{name}:value" in lines.fields]
    if file.credits and file.credits not in able:
        known = f"which is none of: {', '.join(able)}" if able else "but no column has a number"
        raise BrokenSetting(f"credits is {file.credits}, {known}", "credits")
    if file.credits_per_course < 0:
        raise BrokenSetting("credits_per_course is not below 0", "credits_per_course")
    if file.credits_per_course and not file.credits:
        raise BrokenSetting("credits_per_course needs credits, the column that has them", "credits_per_course")
    if file.course_unit == "credits" and not file.credits_per_course:
        raise BrokenSetting("course_unit is credits, so credits_per_course says how many are a course", "course_unit")


def _check_courses(file: DefinitionFile) -> None:
    if file.courses_for_participant < 1:
        raise BrokenSetting("courses_for_participant is at least 1", "courses_for_participant")
    if file.courses_needed < file.courses_for_participant:
        raise BrokenSetting("courses_needed is not less than courses_for_participant", "courses_needed")


def _check_program(file: DefinitionFile, lines: StoredLines) -> None:
    codes = _codes_of(lines)
    listed = present_package().state.code_lists.get(codes.list_name) if codes else None
    if file.program_digits and not (listed and listed.is_of_cip):
        raise BrokenSetting(
            f'program_key is {file.program_key}, and the codes are not of the CIP: use "code"', "program_key"
        )


def _codes_of(lines: StoredLines) -> Code | None:
    """Return the type of the column of codes; None where there is none."""
    return next((column.type for column in lines.layout.columns.values() if isinstance(column.type, Code)), None)


def _check_nontraditional(file: DefinitionFile, lines: StoredLines) -> None:
    """Raise BrokenSetting where a gender or a program is listed that no student can be counted by, or a program for two
    genders, of which one alone can be underrepresented."""
    for each in stored_lines():
        if "sex" in each.model.counted_by:
            _check_listed("nontraditional", tuple(file.nontraditional), each, each.model.counted_by["sex"])
    codes = _codes_of(lines)
    form = _FORMS.get(file.program_digits, codes.pattern if codes else "")
    genders: dict[str, str] = {}
    for gender, named in file.nontraditional.items():
        key = f"nontraditional.{gender}"
        for code in named:
            if not re.search(form, code):
                said = f"{file.program_digits} digits" if file.program_digits else codes.form() if codes else "a code"
                raise BrokenSetting(f"{key} has {code}, and with program_key {file.program_key} it is {said}", key)
            if genders.setdefault(code, gender) != gender:
                raise BrokenSetting(f"{key} has {code}, which is listed under {genders[code]}, too", key)


def _check_grades(file: DefinitionFile) -> None:
    """Raise BrokenSetting where a grade, an exit type or a placement is named that no line can have, as far as the
    state lists them."""
    lines = next((lines for lines in stored_lines() if lines.model is Enrollment), None)
    outcomes = [each for each in stored_lines() if "placement" in each.model.outcomes]
    _check_listed("grades", file.grades, lines, "grade_level")
    _check_listed("graduated", file.graduated, lines, "exit_type")
    _check_listed("left_school", file.left_school, lines, "exit_type")
    for each in outcomes:
        _check_listed("placed", file.placed, each, each.model.outcomes["placement"])


def _check_listed(setting: str, named: tuple[str, ...], lines: StoredLines | None, field_name: str) -> None:
    choices = listed_in(lines, field_name)
    if choices and (unknown := set(named) - set(choices)):
        raise BrokenSetting(f"{setting} has {min(unknown)}, which is none of: {', '.join(choices)}", setting)


def listed_in(lines: StoredLines | None, field_name: str) -> Mapping[str, str]:
    """Return the values that a field of stored lines can have, with their words; none where the state lists none."""
    fields = lines.fields.items() if lines else ()
    column = next((row.removesuffix(":value") for row, field in fields if field.name == field_name), "")
    listed = lines.layout.columns[column].type if lines and column else None
    return listed.choices if isinstance(listed, Choice) else {}
