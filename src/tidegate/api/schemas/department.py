"""What the API says of the numbers for the Department."""

from ninja import Schema


class PartOut(Schema):
    """One pair of numbers, by a value; a blank key is missing, which is not the same as no."""

    key: str
    name: str
    numerator: int | None
    denominator: int | None


class CategoryOut(Schema):
    """The parts of a total by one thing. `counted_again` of the students in the parts are in a second one, too."""

    category: str
    parts: list[PartOut]
    numerators_counted_again: int
    denominators_counted_again: int
    why_no_data: str


class DepartmentFormOut(Schema):
    """A form: its total, its parts by each category, and each difference between them, as a sentence. `assumed` is what
    stands in for values that the state has not set."""

    code: str
    title: str
    numerator: int | None
    denominator: int | None
    categories: list[CategoryOut]
    differences: list[str]
    to_confirm: bool
    assumed: list[str]
    why_no_data: str


class DepartmentNumbers(Schema):
    """The numbers for the Department. They are exact, also those of a few students, and not for publication."""

    mark: str
    snapshot: int
    sha256: str
    forms: list[DepartmentFormOut]
