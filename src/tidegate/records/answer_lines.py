"""The lines of an upload's answer file, with what was decided since about the rows that were held."""

from collections.abc import Iterator

from tidegate.records.models import AnswerLine, Outcome

_DECIDED = {
    Outcome.SAME_PERSON: "Held, then found to be a student who was known",
    Outcome.DIFFERENT_PERSON: "Held, then found to be a new student",
    Outcome.CREATED: "Held, then created by a later upload",
}
_LINES_PER_PIECE = 5_000
_FIELDS = ("last_name", "first_name", "middle_name", "suffix", "date_of_birth", "gender")


def answer_lines(upload_id: int) -> Iterator[tuple[object, ...]]:
    """Yield the values of the answer file's 11 columns for each row, by row."""
    lines = AnswerLine.objects.filter(upload_id=upload_id).select_related("request").order_by("row")
    for line in lines.iterator(chunk_size=_LINES_PER_PIECE):
        request, result = line.request, line.result
        number = request.student_id if request else None
        if request and number and result.startswith("Held"):
            result = _DECIDED[Outcome(request.outcome)]
        names = (getattr(line, field) for field in _FIELDS)
        yield (line.row, line.sau_id, line.school_student_id, number or "", *names, result)
