"""Which file is checked against which state: made once, in `bench/files/district`."""

import shutil
from pathlib import Path
from typing import NamedTuple

from bench.district_files import make_cte_file, make_enrollment_file, make_visits_file
from bench.district_state import make_reference
from bench.sent_variants import make_variant
from bench.state import FILES

DISTRICT = FILES / "district"
MAINE, LARGER, LARGEST = 170_000, 1_500_000, 5_000_000


class Case(NamedTuple):
    """A file of so many rows, of which so many percent are wrong, of so many students; as a variant writes it."""

    rows: int
    file_type: str = "cte"
    bad_percent: int = 5
    students: int = MAINE
    variant: str = ""
    one_owner: bool = False

    @property
    def kind(self) -> str:
        """How its name begins."""
        return "cte" if self.file_type == "cte" else "enrollment"

    @property
    def title(self) -> str:
        """The file type in words."""
        return "CTE" if self.kind == "cte" else "Student Enrollment"

    def reference(self) -> Path:
        """Return the reference folder."""
        name = f"reference_{self.students}{'_one_owner' if self.one_owner else ''}"
        return make_reference(DISTRICT / name, students=self.students, one_owner=self.one_owner)

    def file(self) -> Path:
        """Return the file."""
        DISTRICT.mkdir(parents=True, exist_ok=True)
        owned = "_one_owner" if self.one_owner else ""
        path = DISTRICT / f"{self.kind}_{self.rows}_{self.bad_percent}_{self.students}{owned}.csv"
        size = {"rows": self.rows, "bad_percent": self.bad_percent, "students": self.students}
        if self.kind == "cte":
            make_cte_file(path, **size, one_owner=self.one_owner)
        elif self.one_owner:
            make_visits_file(path, **size)
        else:
            make_enrollment_file(path, **size)
        return make_variant(path, self.variant) if self.variant else path

    def output(self, side: str, kind: str) -> Path:
        """Return where a side writes an output."""
        return DISTRICT / "outputs" / f"{self.file().stem}_{side}.{kind}"


def fresh_folder(reference: Path, name: str) -> Path:
    """Return a new copy of the CSV files of a reference folder, which nobody has used yet."""
    folder = DISTRICT / "fresh" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in reference.glob("*.csv"):
        shutil.copyfile(path, folder / path.name)
    return folder
