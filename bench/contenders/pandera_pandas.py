"""pandera on pandas: a schema with the checks of single columns, merges for the look-ups, lazily, all faults at once."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

COLUMNS = {
    "SAUID": pa.Column(str, pa.Check.str_matches(r"^[0-9]{1,9}$")),
    "SchoolID": pa.Column(str, pa.Check.str_length(1, 10)),
    "StateStudentID": pa.Column(str, pa.Check.str_matches(r"^[0-9]{9}$")),
    "SchoolStudentID": pa.Column(str, pa.Check.str_length(0, 10)),
    "CTECode": pa.Column(str, pa.Check.str_matches(r"^[0-9]{2}\.[0-9]{4}$")),
    "StartDate": pa.Column(str, pa.Check.str_matches(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")),
    "EndDate": pa.Column(str, pa.Check.str_matches(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")),
    "CreditsEarned": pa.Column(str, pa.Check.str_matches(r"^[0-9]{1,2}(\.[0-9]{1,2})?$")),
    "PostsecondaryCredits": pa.Column(str, pa.Check.str_matches(r"^([0-9]{1,2}(\.[0-9]{1,2})?)?$")),
}
KNOWN = {
    "is_sau": pa.Column(bool, pa.Check.equal_to(True)),
    "is_school": pa.Column(bool, pa.Check.equal_to(True)),
    "is_code": pa.Column(bool, pa.Check.equal_to(True)),
    "is_primary": pa.Column(bool, pa.Check.equal_to(True)),
    "is_attending": pa.Column(bool, pa.Check.equal_to(True)),
    "is_concurrent": pa.Column(bool, pa.Check.equal_to(True)),
    "is_in_year": pa.Column(bool, pa.Check.equal_to(True)),
    "is_in_order": pa.Column(bool, pa.Check.equal_to(True)),
}
SCHEMA = pa.DataFrameSchema(COLUMNS | KNOWN)


def run(file: Path, reference: Path) -> int:
    text = {"dtype": str, "keep_default_na": False}
    rows = pd.read_csv(file, **text)
    organizations = pd.read_csv(reference / "organizations.csv", **text)
    codes = pd.read_csv(reference / "cte_codes.csv", **text)
    enrollments = pd.read_csv(reference / "enrollments.csv", **text)
    schools = organizations[organizations["Kind"] != "SAU"]
    rows["is_sau"] = rows["SAUID"].isin(organizations.loc[organizations["Kind"] == "SAU", "OrganizationID"])
    rows["is_school"] = rows["SchoolID"].isin({*schools["OrganizationID"], *schools["LocalID"]} - {""})
    rows["is_code"] = rows["CTECode"].isin(codes["Code"])
    primary = enrollments[enrollments["EnrollmentType"] == "P"]
    rows["is_primary"] = rows["StateStudentID"].isin(primary["StateStudentID"])
    attending = enrollments[["StateStudentID", "SAUID"]].drop_duplicates().assign(is_attending=True)
    rows = rows.merge(attending, how="left", on=["StateStudentID", "SAUID"])
    concurrent = enrollments.loc[enrollments["EnrollmentType"] == "C", ["StateStudentID", "SchoolID", "EntryDate"]]
    rows = rows.merge(concurrent, how="left", on=["StateStudentID", "SchoolID"])
    rows["is_attending"] = rows["is_attending"].notna()
    start = pd.to_datetime(rows["StartDate"], errors="coerce", format="%Y-%m-%d")
    end = pd.to_datetime(rows["EndDate"], errors="coerce", format="%Y-%m-%d")
    rows["is_concurrent"] = pd.to_datetime(rows["EntryDate"], errors="coerce") <= start
    rows["is_in_year"] = start.between("2020-07-01", "2021-06-30") & (end.isna() | (end <= "2021-06-30"))
    rows["is_in_order"] = (rows["EndDate"] == "") | (start <= end)
    bad: set[int] = set()
    try:
        SCHEMA.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as errors:
        bad = set(errors.failure_cases["index"].dropna())
    is_bad = pd.Series(rows.index.isin(bad), index=rows.index)
    group = [rows[name] for name in ("StateStudentID", "SchoolID", "CTECode")]
    is_out = is_bad | (is_bad.groupby(group).transform("any") & rows["is_code"])
    return int(is_out.sum())
