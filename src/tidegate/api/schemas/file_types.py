"""File types, their layouts and their codes, as the API shows them."""

from ninja import Schema


class FileTypeOut(Schema):
    """A file type."""

    file_type: str
    name: str
    title: str
    summary: str


class ColumnOut(Schema):
    """A column of a layout."""

    name: str
    form: str
    required: bool
    description: str
    example: str


class LayoutOut(Schema):
    """The columns of a file type in a school year, in order."""

    file_type: str
    school_year: str
    columns: list[ColumnOut]


class CodeOut(Schema):
    """A code that is valid in the school year."""

    code: str
    title: str
