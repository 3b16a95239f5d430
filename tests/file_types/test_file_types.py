"""File types are found by looking, and what does not fit together is refused when a site starts."""

from dataclasses import replace

import pytest

from tidegate.core.errors import BrokenLayout
from tidegate.file_types import find, find_all, refuse_broken_rules


def test_no_code_stands_in_two_file_types():
    refuse_broken_rules(find_all().values())
    twice = [find("cte"), replace(find("cte"), slug="cte-again")]
    with pytest.raises(BrokenLayout, match="stands in cte and in cte-again"):
        refuse_broken_rules(twice)
