"""Regular expressions in the data of a state, which Polars carries out."""

import re
import warnings

# Python has these, Polars has not: what looks ahead or back, what was found before, and what takes
# no step back.
_OF_PYTHON_ALONE = re.compile(r"\(\?(?:[=!>]|<[=!]|P=|\()|(?<!\\)(?:\\\\)*\\[1-9]|[*+?}]\+")


def why_no_pattern(pattern: str) -> str:
    """Return what is wrong with a pattern, as a sentence; blank where it can be carried out."""
    # Polars is not asked: it would start threads, which the web processes, forked afterwards, do not
    # have, and wait for.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # of a set within a set, which means something to Polars
            re.compile(pattern)
    except FutureWarning:
        return f'the pattern "{pattern}" has a set within a set; write \\[ where a bracket is meant'
    except re.error as error:
        return f'the pattern "{pattern}" is no regular expression: {error.msg}'
    if found := _OF_PYTHON_ALONE.search(pattern):
        return f'the pattern "{pattern}" has {found[0]}, which Polars does not know'
    return ""
