"""Imports code lists: cte_codes.csv, and the CIP list as the NCES publishes it."""

from pathlib import Path

import polars as pl
from django.db import transaction

from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.reference.tables import CTE_CODES_FILE
from tidegate.core.rules.expressions import ROW
from tidegate.reference.copy_rows import stage
from tidegate.reference.import_file import ImportFile, Merged, merge, read_import_file
from tidegate.reference.problem import Problem, ReferenceRefused
from tidegate.reference.read_reference_file import problems_at, read_first_year, read_reference_file, repeated

_LAYOUTS = Path(__file__).parent / "layouts"
LAYOUT = load_layout(_LAYOUTS / "cte_codes.toml")
CIP_LAYOUT = load_layout(_LAYOUTS / "cip_list.toml")
STAGED = "new_codes"

_CODE = r"^[0-9]{2}(\.[0-9]{2}([0-9]{2})?)?$"
_WHOLE_CODE = r"^[0-9]{2}\.[0-9]{4}$"
_MERGE = """
INSERT INTO reference_code AS old (list_name, code, title, first_year, last_year)
SELECT 'cte_codes', code, COALESCE(title, ''), first_year, last_year FROM new_codes ORDER BY code
ON CONFLICT (list_name, code) DO UPDATE
    SET title = EXCLUDED.title, first_year = EXCLUDED.first_year, last_year = EXCLUDED.last_year
    WHERE (old.title, old.first_year, old.last_year)
        IS DISTINCT FROM (EXCLUDED.title, EXCLUDED.first_year, EXCLUDED.last_year)
RETURNING xmax = 0
"""
_ENDING = """
SELECT count(*) FROM new_codes new JOIN reference_code old ON old.list_name = 'cte_codes' AND old.code = new.code
WHERE old.last_year IS NULL AND new.last_year IS NOT NULL
"""


def read_cte_codes(folder: Path) -> ImportFile:
    """Return the folder's CTE codes, with the problems of the file."""
    file, values = read_import_file(folder, CTE_CODES_FILE, LAYOUT)
    first_year, first_problems = read_first_year(values, "FirstYear", file_name=file.file_name)
    last_year, last_problems = read_first_year(values, "LastYear", file_name=file.file_name)
    file.rows = values.select(
        pl.col(ROW),
        pl.col("Code").alias("code"),
        pl.col("Title").alias("title"),
        first_year.alias("first_year"),
        last_year.alias("last_year"),
    )
    file.problems += [*first_problems, *last_problems, *_judge(file)]
    return file


def _judge(file: ImportFile) -> list[Problem]:
    rows, name = file.rows, file.file_name
    misspelt = rows.filter(~pl.col("code").str.contains(_CODE))[ROW]
    ends_early = rows.filter(pl.col("last_year") < pl.col("first_year"))[ROW]
    return [
        *problems_at(misspelt, file_name=name, sentence="Code is not a CIP code written as NN.NNNN"),
        *problems_at(ends_early, file_name=name, sentence="LastYear is before FirstYear"),
        *repeated(rows, ["code"], file_name=name, sentence="Code stands in an earlier row"),
    ]


def merge_cte_codes(file: ImportFile) -> Merged:
    """Add what is new and change what differs; a code that the file does not have stays as it is."""
    stage(STAGED, file.rows)
    return merge(_MERGE, row_count=file.rows.height, ending=_ENDING)


@transaction.atomic
def import_cip_list(path: Path) -> Merged:
    """Take every whole code of the CIP list as a CTE code that is valid in all years; families and series are left out.

    The NCES writes codes also as `="01.0000"`; both are taken. A Refusal lists what cannot be read.
    """
    read = read_reference_file(path, CIP_LAYOUT)
    if read.problems:
        raise ReferenceRefused(read.problems)
    whole = read.rows.filter(pl.col("CIPCode").str.contains(_WHOLE_CODE)).unique("CIPCode", keep="first")
    rows = whole.select(
        pl.col(ROW),
        pl.col("CIPCode").alias("code"),
        pl.col("CIPTitle").str.strip_suffix(".").alias("title"),
        pl.lit(None, dtype=pl.Int32).alias("first_year"),
        pl.lit(None, dtype=pl.Int32).alias("last_year"),
    )
    return merge_cte_codes(ImportFile(path.name, rows))
