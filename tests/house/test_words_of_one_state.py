"""Nothing outside of a state's package speaks the words of one state, but for names that are in the database, in files
and in the API, which stay what they are for all states."""

import re
from collections import Counter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tidegate"
ROOMS = sorted(path.name for path in SOURCE.iterdir() if path.is_dir() and path.name not in {"states", "__pycache__"})
WORDS = re.compile(
    r"\b(?:SAUs?|CTE|cte|ME|NEO|MEDMS|Maine(?:\'s)?|SAUID|ResidentSAUID|CTECode|cte_codes|MaineCare|ENR\d{3})\b"
    r"|\b(?:9|nine)[- ](?:digit|character)s?"
)
KIND_SAU = "the stored name of a kind of organization: organizations.csv has the state's own (decision 36)"
KIND_CTE = f"{KIND_SAU}, as for a district"
COLUMN = "a column of a reference folder's files and of answer files, which state.toml may name otherwise ([headers])"
ROLE = "a role's name in the database and in commands; people read the state's own (cte_director)"
EXCEPTIONS = {
    "core/layouts/state.py": {"SAUID": COLUMN, "CTECode": COLUMN},
    "core/layouts/toml_lines.py": {"SAUID": "a key of a layout, as an example"},
    "file_types/file_type.py": {"SAUID": "a key of a layout, as an example"},
    "core/lookups/organization.py": {"SAU": KIND_SAU},
    "core/lookups/school.py": {"SAU": KIND_SAU, "CTE": KIND_CTE},
    "core/lookups/sources.py": {"SAU": KIND_SAU},
    "core/outputs/answer_file.py": {"SAUID": COLUMN},
    "core/reference/enrollments.py": {"SAUID": COLUMN},
    "core/reference/number_requests.py": {"SAUID": COLUMN},
    "core/reference/organizations.py": {"SAU": KIND_SAU, "CTE": KIND_CTE},
    "core/reference/taught_codes.py": {"CTECode": COLUMN},
    "accounts/reach.py": {"SAU": KIND_SAU},
    "accounts/roles.py": {"SAU": KIND_SAU, "cte": ROLE},
    "cli/add_person.py": {"cte": ROLE},
    "records/layouts/enrollments.toml": {"SAUID": COLUMN},
    "records/student_list_sql.py": {"SAU": KIND_SAU},
    "records/tables/enrollments.py": {"SAU": KIND_SAU, "SAUID": COLUMN, "ResidentSAUID": COLUMN},
    "reference/layouts/organizations.toml": {"SAU": KIND_SAU, "CTE": KIND_CTE},
    "reference/models/organization.py": {"SAU": KIND_SAU, "CTE": KIND_CTE, "9 digits": "as many as an integer key has"},
    "reference/tables/organizations.py": {"SAU": KIND_SAU, "CTE": KIND_CTE},
}


def words_in(path: Path) -> Counter[str]:
    return Counter(WORDS.findall(path.read_text()))


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_speaks_the_words_of_one_state(room):
    kinds = {".py", ".html", ".toml", ".txt", ".js", ".css", ".sql", ".md"}
    for path in sorted((SOURCE / room).rglob("*")):
        if path.suffix not in kinds or "migrations" in path.parts:  # these are what a released database has
            continue
        name = path.relative_to(SOURCE).as_posix()
        unknown = words_in(path).keys() - EXCEPTIONS.get(name, {}).keys()
        assert not unknown, f"{name} says {', '.join(sorted(unknown))}: let state.toml say it"


def test_every_exception_is_still_needed():
    for name, words in EXCEPTIONS.items():
        said = words_in(SOURCE / name).keys()
        assert said == words.keys(), f"{name} says {', '.join(sorted(said)) or 'none of them'}"
