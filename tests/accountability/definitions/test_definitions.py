"""A definition is a dated file of the state's package; a file that is wrong is named with its line."""

import pytest

from tidegate.accountability.definitions.definition import (
    Definition,
    find_definition,
    find_definitions,
    load_definition,
)
from tidegate.core.errors import BrokenState, NotFound
from tidegate.core.layouts.state_package import present_package

FOLDER = present_package().folder / "definitions"
GOOD = (FOLDER / "2020-2021.toml").read_text()


def listed(programs: str, program_key: str = "cip-6") -> tuple[str, str]:
    """Return the end of the file replaced by one with a list of non-traditional programs."""
    begins = GOOD.index('program_key = "cip-6"')
    rest = GOOD[begins:].replace('program_key = "cip-6"', f'program_key = "{program_key}"')
    return GOOD[begins:], f"{rest}\n[nontraditional]\n{programs}\n"


@pytest.fixture
def load(read_changed):
    """Read the file of a definition, with some text replaced by another."""

    def load_file(*replaced: tuple[str, str], name: str = "2020-2021") -> Definition:
        return read_changed(load_definition, GOOD, name, *replaced)

    return load_file


def test_a_definition_holds_for_the_year_of_its_name_alone():
    assert find_definition("2020").school_year == "2020-2021"
    assert "2021-2022" not in find_definitions()
    with pytest.raises(NotFound) as refused:
        find_definition("2021-2022")
    assert refused.value.message == "Maine has no definition of participants and concentrators for 2021-2022"
    assert refused.value.fix.endswith("Add definitions/2021-2022.toml to the state's package")


def test_a_year_may_have_the_definition_of_an_earlier_one(tmp_path, load):
    earlier = load()
    (tmp_path / "2021-2022.toml").write_text('same_as = "2020-2021"')
    same = load_definition(tmp_path / "2021-2022.toml")
    assert (same.school_year, same.file, same.digest) == ("2021-2022", earlier.file, earlier.digest)
    for named in ("2022-2023", "2019-2020", "../2020-2021"):
        (tmp_path / "2021-2022.toml").write_text(f'same_as = "{named}"')
        with pytest.raises(BrokenState) as broken:
            load_definition(tmp_path / "2021-2022.toml")
        assert "2021-2022.toml:1: same_as is" in str(broken.value)


@pytest.mark.parametrize(
    ("replaced", "said"),
    [
        (('file_type = "cte"', 'file_type = "ctw"'), "file_type is ctw, which is none of: cte"),
        (('file_type = "cte"', 'file_type = "new-state-id"'), "file_type is new-state-id, which is none of: cte"),
        (('credits = "CreditsEarned"', 'credits = "CTECode"'), "credits is CTECode, which is none of: CreditsEarned"),
        (('credits = "CreditsEarned"', ""), "credits_per_course needs credits"),
        (("credits_per_course = 0.01", "credits_per_course = -1"), "credits_per_course is not below 0"),
        (("credits_per_course = 0.01", 'credits_per_course = "a"'), "credits_per_course"),
        (('course_unit = "record"\ncredits = "CreditsEarned"\ncredits_per_course = 0.01', 'course_unit = "credits"'),
         "course_unit is credits, so credits_per_course says how many are a course"),
        (('"record"', '"hours"'), "Invalid enum value 'hours'"),
        (("courses_for_participant = 1", "courses_for_participant = 0"), "courses_for_participant is at least 1"),
        (("courses_needed = 2", "courses_needed = 0"), "courses_needed is not less than courses_for_participant"),
        (listed('Female = ["47.0604"]'), "nontraditional has Female, which is none of: F, M, X"),
        (listed('F = ["470604"]'), "nontraditional.F has 470604, and with program_key cip-6 it is 6 digits"),
        (listed('F = ["47.06"]'), "nontraditional.F has 47.06, and with program_key cip-6 it is 6 digits"),
        (listed('F = ["47.0604"]', "cip-4"), "nontraditional.F has 47.0604, and with program_key cip-4 it is 4 digits"),
        (listed('F = ["47.06"]', "code"), "has 47.06, and with program_key code it is a CIP code written as NN.NNNN"),
        (listed('F = ["12.04"]\nM = ["12.04"]', "cip-4"), "nontraditional.M has 12.04, which is listed under F, too"),
        (("grades = []", 'grades = ["9"]'), "grades has 9, which is none of: PK, KG, 01"),
        (("sticky = true", "stickily = true"), "stickily"),
        (('program_key = "Lines', 'programs = "Lines'), "to_be_set names programs, which is no setting"),
        (('grades = "Students of every grade are counted"', 'grades = " "'), "does not say what is assumed for grades"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(load, replaced, said):
    with pytest.raises(BrokenState) as broken:
        load(replaced)
    assert said in str(broken.value)
    assert "2020-2021.toml:" in str(broken.value)


@pytest.mark.parametrize(
    ("programs", "program_key"),
    [('F = ["47.0604"]\nM = ["12.0402"]', "cip-6"), ('F = ["47.06"]\nM = ["12.04"]', "cip-4"), ('X = ["47"]', "cip-2")],
)
def test_nontraditional_programs_are_as_long_as_programs_are(load, programs, program_key):
    assert load(listed(programs, program_key)).file.nontraditional


def test_the_file_of_a_definition_is_named_as_a_school_year(load):
    for name in ("2020", "2020-2022", "perkins"):
        with pytest.raises(BrokenState):
            load(name=name)


def test_the_states_own_values_that_no_source_gives_are_marked():
    for definition in find_definitions().values():
        assert definition.file.is_proxy
        assert {"course_unit", "program_key", "grades"} <= definition.file.to_be_set.keys()
