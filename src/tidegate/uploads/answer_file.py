"""The answer file of an upload, drawn from its lines when it is asked for, in pieces."""

from collections.abc import Iterator

from tidegate.core.errors import NotFound
from tidegate.core.outputs.answer_file import answer_file
from tidegate.records.models import AnswerLine, Outcome
from tidegate.uploads.models import Upload

_DECIDED = {
    Outcome.SAME_PERSON: "Held, then found to be a student who was known",
    Outcome.DIFFERENT_PERSON: "Held, then found to be a new student",
    Outcome.CREATED: "Held, then created by a later upload",
}
_SLICE = 5_000
_FIELDS = ("last_name", "first_name", "middle_name", "suffix", "date_of_birth", "gender")


def has_answer_file(upload: Upload) -> bool:
    """Whether the upload has answered its rows."""
    return bool(upload.row_count) and upload.type.answer is not None


def answer_file_chunks(upload: Upload) -> Iterator[bytes]:
    """Yield the answer file as UTF-8. What was held and decided since says so. NotFound where there is none."""
    if not has_answer_file(upload):
        raise NotFound("This upload has no answer file")
    return (piece.encode() for piece in answer_file(_lines(upload)))


def _lines(upload: Upload) -> Iterator[tuple[object, ...]]:
    lines = AnswerLine.objects.filter(upload_id=upload.pk).select_related("request").order_by("row")
    for line in lines.iterator(chunk_size=_SLICE):
        number = line.request.student_id if line.request else None
        was_held = line.result.startswith("Held")
        result = _DECIDED[Outcome(line.request.outcome)] if line.request and number and was_held else line.result
        names = (getattr(line, field) for field in _FIELDS)
        yield (line.row, line.sau_id, line.school_student_id, number or "", *names, result)
