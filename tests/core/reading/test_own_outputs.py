"""What tidegate gives out is known when it comes back as data."""

import polars as pl
import pytest

from tests.core.reading.test_file_kinds import CTE
from tidegate.core.outputs.answer_file import answer_file
from tidegate.core.outputs.full_log import full_log_csv
from tidegate.core.outputs.result_log import result_log
from tidegate.core.reading.header import FIX_COLUMN, ROW_COLUMN
from tidegate.core.reading.read_file import read_file
from tidegate.core.rules.finding import no_findings
from tidegate.file_types import find, find_all

LAYOUTS = [kind.layout for kind in find_all().values()]
ERROR = pl.DataFrame({"severity": ["error"], "message": ["A"]}).pipe(
    lambda found: pl.concat([no_findings(), found], how="diagonal_relaxed")
)
NOTICE = ERROR.with_columns(severity=pl.lit("notice"))
OUTPUTS = {
    "a Result Log": [
        b"".join(result_log(CTE.log_title, [ERROR], needs_action=True)).decode(),
        b"".join(result_log(CTE.log_title, [NOTICE], needs_action=False)).decode(),
        b"".join(result_log(LAYOUTS[-1].log_title, [], needs_action=False)).decode(),
    ],
    "a full log": ["".join(full_log_csv([(3, "E3", *["x"] * 11)]))],
    "an answer file": ["".join(answer_file([range(11)]))],
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in OUTPUTS.items() for text in texts])
def test_an_output_sent_as_data_is_named(tmp_path, layout, name, text):
    path = tmp_path / "upload.csv"
    for content in (text, text.replace(",", ";")):
        path.write_text(content, "utf-8")
        reading = read_file(path, layout, others=LAYOUTS)
        assert [(issue.code, issue.words) for issue in reading.issues] == [
            ("FILE033", {"content": name, "name": layout.name})
        ]


def test_a_fix_file_of_another_type_is_named_as_of_that_type(tmp_path):
    enrollment = find("student-enrollment").layout
    path = tmp_path / "upload.csv"
    path.write_text(",".join([*enrollment.columns, ROW_COLUMN, FIX_COLUMN]) + "\n")
    reading = read_file(path, CTE, others=LAYOUTS)
    assert [(issue.code, issue.words["other"]) for issue in reading.issues] == [("FILE008", "Student Enrollment")]


def test_data_beside_columns_of_a_log_is_no_log(tmp_path):
    path = tmp_path / "upload.csv"
    path.write_text(
        ",".join([*CTE.columns, "Row Number", "SAU ID", "School ID", "State Student Number", "Error"]) + "\n"
    )
    assert {issue.code for issue in read_file(path, CTE, others=LAYOUTS).issues} == {"FILE006", "FILE007"}
