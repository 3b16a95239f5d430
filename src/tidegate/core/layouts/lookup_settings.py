"""What stands in a layout about stored data: the settings that all look-ups have in common, and the stored records
that rows are compared with."""

import msgspec


class LookupSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="find"):
    """A look-up as it stands in `layout.toml` under `[stored.<name>]`; `find` says which type of look-up it is.

    What each type does stands in `tidegate.core.lookups`, one file each.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file that it reads; a blank name is one that the layout leaves out."""
        raise NotImplementedError

    @property
    def other_lookups(self) -> tuple[str, ...]:
        """The names of the look-ups whose results it uses; a blank name is one that the layout leaves out."""
        return ()

    @property
    def cached_column(self) -> str:
        """The column by whose distinct texts results are cached; blank where they are not. Its texts are encoded as
        numbers while they are parsed."""
        return ""

    @property
    def number_column(self) -> str:
        """The column whose digits are a number, in which zeros in front do not count; blank where there is none."""
        return ""


class OnFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stored CTE records of the file's students, compared with the rows of a group that has more of them than the file.

    `columns` says under which of the row's names each stored column stands.
    """

    student: str
    columns: dict[str, str]


class StoredRecords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stored enrollments of the file's students, which take part when rows are compared with each other.

    `columns` says under which of the row's names each stored column stands; a stored enrollment whose `key` a good
    row of the file has is left out, because that row will take its place.
    """

    student: str
    columns: dict[str, str]
    key: tuple[str, ...]
