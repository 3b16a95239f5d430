"""FILE022: a quotation mark is not closed."""

from tidegate.core.rules.rule import ReadingRule


class OpenQuote(ReadingRule):
    """A quotation mark is not closed.

    What it checks: A value that begins with a quotation mark (") also ends with one.

    How to fix it: Close the quotation mark or take it out. Inside a quoted value, a quotation mark
    is written twice (""). Until you do, a spreadsheet may show the rows below inside this one; the
    row numbers here are the ones you see afterward.
    """

    code = "FILE022"
    message = 'An opening quotation mark (") has no closing one, so the cell has no end'
