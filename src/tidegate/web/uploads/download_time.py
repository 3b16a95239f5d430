"""How long a download takes, as a person says it."""

_FINDINGS_PER_SECOND = 10_000  # of a full log as XLSX, on two busy cores; see bench/full_log.py
_MIN_SECONDS_WORTH_SAYING = 10


def time_in_words(finding_count: int) -> str:
    """Return how long the full log of so many findings takes as XLSX; blank where nobody has to
    wait."""
    seconds = finding_count // _FINDINGS_PER_SECOND
    if seconds < _MIN_SECONDS_WORTH_SAYING:
        return ""
    if seconds < 55:
        return f"about {round(seconds, -1)} seconds"
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'' if minutes == 1 else 's'}"
