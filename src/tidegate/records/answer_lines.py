"""The lines of an upload's answer file, with what was decided since about the rows that were held."""

from collections.abc import Collection, Iterator

from django.db.models import Count, QuerySet

from tidegate.records.models import HELD, AnswerLine, Outcome

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
        if request and number and result.startswith(HELD):
            result = _DECIDED[Outcome(request.outcome)]
        names = (getattr(line, field) for field in _FIELDS)
        yield (line.row, line.sau_id, line.school_student_id, number or "", *names, result)


def held_lines(upload_id: int) -> "QuerySet[AnswerLine]":
    """Return the lines of the rows that were held, or would be, by row; each with its request."""
    lines = AnswerLine.objects.filter(upload_id=upload_id, request__isnull=False, result__regex="^(Held|Would be held)")
    return lines.select_related("request").order_by("row")


def count_undecided(upload_ids: Collection[int]) -> dict[int, int]:
    """Return how many rows of each of these uploads are held and wait for a decision; no entry is none."""
    held = AnswerLine.objects.filter(result__startswith=HELD, request__outcome=Outcome.HELD, upload_id__in=upload_ids)
    return dict(held.values_list("upload_id").annotate(Count("pk")))
