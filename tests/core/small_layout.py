"""A layout that no file type has: one column of most types, and no look-ups."""

from tidegate.core.layouts.column_types import Choice, ColumnType, Day, Digits, Number, Text
from tidegate.core.layouts.layout import Column, Layout, RowIdentity


def column(name: str, of: ColumnType, *, example: str, required: bool = True) -> Column:
    return Column(name=name, type=of, description=name, example=example, required=required)


COLUMNS = (
    column("Number", Digits(min_length=4, max_length=4, fills_zeros=True), example="0123"),
    column("Name", Text(max_length=12), example="Mildred", required=False),
    column("Grade", Choice(choices={"01": "first", "P": "before school"}, synonyms={"PRE": "P"}), example="P"),
    column("Start", Day(), example="2020-09-01"),
    column("Credits", Number(maximum=99.99, places=2), example="1.5", required=False),
)
LAYOUT = Layout(
    name="Small",
    title="Small",
    log_title="Small Import Error Log",
    area="SML",
    order=1,
    summary="Says little.",
    identity=RowIdentity(sau_id="", school_id="", student_number="Number"),
    columns={each.name: each for each in COLUMNS},
    known_extras=("Nick Name",),
)
EXAMPLES = {each.name: each.example for each in COLUMNS}
