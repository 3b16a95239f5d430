"""The organizations in the database: what they answer, and how they are exported and imported."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import polars as pl
from psycopg import sql

from tidegate.core.layouts.column_types import Choice
from tidegate.core.layouts.identifiers import are_keys_numbers, organization_ids
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.core.reference.organizations import (
    CTE_SCHOOL,
    SAU,
    OrganizationKeys,
    Organizations,
    as_written,
    kind_of_file,
)
from tidegate.core.reference.table import ReferenceFile
from tidegate.reference.copy_rows import read_columns, stage
from tidegate.reference.database_table import ImportedTable
from tidegate.reference.import_file import ImportFile, Merged, merge, read_import_file
from tidegate.reference.organization_keys import identifier_of, import_keys, key_or_unknown
from tidegate.reference.read_reference_file import names_column, repeated

LAYOUT = load_layout(Path(__file__).parents[1] / "layouts" / "organizations.toml")
CLOSED_ON = "ClosedOn"
"""A column that files of an earlier release lack; without it nothing closes and nothing is opened again."""
STAGED = "new_organizations"
"""The temporary table that holds the file; enrollments are checked against it, too."""

_NO_PARENT = "SELECT row FROM new_organizations WHERE kind = 'School' AND parent_id IS NULL"
_SAU_WITH_PARENT = "SELECT row FROM new_organizations WHERE kind = 'SAU' AND parent_id IS NOT NULL"
_PARENT_IS_NO_SAU = """
SELECT row FROM new_organizations new WHERE parent_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM new_organizations sau WHERE sau.id = new.parent_id AND sau.kind = 'SAU')
    AND NOT EXISTS (
        SELECT 1 FROM reference_organization sau WHERE sau.id = new.parent_id AND sau.kind = 'SAU'
        AND NOT EXISTS (SELECT 1 FROM new_organizations other WHERE other.id = sau.id)
    )
"""
_STILL_A_PARENT = """
SELECT row FROM new_organizations new WHERE kind <> 'SAU' AND EXISTS (
    SELECT 1 FROM reference_organization school WHERE school.parent_id = new.id
    AND NOT EXISTS (SELECT 1 FROM new_organizations other WHERE other.id = school.id)
)
"""
# One statement takes children and parents in any order: the foreign key is looked at when the transaction ends.
_MERGE = """
INSERT INTO reference_organization AS old (id, identifier, name, kind, parent_id, local_id, closed_on)
SELECT id, identifier, name, kind, parent_id, COALESCE(local_id, ''),
    CASE WHEN says_closed THEN closed_on ELSE (SELECT closed_on FROM reference_organization WHERE id = new.id) END
FROM new_organizations new ORDER BY id
ON CONFLICT (id) DO UPDATE
    SET identifier = EXCLUDED.identifier, name = EXCLUDED.name, kind = EXCLUDED.kind, parent_id = EXCLUDED.parent_id,
        local_id = EXCLUDED.local_id, closed_on = EXCLUDED.closed_on
    WHERE (old.identifier, old.name, old.kind, old.parent_id, old.local_id, old.closed_on) IS DISTINCT FROM
        (EXCLUDED.identifier, EXCLUDED.name, EXCLUDED.kind, EXCLUDED.parent_id, EXCLUDED.local_id, EXCLUDED.closed_on)
RETURNING xmax = 0
"""
_ENDING = """
SELECT count(*) FROM new_organizations new JOIN reference_organization old ON old.id = new.id
WHERE old.closed_on IS NULL AND new.closed_on IS NOT NULL
"""

_ALL = sql.SQL("""
    SELECT id, identifier, name, kind, parent_id, NULLIF(local_id, ''), closed_on FROM reference_organization
""")
_EXPORT = sql.SQL("""
    SELECT identifier, name, CASE kind WHEN 'SAU' THEN {} WHEN 'CTE School' THEN {} ELSE kind END, {},
        NULLIF(local_id, ''), closed_on
    FROM reference_organization organization ORDER BY id
