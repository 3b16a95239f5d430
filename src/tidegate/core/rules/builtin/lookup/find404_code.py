"""FIND404: the code is not on this year's list."""

from tidegate.core.layouts.layout import Column
from tidegate.core.lookups.code import CodeLookup
from tidegate.core.lookups.lookup import LabelledLookup
from tidegate.core.rules.rule import LookupRule


class CodeNotFound(LookupRule):
    """The code is not on this year's list.

    What it checks: The code is on the state's list and valid in the school year. A code that lost
    its zeros in a spreadsheet is corrected if only one code can be meant.

    How to fix it: Look up the code on the list of the school year, which you can download from the
    page of this file type, and write it the same way.
    """

    code = "FIND404"
    message = '{label} "{value}" is not on this school year\'s list'
    cause_by = ("column", "value")
    lookup_type = CodeLookup
    field = "code"
    example_value = "none"

    def __init__(self, name: str, find: LabelledLookup, column: Column) -> None:
        """Take the layout's own message, where it has one."""
        super().__init__(name, find, column)
        assert isinstance(find, CodeLookup)  # lookup_type says so
        self.message = find.message or self.message  # type: ignore[misc]  # per look-up, not per class
