"""What became of an upload, in plain words."""

from dataclasses import dataclass

from tidegate.uploads.models import Finding, Upload


@dataclass(frozen=True)
class Summary:
    """The outcome in a sentence, what to do next, and how it is shown."""

    mood: str
    icon: str
    lead: str
    next_step: str = ""


def summarize(upload: Upload, *, finding: Finding | None = None) -> Summary:
    """Return the summary; `finding` says why a file could not be read."""
    if upload.state == "waiting":
        return Summary("busy", "clock", "The file waits for its turn", "This page fills in by itself.")
    if upload.state == "processing":
        return Summary("busy", "refresh", "The file is being checked", "This page fills in by itself.")
    if upload.state == "failed" and finding:
        return Summary("bad", "stop", finding.message, "No row was loaded. What to do about it stands below.")
    if upload.state == "failed":
        next_step = "Nothing of the file was loaded. Send it again later, or tell the state help desk the incident ID."
        return Summary("bad", "stop", "Something went wrong, and it is our fault", next_step)
    return _summarize_counts(upload)


def _summarize_counts(upload: Upload) -> Summary:
    rows, good, bad = upload.row_count or 0, upload.success_count or 0, upload.error_count or 0
    if not bad:
        lead = f"{'The 1 row' if rows == 1 else f'All {rows:,} rows'} {_were(rows, upload)} loaded"
        is_check = "This was a check only: send the file again to load it." if upload.check_only else ""
        return Summary("good", "check", lead, is_check)
    lead = f"{good:,} of {_rows(rows)} {_were(good, upload)} loaded"
    them = "it" if bad == 1 else "them"  # some need no fix by the uploader: a held row waits for a decision
    verb = "would not be" if upload.check_only else "was not" if bad == 1 else "were not"
    fix = f"{_rows(bad)} {verb} loaded; what to do about {them} stands below."
    return Summary("care" if good else "bad", "warning", lead, fix)


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"


def _were(number: int, upload: Upload) -> str:
    return "would be" if upload.check_only else "was" if number == 1 else "were"
