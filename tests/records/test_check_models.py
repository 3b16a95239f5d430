"""A state whose models, layouts and migrations do not fit together does not start, and is told where."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.forked_command import run_python

OTHER_STATE = Path(__file__).parents[1] / "other_state"
TRADES = "file_types/apprenticeships/layout.toml"


@pytest.fixture
def package(tmp_path) -> Path:
    """A copy of the invented state, to be broken."""
    folder = tmp_path / "lakeland"
    shutil.copytree(OTHER_STATE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in folder.rglob("*.py"):
        path.write_text(path.read_text().replace("tests.other_state", "lakeland"))
    return folder


def start(package: Path) -> subprocess.CompletedProcess[str]:
    """Start Django for the state, as every process of the program does."""
    code = "import django; django.setup(); print('started')"
    env = {
        **os.environ,
        "TIDEGATE_STATE": str(package),
        "TIDEGATE_DATA_DIR": str(package.parent / "data"),
        "DJANGO_SETTINGS_MODULE": "tidegate.project.settings",
    }
    return run_python(code, env=env)


def change(path: Path, before: str, after: str) -> int:
    """Change a file, and return the line where it was changed."""
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    return text[: text.index(before)].count("\n") + 1


def said(package: Path) -> str:
    run = start(package)
    assert run.returncode != 0
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("tidegate.core.errors.BrokenLayout: "), run.stderr
    return last.partition(": ")[2]


def test_the_invented_state_starts(package):
    run = start(package)
    assert run.stdout == "started\n", run.stderr


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('"Remark:value" = "remark"', '"Remark:value" = "remarks"', 'Apprenticeship has no field "remarks"'),
        ('"Remark:value" = "remark"', '"Remarks:value" = "remark"', 'there is no "Remarks:value"'),
        (
            'key = ["Student:value", "Trade:value"]',
            'key = ["Student:value", "Ended:value", "Hue:value"]',
            '"Hue:value"',
        ),
        ('table = "apprenticeships"', 'table = "practice_days"', "that of apprenticeships"),
        ('table = "apprenticeships"', 'table = "trade_codes"', "a code list by its name"),
    ],
)
def test_a_layout_that_does_not_fit_its_model_is_named_with_its_line(package, before, after, sentence):
    path = package / TRADES
    change(path, before, after)
    heard = said(package)
    assert sentence in heard
    assert heard.startswith(str(package))
    assert heard.split(":")[1].isdigit()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('file_type = "practice-days"', 'file_type = "apprenticeships"', "are both for the file type apprenticeships"),
        (
            "    weeks = models.PositiveSmallIntegerField()",
            "    weeks = models.CharField(max_length=2)",
            "is a CharField",
        ),
        ("max_length=40", "max_length=39", "takes 39 characters, and Employer has up to 40"),
        (
            "max_digits=5, decimal_places=2, null=True",
            "max_digits=4, decimal_places=2, null=True",
            "Wage has up to 3 and 2",
        ),
        ("decimal_places=2, null=True)", "decimal_places=2)", "needs null=True: Wage may be blank"),
        ("    began_on =", "    paid = models.IntegerField()\n    began_on =", "no column fills Apprenticeship.paid"),
        ('personal = ("remark",)', 'personal = ("remarks",)', "personal names remarks, which no column fills"),
    ],
)
def test_a_model_that_does_not_fit_its_layout_is_named_with_its_line(package, before, after, sentence):
    path = package / "models.py"
    line = change(path, before, after)
    heard = said(package)
    assert sentence in heard
    place, number, _ = heard.split(":", 2)
    assert place == str(path)
    assert abs(int(number) - line) <= 2


def test_a_field_that_a_later_layout_leaves_out_is_kept(package):
    change(package / TRADES, '"Remark:value" = "remark"\n', "")
    change(package / "models.py", 'personal = ("remark",)', "personal = ()")
    assert "no column fills Apprenticeship.remark" in said(package)
    change(
        package / "models.py",
        "remark = models.CharField(max_length=30, blank=True)",
        'remark = models.CharField(max_length=30, blank=True, db_default="")',
    )
    assert start(package).stdout == "started\n"


def test_lines_without_a_model_are_refused(package):
    text = (package / "models.py").read_text()
    (package / "models.py").write_text(text.partition("class PracticeDay")[0])
    path = package / "file_types" / "practice_days" / "layout.toml"
    line = path.read_text().splitlines().index("[on_file]") + 1
    assert said(package) == f'{path}:{line}: no model stores these lines: one has file_type = "practice-days"'


def test_a_message_that_says_what_is_personal_of_another_line_is_refused(package):
    path = package / "file_types" / "apprenticeships" / "rules" / "app501_three_trades.py"
    change(path, '{"count": self._count()}', '{"count": value("Remark").first().over("Student:value")}')
    line = change(path, "    message =", "    message =")
    assert said(package) == (
        f"{path}:{line}: APP501 says Remark:value of another line, which is personal (Apprenticeship)"
    )
