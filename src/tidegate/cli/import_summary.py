"""What an import of reference lists did, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the commands import late, so that `tidegate check` starts at once
    from tidegate.records.import_folder import ImportSummary
    from tidegate.reference.import_file import Merged


def noun_of(file_name: str) -> tuple[str, str]:
    """Return what a row of a reference file is called, and several."""
    from tidegate.core.layouts.state_package import present_state
    from tidegate.core.reference.table import reference_tables

    nouns = {table.file.file_name: table.noun for table in reference_tables()}
    nouns |= {f"{name}.csv": listed.nouns for name, listed in present_state().code_lists.items()}
    return nouns.get(file_name, ("code", "codes"))  # any other file of a folder is a code list


def summary_lines(summary: "ImportSummary") -> Iterator[str]:
    """Yield a line for each file, one for new school years, and what that means for everything else."""
    for file_name, merged in summary.files.items():
        yield f"{file_name}: {changes_in_words(merged, noun_of(file_name))}"
    years = summary.school_years
    if years:
        yield f"{count(len(years), ('school year was', 'school years were'))} added: {', '.join(years)}"
    if summary.has_changes:
        yield "What is on file and not in these files stays as it was"
    else:
        yield "Everything in these files is on file already, and nothing was changed"


def changes_in_words(merged: "Merged", noun: tuple[str, str]) -> str:
    """Return what was done to the rows of a file: `2 students were added, 1 was changed, 3 are unchanged`."""
    counts = (
        (merged.added_count, ("was added", "were added")),
        (merged.changed_count - merged.ended_count, ("was changed", "were changed")),
        (merged.ended_count, ("has ended", "have ended")),
        (merged.unchanged_count, ("is unchanged", "are unchanged")),
    )
    said = [(number, verbs) for number, verbs in counts if number]
    if not said:
        return f"no {noun[1]} in it"
    (first, verbs), *others = said
    begin = f"{count(first, noun)} {verbs[first != 1]}"
    return ", ".join([begin, *(count(number, other) for number, other in others)])


def count(number: int, forms: tuple[str, str]) -> str:
    """Return the number with the form that agrees with it: `1 student`, `2,000 students`."""
    return f"{number:,} {forms[number != 1]}"
