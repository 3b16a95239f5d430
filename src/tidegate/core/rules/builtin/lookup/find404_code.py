"""FIND404: the list does not have the code in the school year."""

from tidegate.core.layouts.layout import Column
from tidegate.core.lookups.code import CodeLookup
from tidegate.core.lookups.lookup import LabelledLookup
from tidegate.core.rules.rule import LookupRule


class CodeNotFound(LookupRule):
    """The list does not have the code in the school year.

    What it checks: The code is in the state's list and valid in the school year. A code whose zeros a spreadsheet took
    off is put right where only one code can be meant.

    How to fix it: Look the code up in the list of the school year, which can be downloaded from the page of this file
    type, and write it as the list does.
    """

    code = "FIND404"
    message = '{label} "{value}" is not in the list of this school year'
    cause_by = ("column", "value")
    lookup_type = CodeLookup
    field = "code"
    example_value = "none"

    def __init__(self, name: str, find: LabelledLookup, column: Column) -> None:
        """Take the layout's own message, where it has one."""
        super().__init__(name, find, column)
        assert isinstance(find, CodeLookup)  # lookup_type says so
        self.message = find.message or self.message  # type: ignore[misc]  # per look-up, not per class
