"""The forms as an XLSX workbook: exact numbers, a sheet for each form, each marked as not for publication."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tidegate.accountability.department.form import NOT_FOR_PUBLICATION, DepartmentForm, FormCategory

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NO_DATA = "No data"
"""What stands where nothing is known: never 0."""
ASSUMED = "Assumed, since the state has not set it"
_WHY_MARKED = f"{NOT_FOR_PUBLICATION}: these numbers are exact, also those of a few students"
_WIDTHS = (24, 14, 52, 16, 16, 12)
_FIRST_ROW = 6
_NUMERATOR, _DENOMINATOR = 3, 4


class Styles(NamedTuple):
    """The formats of the workbook."""

    mark: "Format"
    title: "Format"
    said: "Format"
    head: "Format"
    text: "Format"
    count: "Format"
    total: "Format"
    total_text: "Format"
    percent: "Format"


def workbook(facts: Sequence[tuple[str, str]], forms: Sequence[DepartmentForm]) -> bytes:
    """Return the workbook.

    Args:
        facts: What the first sheet says, in lines of two: the snapshot, its hash, who made it and when.
        forms: The forms, each of which becomes a sheet.
    """
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        styles = _styles(book)
        _first_sheet(book, styles, facts, forms)
        for form in forms:
            _form_sheet(book, styles, form)
    return made.getvalue()


def _styles(book: "Workbook") -> Styles:
    bold = {"bold": True, "valign": "top"}
    return Styles(
        mark=book.add_format(bold | {"bg_color": "#8a1c1c", "font_color": "#ffffff"}),
        title=book.add_format(bold | {"font_size": 14}),
        said=book.add_format({"valign": "top"}),
        head=book.add_format(bold | {"bg_color": "#1f3a5f", "font_color": "#ffffff", "text_wrap": True}),
        text=book.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
        count=book.add_format({"num_format": "#,##0", "valign": "top"}),
        total=book.add_format(bold | {"num_format": "#,##0", "top": 1}),
        total_text=book.add_format(bold | {"num_format": "@", "top": 1}),
        percent=book.add_format({"num_format": "0.00", "valign": "top"}),
    )


def _sheet(book: "Workbook", styles: Styles, name: str, title: str) -> "Worksheet":
    """Add a sheet with the mark above all, on the screen and on each page that is printed."""
    sheet = book.add_worksheet(name)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
        sheet.write_blank(0, at, None, styles.mark)
    sheet.write_string(0, 0, _WHY_MARKED, styles.mark)
    sheet.write_string(1, 0, title, styles.title)
    sheet.set_header(f"&C&B{NOT_FOR_PUBLICATION}")
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.set_landscape()
    sheet.set_paper(1)  # US letter
    sheet.fit_to_pages(1, 0)
    return sheet


def _first_sheet(
    book: "Workbook", styles: Styles, facts: Sequence[tuple[str, str]], forms: Sequence[DepartmentForm]
) -> None:
    sheet = _sheet(book, styles, "Read this first", "Accountability report: enrollment and performance")
    row = 3
    for name, said in facts:
        sheet.write_string(row, 0, name, styles.total_text)
        sheet.write_string(row, 1, said, styles.said)
        row += 1
    row += 1
    for form in forms:
        said = form.why_no_data or ("The state has still to confirm that it counts so" if form.to_confirm else "")
        sheet.write_string(row, 0, form.code, styles.text)
        sheet.write_string(row, 1, f"{form.title}. {f'{NO_DATA}: {said}' if form.why_no_data else said}", styles.said)
        row += 1
        for assumption in form.assumed:
            sheet.write_string(row, 1, f"{ASSUMED}: {assumption}", styles.said)
            row += 1


def _form_sheet(book: "Workbook", styles: Styles, form: DepartmentForm) -> None:
    sheet = _sheet(book, styles, form.code, f"{form.code}: {form.title}" if form.code not in form.title else form.title)
    sheet.write_string(2, 0, form.wording, styles.said)
    if form.to_confirm:
        sheet.write_string(3, 0, "The state has still to confirm that it counts so", styles.said)
    if form.why_no_data:
        sheet.write_string(4, 0, f"{NO_DATA}: {form.why_no_data}", styles.title)
        return
    for at, name in enumerate(("By", "Code", "Value", form.numerator, form.denominator, "Percent")):
        sheet.write_string(_FIRST_ROW - 1, at, name, styles.head)
    sheet.freeze_panes(_FIRST_ROW, 0)
    sheet.repeat_rows(0, _FIRST_ROW - 1)
    _line(sheet, styles, _FIRST_ROW, ("All", "", "All students"), (form.total.numerator, form.total.denominator))
    row = _FIRST_ROW + 2
    for category in form.categories:
        row = _category(sheet, styles, row, category) + 1


def _category(sheet: "Worksheet", styles: Styles, row: int, category: FormCategory) -> int:
    """Write the parts of a category and what they add up to, and return the row after them."""
    if not category.parts:
        sheet.write_string(row, 0, category.title, styles.text)
        sheet.write_string(row, 2, f"{NO_DATA}: {category.why_no_data}", styles.text)
        return row + 1
    first = row
    for part in category.parts:
        _line(sheet, styles, row, (category.title, part.key, part.name), (part.numerator, part.denominator))
        row += 1
    if any(category.counted_again):
        again = category.counted_again
        sheet.write_string(row, 0, category.title, styles.text)
        sheet.write_string(row, 2, "Less students who are in a second part, too", styles.text)
        sheet.write_number(row, _NUMERATOR, -again.numerator, styles.count)
        sheet.write_number(row, _DENOMINATOR, -again.denominator, styles.count)
        row += 1
    sheet.write_string(row, 0, category.title, styles.total_text)
    sheet.write_blank(row, 1, None, styles.total_text)
    sheet.write_string(row, 2, "Sum of the parts", styles.total_text)
    for at, value in zip((_NUMERATOR, _DENOMINATOR), category.sums, strict=True):
        letter = "ABCDEF"[at]
        # The sum is a formula, so that whoever reads the workbook can see it add up; its value is there, too.
        sheet.write_formula(row, at, f"=SUM({letter}{first + 1}:{letter}{row})", styles.total, value)
    return row + 1


def _line(
    sheet: "Worksheet", styles: Styles, row: int, said: tuple[str, str, str], counts: tuple[int | None, int | None]
) -> None:
    for at, text in enumerate(said):
        sheet.write_string(row, at, text, styles.text)
    for at, count in zip((_NUMERATOR, _DENOMINATOR), counts, strict=True):
        if count is None:
            sheet.write_string(row, at, NO_DATA, styles.text)
        else:
            sheet.write_number(row, at, count, styles.count)
    numerator, denominator = counts
    if numerator is not None and denominator:
        sheet.write_number(row, _DENOMINATOR + 1, round(100 * numerator / denominator, 2), styles.percent)
