"""The invented demo state. No person, student, SAU, school or ID in it is real; only the CTE schools' names are."""

from tidegate.states.maine.demo.enrollments import list_school_years
from tidegate.states.maine.demo.files import write_files
from tidegate.states.maine.demo.people import PASSWORD, PEOPLE, SENDER
from tidegate.states.maine.demo.students import GUIDE_YEAR as SCHOOL_YEAR
from tidegate.states.maine.demo.write_reference import write_reference

__all__ = ["PASSWORD", "PEOPLE", "SCHOOL_YEAR", "SENDER", "list_school_years", "write_files", "write_reference"]
