"""A line in words: each column has a title that the state's people use, and a value in words."""

from datetime import date

from tidegate.core.layouts.state_package import present_state
from tidegate.file_types import find
from tidegate.records.models import Enrollment
from tidegate.records.stored_lines import lines_of, stored_lines
from tidegate.reference.models import Organization
from tidegate.uploads.history.line_columns import columns_of, line_in_words


def test_a_line_is_said_in_the_words_of_the_state():
    at = {"sau": Organization(name="Rock Star Public Schools"), "school": Organization(name="Rock Star High School")}
    line = Enrollment(enrollment_type="C", entry_date=date(2020, 9, 1), **at)
    assert line_in_words(lines_of(find("student-enrollment")), line) == (
        "School Rock Star High School; SAU Rock Star Public Schools; Enrollment type Concurrent; Entry date 2020-09-01"
    )


def test_no_heading_spells_a_word_of_the_state_otherwise():
    words = {word.casefold(): word for word in present_state().words.values() if " " not in word}
    headings = [each.heading for lines in stored_lines() for each in columns_of(lines)]
    said = [word for heading in headings for word in heading.split() if word.casefold() in words]
    assert "SAU" in said
    assert all(word == words[word.casefold()] for word in said), said
