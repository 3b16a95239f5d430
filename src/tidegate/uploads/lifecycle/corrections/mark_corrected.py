"""Finds the uploads whose errors later uploads have put right, so that they stop asking for attention."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from tidegate.records.changes import made_by_hand
from tidegate.uploads.lifecycle.checking.find_corrected import find_corrected, has_loaded, rows_with_errors
from tidegate.uploads.lifecycle.corrections.check_correction import is_by_hand
from tidegate.uploads.lifecycle.corrections.remaining_rows import RowsToGo
from tidegate.uploads.models import LineToWithdraw, RowCorrection, State, Upload
from tidegate.uploads.storage.store import NotAsSent, StoreAway, is_kept

_MAX_STEPS = 100
"""How far back a chain of corrections is followed."""


def mark_corrected(upload: Upload) -> None:
    """Note on the uploads before it that nothing of theirs is to be put right any more since this one has ended.

    Call it for an upload that was loaded and is stored as it is. Where one of its own rows has an error, nothing is
    noted. An upload that is undone later counts no more (see `Upload.is_corrected_later`).
    """
    correction = RowCorrection.objects.filter(pk=upload.pk).first()
    if upload.error_count_to_fix or not (upload.is_file or correction):
        return
    corrected = {*_put_right_by(upload), *_tried_earlier(upload, correction)}
    Upload.objects.filter(pk__in=corrected).update(corrected_by=upload.pk)


def lock_followed(upload: Upload) -> None:
    """Lock the uploads that one follows until the transaction ends; of one that is loaded, those that have tried the
    same, too.

    Call it before what became of the upload is stored, which locks the line of its sender: who undoes one of them has
    that upload first, and then wants the line.
    """
    ids = {each.pk for each in _earlier(upload)}
    correction = RowCorrection.objects.filter(pk=upload.pk).first()
    if has_loaded(upload) and not upload.error_count_to_fix and (upload.is_file or correction):
        ids |= {*_tried_earlier(upload, correction)}
    locked = Upload.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    list(locked.values_list("pk"))


def unmark_corrected(undone: Upload) -> None:
    """Note on the uploads that an undone one follows that they are to be put right again, unless what has put them
    right since has done so without it, or files that would tell are gone or away: an undo needs none."""
    for earlier in _earlier(undone):
        later = earlier.corrected_by
        if later is None or later.state != State.FINISHED or earlier not in _earlier(later):
            continue
        if earlier.pk not in _put_right_by(later, if_unknown=True):
            Upload.objects.filter(pk=earlier.pk).update(corrected_by=None)


def _put_right_by(upload: Upload, *, if_unknown: bool = False) -> Iterator[int]:
    """Yield the IDs of the uploads that it follows of which nothing is to be put right any more.

    So it is where each step has as many rows as there were errors, or where all rows that had one are loaded or left
    out by now, in however many goes. Then the corrections between have nothing to put right either. `if_unknown` is
    what is taken to be so where files that would tell are gone; with True, one that is away is like one that is gone.
    """
    later, is_unbroken = upload, True
    for earlier in _earlier(upload):
        # Who counts the rows of one correction alone cannot tell which ones they are: one of four does not put four
        # right.
        is_unbroken = is_unbroken and (later.row_count or 0) >= _to_fix(earlier)
        if is_unbroken:
            yield earlier.pk
        elif (goes := _Goes(earlier, if_unknown)).is_all_in:
            yield earlier.pk
            yield from (each.pk for each in goes.put_right() if each.pk != upload.pk)
        elif not earlier.is_corrected_later or earlier.corrected_by_id == upload.pk:
            return
        later = earlier


def _earlier(upload: Upload) -> list[Upload]:
    """Return the uploads that it follows and that count, the nearest first."""
    found, each = [], upload
    for _ in range(_MAX_STEPS):
        before = each.follows
        if before is None or _scope(before) != _scope(upload):
            break
        found += [before] * has_loaded(before)
        each = before
    return found


def _later(first: Upload) -> list[Upload]:
    """Return the uploads that follow it, at once or over others, and that count, in their order."""
    found: dict[int, Upload] = {}
    ids: Collection[int] = [first.pk]
    while ids and len(found) < _MAX_STEPS:
        part = Upload.objects.filter(follows__in=ids).exclude(pk__in=found)
        ids = [each.pk for each in part if _scope(each) == _scope(first)]
        found |= {each.pk: each for each in part if each.pk in ids}
    return [found[pk] for pk in sorted(found) if has_loaded(found[pk])]


def _to_fix(upload: Upload) -> int:
    """Return how many of its rows its sender had to put right at first."""
    return (upload.error_count or 0) - (upload.held_count or 0)


@dataclass(frozen=True)
class _Goes:
    """What became of the rows of the upload `first` that were to be put right: on its page and by fix files.

    `if_unknown` as in `_put_right_by`.
    """

    first: Upload
    if_unknown: bool

    @cached_property
    def _to_go(self) -> RowsToGo:
        return RowsToGo.of(self.first)

    @cached_property
    def _on_page(self) -> set[int]:
        return {each.pk for each in self._to_go.corrections}

    @cached_property
    def _later(self) -> list[Upload]:
        return _later(self.first)

    @cached_property
    def _fix_files(self) -> list[Upload]:
        return [each for each in self._later if each.is_fix_file and each.pk not in self._on_page]

    @cached_property
    def _numbers(self) -> Mapping[int, Mapping[int, int] | None]:
        """By fix file and row its number in the first file, where the fix file was made from that one or from another
        one of these; None where that cannot be told any more."""
        found: dict[int, Mapping[int, int] | None] = {}
        for each in self._fix_files:
            found[each.pk] = self._numbers_in(each, found)
        return found

    def _numbers_in(self, fix_file: Upload, known: Mapping[int, Mapping[int, int] | None]) -> Mapping[int, int] | None:
        try:
            found = find_corrected(fix_file) if is_kept(fix_file.stored_as) else None
        except (FileNotFoundError, NotAsSent):
            return None
        except StoreAway:
            if self.if_unknown:
                return None
            raise
        if found is None or found.upload.pk == self.first.pk:
            return found.numbers if found else None
        above = known.get(found.upload.pk, {})
        return above and {row: above[number] for row, number in found.numbers.items() if number in above}

    @property
    def is_all_in(self) -> bool:
        """Whether every row that was to be put right was loaded or left out since; not while one still waits."""
        to_go = self._to_go
        if to_go.waiting_count or not to_go.to_go_count:
            return not to_go.waiting_count
        if sum(each.row_count or 0 for each in self._fix_files) < to_go.to_go_count:
            return False
        if self.first.log_deleted_at:
            return self.if_unknown
        rows = set(to_go.rows())
        for fix_file in self._fix_files:
            numbers = self._numbers[fix_file.pk]
            if numbers is None or fix_file.log_deleted_at:
                if self.if_unknown:
                    return True
                continue
            rows -= _rows_in(fix_file, numbers)
        return not rows

    def put_right(self) -> Iterator[Upload]:
        """Yield the corrections of the first upload that have rows with errors, all of which are rows of its file. A
        newer file that follows it has rows of its own."""
        for each in self._later:
            if each.error_count_to_fix and (each.pk in self._on_page or (each.is_fix_file and self._has_all_of(each))):
                yield each

    def _has_all_of(self, fix_file: Upload) -> bool:
        numbers = self._numbers[fix_file.pk]
        if numbers is None or fix_file.log_deleted_at:
            return self.if_unknown
        return rows_with_errors(fix_file) <= numbers.keys()


def _rows_in(fix_file: Upload, numbers: Mapping[int, int]) -> set[int]:
    """Return the numbers in the first file of those rows of a fix file that are not to be put right any more."""
    to_go = RowsToGo.of(fix_file)
    if to_go.waiting_count:
        return set()
    still = set(to_go.rows()) if to_go.to_go_count else set[int]()
    return {number for row, number in numbers.items() if row not in still}


def _tried_earlier(upload: Upload, correction: RowCorrection | None) -> list[int]:
    """Return the uploads before it that have tried the same: those of the same file or, where a page has made the file,
    those that were about the same rows or the same line."""
    tried = Upload.objects.filter(
        organization=upload.organization_id,
        school_year=upload.school_year_id,
        file_type=upload.file_type,
        state=State.FINISHED,
        check_only=False,
        error_count__gt=0,
        sent_at__lt=upload.sent_at,
    )
    tried = tried.exclude(corrected_by__state=State.FINISHED)
    if correction is not None:
        put_right = {*correction.rows, *correction.left_out}
        earlier = RowCorrection.objects.filter(first=correction.first_id, upload__in=tried).select_related("upload")
        return [each.pk for each in earlier if put_right.issuperset(rows_with_errors(each.upload) or each.rows)]
    if is_by_hand(upload):
        lines = LineToWithdraw.objects.filter(upload=upload).values("line_id")
        return list(tried.filter(lines_to_withdraw__line_id__in=lines).values_list("pk", flat=True))
    return _same_file_earlier(upload, tried)


def _same_file_earlier(upload: Upload, tried: "QuerySet[Upload]") -> list[int]:
    """Return the last earlier upload of a file of the same name and number of rows, and all that those of this name
    were before it: people correct their file where it is and send it again, without a link to the first."""
    same = tried.filter(file_name=upload.file_name, row_count=upload.row_count, row_correction=None)
    same = same.exclude(made_by_hand())
    return list(same.order_by("-sent_at").values_list("pk", flat=True)[:_MAX_STEPS])


def _scope(upload: Upload) -> tuple[int, int, str]:
    return upload.organization_id, upload.school_year_id, upload.file_type
