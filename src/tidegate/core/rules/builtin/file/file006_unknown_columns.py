"""FILE006: a column is not known."""

from tidegate.core.rules.rule import ReadingRule


class UnknownColumn(ReadingRule):
    """A column is not known.

    What it checks: Every name in the header is a column of the layout, or an extra column that is
    known.

    How to fix it: Correct the column name, or take the column out of the file.
    """

    code = "FILE006"
    message = 'Column "{name}" is not known'
    known = ('Is it "{meant}", which is missing?',)
    example_words = {"name": "Our{code_column}", "meant": "{code_column}"}
