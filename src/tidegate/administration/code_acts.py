"""What is done to one code of a list: added, corrected, ended. It is proposed first."""

import re

from tidegate.accounts.models import Person
from tidegate.administration.changes import check_may_change_lists, propose
from tidegate.administration.differences import Difference, DifferenceKind, Row
from tidegate.administration.lists import find_list
from tidegate.administration.models import ListChange, ListChangeAct
from tidegate.core.errors import Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.models import Code


def propose_code(
    list_name: str,
    code: str,
    *,
    title: str,
    first_year: SchoolYear | None,
    last_year: SchoolYear | None,
    by: Person | None,
) -> ListChange:
    """Propose a new code, or another title or other years of one that is in the list.

    Args:
        list_name: The list.
        code: The code.
        title: What it means.
        first_year: The first school year in which it is valid; None is open.
        last_year: The last one; None is open.
        by: The person who proposes it.

    Raises:
        Refusal: The code has not the form of the list's codes, it ends before it begins, or nothing would change.
    """
    check_may_change_lists(by)
    of = find_list(list_name)
    _check_form(list_name, code)
    if first_year and last_year and last_year.first < first_year.first:
        raise Refusal("The last year is before the first year", fix="Change one of the two")
    row: Row = {
        "code": code,
        "title": title,
        "first_year": first_year.first if first_year else None,
        "last_year": last_year.first if last_year else None,
    }
    before = Code.objects.filter(list_name=list_name, code=code).values(*row).first()
    if before == row:
        raise Refusal("Nothing would change", fix="Change what is wrong, or go back", code="NOTHING_NEW")
    difference = Difference(code, dict(before) if before else None, row)
    acts = {DifferenceKind.ADDED: ListChangeAct.ADD, DifferenceKind.ENDED: ListChangeAct.END}
    return propose(of, acts.get(difference.kind, ListChangeAct.RENAME), [difference], by=by)


def _check_form(list_name: str, code: str) -> None:
    of_state = present_state().code_lists.get(list_name)
    if of_state and of_state.pattern and not re.search(of_state.pattern, code):
        raise Refusal(f'"{code}" is not {of_state.pattern_in_words}', fix="Check the code", code="CODE_FORM")
