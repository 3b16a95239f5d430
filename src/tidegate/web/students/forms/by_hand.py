"""The forms of a correction by hand: the columns of the file type's file, and why it is made."""

from collections.abc import Mapping
from typing import Any

from django import forms

from tidegate.core.layouts.column_types import Choice
from tidegate.core.layouts.layout import Column
from tidegate.records.stored_lines import StoredLines
from tidegate.reference.models import SchoolYear
from tidegate.uploads.lifecycle.corrections.by_hand import MAX_REASON
from tidegate.web.grid.typed_rows import one_line_end

_MAX_VALUE = 1_000


class ReasonForm(forms.Form):
    """Why a line is withdrawn or changed."""

    reason = forms.CharField(
        label="Reason",
        help_text="A few words, for people who look at the student's history. It is kept in the audit log.",
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Enter the reason",
            "max_length": f"The reason has more than {MAX_REASON} characters: make it shorter",
        },
    )


class LineForm(ReasonForm):
    """What a line on file says, by the columns of its file, but for the student; and why it is changed."""

    def __init__(
        self, lines: StoredLines, school_year: SchoolYear, *, data: Any = None, values: Mapping[str, str] | None = None
    ) -> None:
        student = lines.table.column_of(lines.table.student).title
        layout = lines.layout.in_year(school_year.period)
        columns = [column for column in lines.layout.columns_in(school_year.period) if column.name != student]
        self.names = {f"column_{number}": column.name for number, column in enumerate(columns)}
        self._before = {title: (values or {}).get(title, "") for title in self.names.values()}
        super().__init__(data, initial={name: self._before[title] for name, title in self.names.items()})
        for name, title in self.names.items():
            self.fields[name] = _field(layout.columns[title], self._before[title])
        self.order_fields([*self.names, "reason"])

    @property
    def values(self) -> dict[str, str]:
        """What the person has written, by title."""
        return {title: self._as_before(title, self.cleaned_data[name]) for name, title in self.names.items()}

    def _as_before(self, title: str, text: str) -> str:
        """Return what was written; what was there before, where a browser has only written its line breaks or its ends
        otherwise."""
        was, says = self._before[title], one_line_end(text)
        return was if one_line_end(was).strip() == says.strip() else says

    def show_errors(self, errors: list[tuple[str, str]]) -> None:
        """Put what the rules say beside the columns."""
        by_title = {title: name for name, title in self.names.items()}
        for title, sentence in errors:
            self.add_error(by_title.get(title), sentence)


def _field(column: Column, before: str) -> forms.Field:
    named: dict[str, Any] = {"label": column.name, "help_text": column.description, "required": False}
    if isinstance(column.type, Choice):
        codes = [(code, f"{code}: {label}" if label else code) for code, label in column.type.choices.items()]
        refused = {"invalid_choice": "Choose one from the list"}
        return forms.ChoiceField(choices=[("", "blank"), *codes], error_messages=refused, **named)
    too_long = {"max_length": f"The value has more than {_MAX_VALUE:,} characters"}
    if one_line_end(before) != before or "\n" in before:
        named["widget"] = forms.Textarea(attrs={"rows": 3})  # a field of one line would lose the line breaks
    return forms.CharField(max_length=_MAX_VALUE, error_messages=too_long, **named)
