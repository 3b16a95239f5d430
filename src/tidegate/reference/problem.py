"""What is wrong with the files of a reference folder, by file and row, and the Refusal that lists all of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tidegate.core.errors import Refusal

_MAX_LISTED_PROBLEMS = 200


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
