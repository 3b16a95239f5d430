"""What Maine stores in tables of its own."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from tidegate.records.models import CURRENT, Enrollment, StoredLine, Student
from tidegate.records.models.versioned import by_upload, end_needs_a_time
from tidegate.reference.models import Organization, SchoolYear


class CteRecord(StoredLine):
    """One line of a student's CTE program at a CTE school: one per class section, which has no number of its own, so
    that two alike are legal and both count.

    The lines of a student for one CTE school and CTE code in a school year are one group, replaced as a whole.
    What it names is checked by a trigger, once per statement: four checks per row were half of a load (decision 20).
    """

    file_type = "cte"
    rests_on = (Student, Enrollment)
    personal = ("school_student_id",)
    finds_student = ("school_student_id",)
    outcomes = {"postsecondary credits": "postsecondary_credits"}
    shown = ("school", "cte_code", "start_date", "end_date", "credits_earned", "postsecondary_credits")

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="cte_records", db_index=False, db_constraint=False
    )
    school_year = models.ForeignKey(
        SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    sau = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    school = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="CTE school",
    )
    school_student_id = models.CharField(max_length=10, blank=True)
    cte_code = models.CharField(max_length=20, verbose_name="CTE Code")
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    credits_earned = models.DecimalField(max_digits=4, decimal_places=2)
    postsecondary_credits = models.DecimalField(max_digits=4, decimal_places=2, null=True)

    class Meta:
        db_table = "records_cterecord"  # the name of the first release
        indexes = [
            models.Index(fields=["student", "school_year", "school", "cte_code"], name="cte_record_group"),
            models.Index(fields=["school", "school_year", "cte_code"], condition=CURRENT, name="cte_records_at_school"),
            models.Index(fields=["sau", "school_year"], condition=CURRENT, name="cte_records_in_sau"),
            *by_upload("cte_record"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="cte_record_end_not_before_start",
            ),
            end_needs_a_time("cte_record_replaced_at"),
        ]

    def __str__(self) -> str:
        return f"CTE record {self.pk}"


def _foreign_key(model: type[models.Model], **more: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(model, on_delete=models.PROTECT, related_name="+", db_index=False, **more)


YES_OR_NO = [("Y", "Yes"), ("N", "No"), ("", "Missing")]
"""The three values of a special population: a blank is not a no."""
_GENDERS = [("F", "Female"), ("M", "Male"), ("X", "Neither"), ("", "Missing")]
_RACES = [
    ("AM7", "American Indian or Alaska Native"),
    ("AS7", "Asian"),
    ("BL7", "Black or African American"),
    ("HI7", "Hispanic or Latino of any race"),
    ("PI7", "Native Hawaiian or other Pacific Islander"),
    ("WH7", "White"),
    ("MU7", "Two or more races"),
    ("", "Missing"),
]
_DISABILITIES = [
    ("WDIS", "Disability under IDEA"),
    ("DISADA", "Disability under the ADA or Section 504"),
    ("NONE", "None"),
    ("", "Missing"),
]


def _yes_or_no(title: str) -> "models.CharField[Any, Any]":
    return models.CharField(title, max_length=1, blank=True, choices=YES_OR_NO)


class StudentInformation(StoredLine):
    """Who a student is in a school year, as the district says it: one line per student, the last one sent.

    The student's legal names are the state's (StudentVersion); where the district writes others, the file gets a
    warning and both are kept.
    """

    file_type = "student-information"
    rests_on = (Student, Enrollment)
    personal = ("school_student_id",)
    finds_student = ("school_student_id",)
    counted_by = {
        "sex": "gender",
        "race": "race_ethnicity",
        "disability": "disability_status",
        "economically disadvantaged": "economically_disadvantaged",
        "non-traditional field": "nontraditional_field",
        "single parent": "single_parent",
        "out of workforce": "out_of_workforce",
        "English learner": "english_learner",
        "homeless": "homeless",
        "foster care": "foster_care",
        "parent on active duty": "parent_on_active_duty",
        "migratory": "migratory",
    }

    student = _foreign_key(Student)
    school_year = _foreign_key(SchoolYear)
    sau = _foreign_key(Organization)
    school_student_id = models.CharField(max_length=10, blank=True)
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    middle_name = models.CharField(max_length=100, blank=True)
    date_of_birth = models.DateField()
    gender = models.CharField(max_length=1, blank=True, choices=_GENDERS)
    race_ethnicity = models.CharField("race and ethnicity", max_length=3, blank=True, choices=_RACES)
    disability_status = models.CharField("disability", max_length=6, blank=True, choices=_DISABILITIES)
    economically_disadvantaged = _yes_or_no("economically disadvantaged")
    nontraditional_field = _yes_or_no("non-traditional field")
    single_parent = _yes_or_no("single parent")
    out_of_workforce = _yes_or_no("out of workforce")
    english_learner = _yes_or_no("English learner")
    homeless = _yes_or_no("homeless")
    foster_care = _yes_or_no("foster care")
    parent_on_active_duty = _yes_or_no("parent on active duty")
    migratory = _yes_or_no("migratory")

    class Meta:
        indexes = [
            models.Index(fields=["sau", "school_year"], condition=CURRENT, name="student_information_in_sau"),
            *by_upload("student_info"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "school_year"], condition=CURRENT, name="student_information_current_once"
            ),
            end_needs_a_time("student_information_replaced_at"),
        ]

    def __str__(self) -> str:
        return f"Student information {self.pk}"


_PLACEMENTS = [
    ("POSTSEC", "Postsecondary education"),
    ("ADVTRAIN", "Advanced training"),
    ("MILITARY", "Military service"),
    ("SERVICE", "National or community service, or Peace Corps"),
    ("EMPLOYMENT", "Employment"),
    ("NOTPLACED", "None of these"),
    ("UNKNOWN", "Unknown"),
    ("", "Not asked"),
]


class CteOutcome(StoredLine):
    """What a student has attained in a program at a CTE school in a school year: one line for the three.

    A placement is of the school year in which the second quarter after the exit lies.
    """

    file_type = "cte-outcome"
    rests_on = (Student, CteRecord)
    personal = ("school_student_id",)
    finds_student = ("school_student_id",)
    outcomes = {
        "credential": "credential",
        "work-based learning": "work_based_learning",
        "placement": "placement",
    }
    shown = ("school", "cte_code", "credential", "credential_date", "work_based_learning", "placement")

    student = _foreign_key(Student)
    school_year = _foreign_key(SchoolYear)
    sau = _foreign_key(Organization)
    school = _foreign_key(Organization, verbose_name="CTE school")
    school_student_id = models.CharField(max_length=10, blank=True)
    cte_code = models.CharField(max_length=20, verbose_name="CTE Code")
    credential = models.CharField(max_length=20, blank=True)
    credential_date = models.DateField(null=True)
    work_based_learning = models.CharField("work-based learning", max_length=30, blank=True)
    placement = models.CharField(max_length=10, blank=True, choices=_PLACEMENTS)

    class Meta:
        indexes = [
            models.Index(
                fields=["school", "school_year", "cte_code"], condition=CURRENT, name="cte_outcomes_at_school"
            ),
            models.Index(fields=["sau", "school_year"], condition=CURRENT, name="cte_outcomes_in_sau"),
            *by_upload("cte_outcome"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "school_year", "school", "cte_code"],
                condition=CURRENT,
                name="cte_outcome_current_once",
            ),
            end_needs_a_time("cte_outcome_replaced_at"),
        ]

    def __str__(self) -> str:
        return f"CTE outcome {self.pk}"
