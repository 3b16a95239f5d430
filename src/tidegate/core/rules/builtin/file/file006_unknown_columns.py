"""FILE006: a column is not known."""

from tidegate.core.rules.rule import ReadingRule


class UnknownColumn(ReadingRule):
    """A column is not known.

    What it checks: Every name in the header is a column of the layout, or an extra column that is
    known.

    How to fix it: Press Match the columns on the page of the upload and say once which column it is,
    or that nobody collects it. Or correct the name in the file.
    """

    code = "FILE006"
    message = 'Column "{name}" is not known'
    known = ('Is it "{meant}", which is missing?',)
    is_about_header = True
    example_words = {"name": "Our{code_column}", "meant": "{code_column}"}
