"""ROW101: an example row was left in."""

from tidegate.core.rules.rule import ReadingRule


class SampleRow(ReadingRule):
    """An example row was left in.

    What it checks: The sample file has example students, whose numbers are never given to anybody.

    How to fix it: Delete the example rows of the sample file and send the file again.
    """

    code = "ROW101"
    message = "The row is an example from the sample file and not a student"
