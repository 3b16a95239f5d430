"""FILE005: columns are missing."""

from tidegate.core.rules.rule import ReadingRule


class MissingColumns(ReadingRule):
    """Columns are missing.

    What it checks: The header has every column of the layout, also those whose cells may be blank.

    How to fix it: Add the columns to the header, with these names. The requirements document lists
    all columns in order.
    """

    code = "FILE005"
    message = "{columns} missing"
    is_about_header = True
    example_words = {"columns": 'Columns "{first_column}", "{code_column}" are'}
