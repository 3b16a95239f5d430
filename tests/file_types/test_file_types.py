"""File types are found by looking, and what does not fit together is refused when a site starts."""

from msgspec.structs import replace

from tidegate.core.layouts.state_package import present_package
from tidegate.file_types import find
from tidegate.file_types.problems import problems_of_package
from tidegate.file_types.type_problems import problems_of_types


def test_the_states_package_is_as_it_should_be():
    assert list(problems_of_package(present_package(), with_tables=True)) == []


def test_a_code_of_two_file_types_is_a_problem_with_its_line():
    problems = problems_of_types([find("cte"), replace(find("cte"), slug="cte-again")], with_tables=False)
    (found,) = [each for each in problems if each.endswith(": the code CTE201 is in cte and in cte-again")]
    assert "cte201_end_before_start.py:" in found
