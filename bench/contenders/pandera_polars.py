"""pandera on Polars: the same schema, joins for the look-ups, lazily, all faults at once."""

from pathlib import Path

import pandera.polars as pa
import polars as pl

NAMES = ("is_sau", "is_school", "is_code", "is_primary", "is_attending", "is_concurrent", "is_in_year", "is_in_order")
COLUMNS = {name: pa.Column(pl.String, pa.Check.str_matches(_)) for name, _ in {
    "SAUID": r"^[0-9]{1,9}$",
    "SchoolID": r"^.{1,10}$",
    "StateStudentID": r"^[0-9]{9}$",
    "SchoolStudentID": r"^.{0,10}$",
    "CTECode": r"^[0-9]{2}\.[0-9]{4}$",
    "StartDate": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "EndDate": r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$",
    "CreditsEarned": r"^[0-9]{1,2}(\.[0-9]{1,2})?$",
    "PostsecondaryCredits": r"^([0-9]{1,2}(\.[0-9]{1,2})?)?$",
}.items()}  # fmt: skip
SCHEMA = pa.DataFrameSchema(COLUMNS | {name: pa.Column(pl.Boolean, pa.Check.equal_to(True)) for name in NAMES})


def run(file: Path, reference: Path) -> int:
    text = {"infer_schema": False}
    rows = pl.read_csv(file, **text).fill_null("")
    organizations = pl.read_csv(reference / "organizations.csv", **text)
    codes = pl.read_csv(reference / "cte_codes.csv", **text)["Code"]
    enrollments = pl.read_csv(reference / "enrollments.csv", **text)
    saus = organizations.filter(pl.col("Kind") == "SAU")["OrganizationID"]
    other = organizations.filter(pl.col("Kind") != "SAU")
    schools = pl.concat([other["OrganizationID"], other["LocalID"].filter(other["LocalID"] != "")])
    primary = enrollments.filter(pl.col("EnrollmentType") == "P")["StateStudentID"].unique()
    attending = enrollments.select("StateStudentID", "SAUID", is_attending=True).unique()
    concurrent = enrollments.filter(pl.col("EnrollmentType") == "C").select("StateStudentID", "SchoolID", "EntryDate")
    rows = rows.join(attending, how="left", on=["StateStudentID", "SAUID"], maintain_order="left")
    rows = rows.join(concurrent, how="left", on=["StateStudentID", "SchoolID"], maintain_order="left")
    start, end = pl.col("StartDate").str.to_date(strict=False), pl.col("EndDate").str.to_date(strict=False)
    year = (pl.date(2020, 7, 1), pl.date(2021, 6, 30))
    rows = rows.with_columns(
        is_sau=pl.col("SAUID").is_in(saus.implode()),
        is_school=pl.col("SchoolID").is_in(schools.implode()),
        is_code=pl.col("CTECode").is_in(codes.implode()),
        is_primary=pl.col("StateStudentID").is_in(primary.implode()),
        is_attending=pl.col("is_attending").is_not_null(),
        is_concurrent=(pl.col("EntryDate").str.to_date(strict=False) <= start).fill_null(value=False),
        is_in_year=(start.is_between(*year) & (end.is_null() | (end <= year[1]))).fill_null(value=False),
        is_in_order=((pl.col("EndDate") == "") | (start <= end)).fill_null(value=False),
    )
    bad = pl.Series([], dtype=pl.Int64)
    try:
        SCHEMA.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as errors:
        bad = errors.failure_cases["index"].drop_nulls().unique()
    is_bad = pl.int_range(pl.len()).is_in(bad.implode())
    rows = rows.with_columns(is_bad=is_bad)
    in_group = pl.col("is_bad").any().over("StateStudentID", "SchoolID", "CTECode")
    return rows.select((pl.col("is_bad") | (in_group & pl.col("is_code"))).sum()).item()
