"""Regular expressions in the data of a state, which Polars carries out."""

import re

import polars as pl


def why_no_pattern(pattern: str) -> str:
    """Return what is wrong with a pattern, as a sentence; blank where it can be carried out."""
    # Python takes some that Polars does not, such as one that looks ahead.
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        reason = re.search(r"^error: (.+)$", str(error), re.MULTILINE)
        return f'the pattern "{pattern}" is no regular expression{f": {reason[1]}" if reason else ""}'
    return ""
