"""Regular expressions in the data of a state, which Polars carries out."""

import re
import warnings

_SET_OR_ESCAPE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
# Python has these, Polars has not: what looks ahead or back, what was found before, and what takes
# no step back.
_OF_PYTHON_ALONE = re.compile(r"\(\?(?:[=!>]|<[=!]|P=|\()|\\[1-9]|[*+?}]\+")


def why_no_pattern(pattern: str) -> str:
    """Return what is wrong with a pattern, as a sentence; blank where it can be carried out."""
    # Polars is not asked: it would start threads, which the web processes, forked afterwards, do not
    # have, and wait for.
    try:
        with warnings.catch_warnings(action="ignore"):  # about sets within sets, see below
            re.compile(pattern)
    except re.error as error:
        return f'the pattern "{pattern}" is no regular expression: {error.msg}'
    outside = _SET_OR_ESCAPE.sub(lambda found: found[0] if found[0][1].isdigit() else ".", pattern)
    if found := _OF_PYTHON_ALONE.search(outside):
        return f'the pattern "{pattern}" has {found[0]}, which Polars does not know'
    sets = (re.sub(r"\\.", "", found[0]) for found in _SET_OR_ESCAPE.finditer(pattern))
    if any("[" in each[1:] for each in sets):  # another set to Polars, a bracket to Python
        return f'the pattern "{pattern}" has a set within a set; write \\[ where a bracket is meant'
    return ""