""")


_WORDS_OF_KINDS = {SAU: "kind_of_sau", CTE_SCHOOL: "kind_of_cte_school"}


class OrganizationsInDatabase(ImportedTable, Organizations):
    """Answers from the organizations on file."""

    def all(self) -> pl.DataFrame:
        """Return every organization."""
        return read_columns(_ALL, self.schema)

    @classmethod
    def export(cls, school_year: SchoolYear | None) -> Iterator[tuple[ReferenceFile, sql.Composable]]:  # noqa: ARG003
        """Yield the one file, the same in every year."""
        kinds = (present_state().word(name) for name in _WORDS_OF_KINDS.values())
        yield cls.file, _EXPORT.format(*kinds, identifier_of("organization.parent_id"))

    @classmethod
    def read(cls, folder: Path) -> list[ImportFile]:
        """Return organizations.csv."""
        return [read_organizations(folder)]

    @classmethod
    def check(cls, file: ImportFile) -> None:
        """Stage the file and note what does not fit together, in the file and with what is stored."""
        stage(STAGED, file.rows)
        highest = "9" * organization_ids().max_length
        sentence = f"OrganizationID is not a number from 1 to {highest}"  # a number of zeros alone is left blank
        file.refuse("SELECT row FROM new_organizations WHERE identifier = ''", sentence)
        state = present_state()
        a_sau, kind = state.word("a_sau"), state.word("kind_of_sau")
        file.refuse(_NO_PARENT, f"ParentID is blank although a School belongs to {a_sau}")
        file.refuse(_SAU_WITH_PARENT, f"ParentID is not blank although {a_sau} has no parent")
        file.refuse(_PARENT_IS_NO_SAU, f"ParentID is not the ID of {a_sau}")
        file.refuse(_STILL_A_PARENT, f"Kind is not {kind} although stored schools belong to it")

    @classmethod
    def merge(cls, file: ImportFile) -> Merged:
        """Add what is new and change what differs."""
        return merge(_MERGE, row_count=file.rows.height, ending=_ENDING)


def keys_in_folder(folder: Path) -> OrganizationKeys:
    """Return the keys of the stored organizations and of those in the folder."""
    if are_keys_numbers():
        return OrganizationKeys()
    return import_keys(read_import_file(folder, Organizations.file, _layout_of(folder))[1]["OrganizationID"])


def layout_in_words() -> Layout:
    """Return what the file looks like, with the state's words for kinds of organization; the usual ones are taken,
    too."""
    column = LAYOUT.columns["Kind"]
    assert isinstance(column.type, Choice)
    own = {kind: present_state().word(word) for kind, word in _WORDS_OF_KINDS.items()}
    choices = {own.get(kind, kind): title for kind, title in column.type.choices.items()}
    usual = {kind: word for kind, word in own.items() if kind not in choices}
    column = msgspec.structs.replace(column, type=Choice(choices, synonyms=usual))
    return msgspec.structs.replace(LAYOUT, columns=LAYOUT.columns | {"Kind": column})


def _layout_of(folder: Path) -> Layout:
    """Return the layout of the folder's file, which may lack the column ClosedOn."""
    layout = layout_in_words()
    if names_column(folder / Organizations.file.file_name, CLOSED_ON):
        return layout
    columns = {name: column for name, column in layout.columns.items() if name != CLOSED_ON}
    return msgspec.structs.replace(layout, columns=columns)


def read_organizations(folder: Path) -> ImportFile:
    """Return the folder's organizations, with the problems of the file by itself."""
    layout = _layout_of(folder)
    file, values = read_import_file(folder, Organizations.file, layout)
    says_closed = CLOSED_ON in layout.columns
    keys = import_keys(values["OrganizationID"])
    file.rows = values.select(
        pl.col("row"),
        keys.of("OrganizationID").alias("id"),
        as_written(pl.col("OrganizationID")).alias("identifier"),
        pl.col("Name").alias("name"),
        kind_of_file("Kind"),
        key_or_unknown(keys, "ParentID").alias("parent_id"),
        pl.col("LocalID").alias("local_id"),
        (pl.col(CLOSED_ON) if says_closed else pl.lit(None, pl.Date)).alias("closed_on"),
        pl.lit(says_closed).alias("says_closed"),
    )
    sentence = "OrganizationID is in an earlier row"
    file.problems += repeated(file.rows, ["id"], file_name=file.file_name, sentence=sentence)
    return file
