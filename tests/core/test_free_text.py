"""What a person has written is kept as it can be read: nothing in it is hidden."""

import pytest

from tidegate.core.free_text import free_text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" The list is late \r\nby a week\t", "The list is late \nby a week"),
        ("\x00The\x1b[31m list\x07", "The[31m list"),
        ("right \u202etfel\u2069", "right tfel"),
        ("Zo\u00eb\u2019s \U0001f468\u200d\U0001f469", "Zo\u00eb\u2019s \U0001f468\u200d\U0001f469"),
        *((nothing, "") for nothing in ("", " \n", "\x00\x01", "\u200b\u2060", "\u00ad", "\u00a0\u3000", "\ud800")),
    ],
)
def test_what_nobody_sees_is_not_kept(written, kept):
    assert free_text(written) == kept
