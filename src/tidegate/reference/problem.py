"""What is wrong with the files of a reference folder, by file and row, and the Refusal that lists all of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tidegate.core.errors import Refusal

_MAX_LISTED_PROBLEMS = 200
_MAX_NAMED_ROWS = 5


@dataclass(frozen=True, order=True)
class ReferenceProblem:
    """One thing wrong. `row` counts as a spreadsheet does; None is the whole file. No value of the file is named."""

    file_name: str
    row: int | None
    sentence: str

    def __str__(self) -> str:
        position = self.file_name if self.row is None else f"{self.file_name} row {self.row}"
        return f"{position}: {self.sentence}"


class ReferenceRefused(Refusal):
    """The reference folder has problems, and nothing of it was imported. `fix` lists them, one on a line."""

    code = "REFERENCE_FOLDER"

    def __init__(self, problems: Iterable[ReferenceProblem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.file_name, problem.row or 0, problem.sentence))
        count = len(self.problems)
        lines = [str(problem) for problem in self.problems[:_MAX_LISTED_PROBLEMS]]
        if count > _MAX_LISTED_PROBLEMS:
            lines.append(f"and {count - _MAX_LISTED_PROBLEMS:,} more")
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"Nothing was imported, because of {count:,} {noun}", fix="\n".join(lines))


class NewerOnFile(Refusal):
    """Rows of a reference folder would undo what uploads and corrections by hand have changed, and nothing was
    imported. `fix` names the first of them in each file."""

    code = "NEWER_ON_FILE"

    def __init__(self, rows: Mapping[str, Sequence[int]]) -> None:
        self.rows = rows
        count = sum(map(len, rows.values()))
        noun, what = ("row", "an upload or a correction has") if count == 1 else ("rows", "uploads or corrections have")
        what_to_do = (
            "To keep what is newer, add your new rows to a folder that tidegate export-reference writes now, and import"
            " that. To let these rows replace it, give --overwrite: what districts have sent is then no longer current"
        )
        super().__init__(
            f"Nothing was imported, because {count:,} {noun} would undo what {what} changed",
            fix="\n".join([*(_named(name, numbers) for name, numbers in rows.items() if numbers), what_to_do]),
        )


def _named(file_name: str, rows: Sequence[int]) -> str:
    """Name the first rows of a file: `students.csv: rows 2, 3 and 8 more`."""
    named = ", ".join(map(str, rows[:_MAX_NAMED_ROWS]))
    more = f" and {len(rows) - _MAX_NAMED_ROWS:,} more" if len(rows) > _MAX_NAMED_ROWS else ""
    return f"{file_name}: {'row' if len(rows) == 1 else 'rows'} {named}{more}"
