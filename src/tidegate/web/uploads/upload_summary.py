"""What became of an upload, in plain words."""

from dataclasses import dataclass

from tidegate.uploads.models import Finding, State, Upload
from tidegate.uploads.storage.store import may_be_kept


@dataclass(frozen=True)
class Summary:
    """The outcome in a sentence, what to do next, and how it is shown."""

    mood: str
    icon: str
    lead: str
    next_step: str = ""


UNKNOWN_COLUMN = "FILE006"
_PLAIN = {
    State.WAITING: Summary("busy", "clock", "The file is waiting for its turn", "This page fills in by itself."),
    State.PROCESSING: Summary("busy", "refresh", "The file is being checked", "This page fills in by itself."),
    State.CANCELLED: Summary("care", "stop", "The upload was cancelled", "Nothing of the file was loaded."),
    State.UNDONE: Summary(
        "care",
        "undo",
        "The upload was undone",
        "What it loaded was withdrawn, and what it replaced is back.",
    ),
    State.FAILED: Summary(
        "bad",
        "stop",
        "Something went wrong on our side",
        "Nothing of the file was loaded. Send it again later, or tell the state help desk the incident ID.",
    ),
}


def summarize(upload: Upload, *, finding: Finding | None = None, unknown_count: int = 0) -> Summary:
    """Return the summary; `finding` says why a file could not be read, and `unknown_count` how many of its columns are
    not known."""
    state = State(upload.state)
    if state == State.FAILED and finding:
        lead = f"{unknown_count:,} columns of the file are not known" if unknown_count > 1 else finding.message
        return Summary("bad", "stop", lead, "No row was loaded. See below.")
    if state == State.ON_HOLD:
        return _summarize_hold(upload)
    return _PLAIN.get(state) or _summarize_counts(upload)


def _summarize_hold(upload: Upload) -> Summary:
    verb = "withdraw" if upload.is_withdrawal else "replace or withdraw"
    lead = (
        f"On hold: this would {verb} {upload.replaced_count:,} record{'' if upload.replaced_count == 1 else 's'}, "
        f"{upload.replaced_percent} % of what {upload.organization.name} has on file"
    )
    if upload.is_held_again:
        return Summary("care", "warning", lead.replace("On hold", "On hold again", 1), _why_held_again(upload))
    if upload.school_year.closed_at:
        later = "It can be released once the school year is reopened, or be cancelled now."
        return Summary(
            "care", "warning", lead, f"Nothing is {'withdrawn' if upload.is_withdrawal else 'loaded'} yet. {later}"
        )
    what, wrong = ("withdrawn", "if not") if upload.is_withdrawal else ("loaded", "if it is the wrong file")
    next_step = (
        f"Nothing is {what} yet. If that is right, a second person who may release uploads can release it here; "
        f"{wrong}, cancel it."
    )
    return Summary("care", "warning", lead, next_step)


def _why_held_again(upload: Upload) -> str:
    seen = upload.released_changes or {}
    count = seen.get("changed", 0) + seen.get("withdrawn", 0)
    return (
        f"It was released to replace or withdraw {count:,} record{'' if count == 1 else 's'}, but what is on file has "
        "changed since. Nothing is loaded yet. If the list below is right, it can be released once more."
    )


def _summarize_counts(upload: Upload) -> Summary:
    rows, good, bad = upload.row_count or 0, upload.success_count or 0, upload.error_count or 0
    if upload.nothing_for_id:
        return Summary(
            "good", "check", "Nothing to report", "The receipt below confirms it. Send a file if that changes."
        )
    if upload.is_withdrawal:
        count = upload.withdrawn_count or 0
        return Summary("good", "check", "1 line was withdrawn" if count == 1 else f"{count:,} lines were withdrawn")
    if upload.plan_has_moved:
        lead = "Nothing was loaded: what is on file has changed since the check"
        return Summary("care", "warning", lead, "Below is what the file would change now. If that is right, load it.")
    if not bad:
        lead = f"{'1 row' if rows == 1 else f'All {rows:,} rows'} {_were(rows, upload)} loaded"
        return Summary("good", "check", lead, _how_to_load(upload) if upload.check_only else "")
    lead = f"{good:,} of {_rows(rows)} {_were(1 if rows == 1 else good, upload)} loaded"
    if not upload.error_count_to_fix:
        return Summary("good", "check", lead, _nothing_to_fix(bad, upload))
    verb = "would not be" if upload.check_only else "was not" if bad == 1 else "were not"
    waiting = upload.waiting_count
    wait = f", and {waiting:,} of {'it' if bad == 1 else 'them'} wait{'s' if waiting == 1 else ''}" if waiting else ""
    fix = f"{_rows(bad)} {verb} loaded{wait}. See below."
    return Summary("care" if good else "bad", "warning", lead, fix)


def _how_to_load(upload: Upload) -> str:
    if may_be_kept(upload.stored_as):
        return "This was a check only: load it below."
    return "This was a check only, and we no longer keep the file: send it again to load it."


def _nothing_to_fix(number: int, upload: Upload) -> str:
    """Return why the sender has nothing to do about this number of rows that were not loaded."""
    if upload.is_corrected_later:
        return f"The rest was corrected by upload {upload.corrected_by_id}."
    if waiting := upload.waiting_count:
        wait = "It loads by itself when it arrives" if waiting == 1 else "They load by themselves when it arrives"
        return f"{_rows(waiting)} wait{'s' if waiting == 1 else ''} for {upload.type.layout.waits_for_one}. {wait}."
    if upload.loaded_later_count:
        return f"The rest was loaded by itself once the {upload.type.layout.waits_for} had arrived."
    if upload.undecided_count == 0 and not upload.check_only:
        return "The state data team has decided about the rest: see the numbers below."
    verb = "would be" if upload.check_only else "is" if number == 1 else "are"
    return f"{_rows(number)} {verb} held until the state data team has decided. You have nothing to do."


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"


def _were(number: int, upload: Upload) -> str:
    return "would be" if upload.check_only else "was" if number == 1 else "were"
