"""What a Django project does first: a pydantic model per row, dictionaries for look-ups, and `bulk_create`.

It compares nothing with what is stored and keeps no versions, which spares it work.
"""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError, field_validator

YEAR = (date(2020, 7, 1), date(2021, 6, 30))
Credits = Annotated[Decimal, Field(ge=0, lt=100)]


class Line(BaseModel):
    SAUID: Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]
    SchoolID: Annotated[str, Field(max_length=10)]
    StateStudentID: Annotated[str, Field(pattern=r"^[0-9]{9}$")]
    SchoolStudentID: Annotated[str, Field(max_length=10)]
    CTECode: str
    StartDate: Annotated[date, Field(ge=YEAR[0], le=YEAR[1])]
    EndDate: Annotated[date, Field(le=YEAR[1])] | None
    CreditsEarned: Credits
    PostsecondaryCredits: Credits | None

    @field_validator("EndDate", "PostsecondaryCredits", mode="before")
    @classmethod
    def blank_is_none(cls, value: str) -> str | None:
        return value or None


def prepare(file: Path, reference: Path) -> None:
    from tidegate.cli.setup import set_up

    set_up()


def run(file: Path, reference: Path) -> int:
    from django.db import transaction

    from tidegate.records.models import Enrollment
    from tidegate.reference.models import Code, Organization
    from tidegate.states.maine.models import CteRecord

    organizations = {str(one.pk): one for one in Organization.objects.all()}
    organizations |= {one.local_id: one for one in organizations.values() if one.local_id}
    codes = set(Code.objects.values_list("code", flat=True))
    entries, primary, attending = {}, set(), set()
    stored = Enrollment.objects.filter(school_year_id=2020, replaced_at=None)
    for number, sau, school, kind, entry in stored.values_list(
        "student_id", "sau_id", "school_id", "enrollment_type", "entry_date"
    ).iterator(chunk_size=10_000):
        attending.add((number, sau))
        if kind == "P":
            primary.add(number)
        else:
            entries[number, school] = entry
    lines, bad_groups, bad = [], set(), 0
    with file.open(newline="") as content:
        for row in csv.DictReader(content):
            line = _judge(row, organizations, codes, entries, primary, attending)
            lines.append(line)
            if line is None:
                bad_groups.add((row["StateStudentID"], row["SchoolID"], row["CTECode"]))
    good = []
    for line in lines:
        if line is None or (line.StateStudentID, line.SchoolID, line.CTECode) in bad_groups:
            bad += 1
            continue
        good.append(
            CteRecord(
                student_id=line.StateStudentID,
                school_year_id=2020,
                sau=organizations[line.SAUID],
                school=organizations[line.SchoolID],
                school_student_id=line.SchoolStudentID,
                cte_code=line.CTECode,
                start_date=line.StartDate,
                end_date=line.EndDate,
                credits_earned=line.CreditsEarned,
                postsecondary_credits=line.PostsecondaryCredits,
                began_with=1,
                valid_from=datetime.now(UTC),
            )
        )
    with transaction.atomic():
        CteRecord.objects.bulk_create(good, batch_size=1_000)
    return bad


def _judge(row, organizations, codes, entries, primary, attending) -> Line | None:
    try:
        line = Line.model_validate(row)
    except ValidationError:
        return None
    sau, school, number = organizations.get(line.SAUID), organizations.get(line.SchoolID), line.StateStudentID
    if not sau or not school or line.CTECode not in codes or number not in primary:
        return None
    entry = entries.get((number, school.pk))
    is_good = (
        (number, sau.pk) in attending
        and entry is not None
        and entry <= line.StartDate
        and (line.EndDate is None or line.StartDate <= line.EndDate)
    )
    return line if is_good else None
