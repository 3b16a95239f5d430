"""ROW101: an example row was left in."""

from tidegate.core.rules.rule import ReadingRule


class SampleRow(ReadingRule):
    """An example row was left in.

    What it checks: The sample file has example students, whose numbers belong to nobody.

    How to fix it: Delete the example rows of the sample file and send the file again.
    """

    code = "ROW101"
    message = "This row is an example from the sample file, not a student"
