"""What a layout may look up for a row: each kind of look-up.

In `layout.toml` they stand under `[stored.<name>]`; a `label` is what messages call the value.
"""

import msgspec


class OrganizationLookup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="find", tag="organization"):
    """The organization with the NEO organization ID in column `by`. Gives `id`, `name`."""

    by: str
    label: str
    kind: str


class SchoolLookup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="find", tag="school"):
    """The school named in column `by` by its NEO organization ID or by the ID that the local SIS uses.

    Gives `id`, `name`, `kind`, `sau_id`, and `read_as`: the ID that was meant where its zeros are other ones. A local
    ID may stand for several schools: one of kind `prefer` goes first, then one of the SAU found under `within`; where
    two are left, none is taken.
    """

    by: str
    label: str
    within: str
    prefer: str = ""


class CodeLookup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="find", tag="code"):
    """The code in column `by`, where its list has it in the upload's school year. Gives `code`, `mended`."""

    by: str


class StudentLookup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="find", tag="student"):
    """Whether the state student number in column `by` is known. Gives `student_number`."""

    by: str
    label: str


class EnrollmentLookup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="find", tag="enrollment"):
    """One current enrollment of the student in the upload's school year. Gives `sau_id`, `entry_date`, `exit_date`.

    `enrollment_type` and either `sau` or `school` (names of other look-ups) narrow it down. Of several, one that covers
    the day in column `covering` is taken, else the one with the latest entry date.
    """

    student: str
    covering: str
    enrollment_type: str = ""
    sau: str = ""
    school: str = ""


class PersonLookup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="find", tag="person"):
    """Whether somebody of these names and this date of birth is known, and what was answered to this very request.

    Names are compared folded: case, spaces, punctuation, accents and letters such as Đ do not matter. Gives
    `person_key` (the folded names and the birth date), `request_key` (the SAU, its number for the student and all
    names with it), `known_count` (students of these names and birth date) and `answer` (the number that the request
    got, null where it got none).
    """

    sau: str
    school_student_id: str
    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    date_of_birth: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that make up a request, in order."""
        names = (self.last_name, self.first_name, self.middle_name, self.suffix, self.date_of_birth)
        return (self.sau, self.school_student_id, *names)


Lookup = OrganizationLookup | SchoolLookup | CodeLookup | StudentLookup | EnrollmentLookup | PersonLookup


class OnFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stored CTE records of the file's students, set beside the rows of a group that has more of these than the file.

    `columns` says under which of the row's names each stored column stands.
    """

    student: str
    columns: dict[str, str]


class StoredRecords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stored enrollments of the file's students, set beside the rows when rows are compared with each other.

    `columns` says under which of the row's names each stored column stands; a stored enrollment whose `key` a good
    row of the file has is left out, because that row will take its place.
    """

    student: str
    columns: dict[str, str]
    key: tuple[str, ...]
