"""The SQL of the student list. Nothing of a request is part of it: what was typed goes in as parameters."""

from collections.abc import Sequence

from tidegate.records.student_search import Phase, Search, sort_key_in
from tidegate.reference.show_students import ShowStudents

_SAU, _SCHOOL = "enrolled.sau_id = ANY(%(saus)s)", "enrolled.school_id = ANY(%(schools)s)"
_OPEN = "(enrolled.exit_date IS NULL OR enrolled.exit_date > %(today)s)"
_ENDED = "enrolled.exit_date IS NOT NULL"  # word for word as in the indexes over those that have ended, or will
_CURRENT = "enrolled.replaced_at IS NULL AND enrolled.school_year_id = %(year)s"
_ENROLLED = "SELECT enrolled.student_id FROM records_enrollment enrolled WHERE {current} AND {here} AND {state}"
ENROLLED_IN_SAU = _ENROLLED.format(current=_CURRENT, here=_SAU, state="TRUE")
# Each district in turn, since only within a district an index has the school year.
_ENROLLED_IN_STATE = """
SELECT enrolled.student_id FROM reference_organization sau CROSS JOIN LATERAL (
    SELECT enrolled.student_id FROM records_enrollment enrolled
    WHERE {current} AND enrolled.sau_id = sau.id AND {state} LIMIT %(most)s
) enrolled WHERE sau.kind = 'SAU'
"""
# OFFSET 0 keeps the database from reading everybody's names.
_GATHER = """
WITH enrolled AS MATERIALIZED ({enrolled}), listed AS MATERIALIZED (
    SELECT {sort_key} FROM enrolled CROSS JOIN LATERAL (
        SELECT version.student_id, version.last_name, version.first_name FROM records_studentversion version
        WHERE version.student_id = enrolled.student_id AND version.replaced_at IS NULL OFFSET 0
    ) known WHERE {also}
)
SELECT (SELECT count(*) FROM listed WHERE phase IS NOT NULL), ARRAY(
    SELECT number FROM listed WHERE phase IS NOT NULL AND {beyond}
    ORDER BY phase {way}, key_1 {way}, key_2 {way}, number {way} LIMIT %(count)s OFFSET %(start)s
)
"""
_IS_ENROLLED = """((
    SELECT TRUE FROM records_enrollment enrolled
    WHERE enrolled.student_id = known.student_id AND {current} AND {here} AND {state} LIMIT 1
) IS TRUE)"""
_WALK = """
SELECT known.student_id FROM records_studentversion known
WHERE known.replaced_at IS NULL AND {condition} AND {also} AND {beyond} AND {is_listed} ORDER BY {order} LIMIT %(count)s
"""
# OFFSET 0: the index gives the rows in order, and only those that fill the page are looked up in the records.
_WALK_ROSTER = """
SELECT known.student_id FROM (
    SELECT known.student_id, known.last_key, known.first_key FROM records_rosterline known
    WHERE known.sau_id = %(sau)s AND known.school_year_id = %(year)s AND {condition} AND {also} AND {beyond}
    ORDER BY {order} OFFSET 0
) known WHERE {is_called_so} AND {is_listed} ORDER BY {order} LIMIT %(count)s
"""
_IS_CALLED_SO = """((
    SELECT TRUE FROM records_studentversion version
    WHERE version.student_id = known.student_id AND version.replaced_at IS NULL
      AND UPPER(version.last_name) COLLATE "C" = known.last_key
      AND UPPER(version.first_name) COLLATE "C" = known.first_key LIMIT 1
) IS TRUE)"""
_SORT_KEY = """
SELECT phase, key_1, key_2, number FROM (
    SELECT {sort_key}
    FROM records_student student JOIN records_studentversion known ON known.student_id = student.number
    WHERE student.public_id = %(public_id)s AND known.replaced_at IS NULL AND {also} AND {is_listed}
) placed WHERE phase IS NOT NULL
"""


def count(show: ShowStudents, *, is_state: bool) -> str:
    """Return how many students are listed without a search, about, counted up to `most`."""
    state = _ENDED if show == ShowStudents.INACTIVE else "TRUE"
    if is_state:
        every = _ENROLLED_IN_STATE.format(current=_CURRENT, state=state)
    else:
        parts = (_ENROLLED.format(current=_CURRENT, here=here, state=state) for here in (_SAU, _SCHOOL))
        every = " UNION ".join(f"({part} LIMIT %(most)s)" for part in parts)
    return f"SELECT count(*) FROM ({every} LIMIT %(most)s) enrolled"


def gather(search: Search, *, show: ShowStudents, is_state: bool, beyond: str, way: str) -> str:
    """Return the SQL of how many are listed, and of the numbers of one page of them in order.

    Args:
        search: What narrows the list.
        show: Which students are listed.
        is_state: Whether they are listed wherever they are enrolled.
        beyond: The condition that the page begins after or before; `TRUE` for a page by its number.
        way: `ASC`, or `DESC` to walk backwards.
    """
    return _GATHER.format(
        enrolled=_members(show, is_state=is_state),
        sort_key=sort_key_in(search.phases),
        also=search.also,
        beyond=beyond,
        way=way,
    )


def walk(
    phase: Phase, search: Search, *, show: ShowStudents, is_state: bool, on_roster: bool, is_begun: bool, way: str
) -> str:
    """Return the SQL of the numbers of those who are listed in this phase, in its order.

    Args:
        phase: The part of the search that is walked, and its order.
        search: The search that the phase is of, in the columns of the roster where `on_roster`.
        show: Which students are listed.
        is_state: Whether they are listed wherever they are enrolled.
        on_roster: Whether the roster of a district is walked, and not the index over the state.
        is_begun: Whether the walk begins after a key of this phase, which goes in as the values `beyond_0` and so on.
        way: `ASC`, or `DESC` to walk backwards.
    """
    return (_WALK_ROSTER if on_roster else _WALK).format(
        condition=phase.condition,
        also=search.also,
        beyond=beyond(phase.order, is_before=way == "DESC") if is_begun else "TRUE",
        is_called_so=_IS_CALLED_SO,
        is_listed=_is_listed(show, is_state=is_state),
        order=", ".join(f"{key} {way}" for key in phase.order),
    )


def sort_key(search: Search, *, show: ShowStudents, is_state: bool) -> str:
    """Return the sort key of one student; no row where the student is not in the list."""
    return _SORT_KEY.format(
        sort_key=sort_key_in(search.phases), also=search.also, is_listed=_is_listed(show, is_state=is_state)
    )


def beyond(keys: Sequence[str], *, is_before: bool) -> str:
    """Return the condition that the keys come after the values `beyond_0` and so on, or before."""
    values = ", ".join(f"%(beyond_{index})s" for index in range(len(keys)))
    return f"ROW({', '.join(keys)}) {'<' if is_before else '>'} ROW({values})"


def _members(show: ShowStudents, *, is_state: bool) -> str:
    if show == ShowStudents.INACTIVE:
        still = _is_enrolled(_OPEN, is_state=is_state)
        ended = _enrolled(_ENDED, is_state=is_state)
        return f"SELECT student_id FROM ({ended}) known WHERE NOT {still}"
    return _enrolled(_OPEN if show == ShowStudents.ACTIVE else "TRUE", is_state=is_state)


def _enrolled(state: str, *, is_state: bool) -> str:
    """Return the students who have such an enrollment, each once."""
    if is_state:
        return f"SELECT DISTINCT student_id FROM ({_ENROLLED_IN_STATE.format(current=_CURRENT, state=state)}) every"
    parts = (_ENROLLED.format(current=_CURRENT, here=here, state=state) for here in (_SAU, _SCHOOL))
    return " UNION ".join(parts)


def _is_listed(show: ShowStudents, *, is_state: bool) -> str:
    if show == ShowStudents.INACTIVE:
        ended, still = (_is_enrolled(state, is_state=is_state) for state in (_ENDED, _OPEN))
        return f"{ended} AND NOT {still}"
    return _is_enrolled(_OPEN if show == ShowStudents.ACTIVE else "TRUE", is_state=is_state)


def _is_enrolled(state: str, *, is_state: bool) -> str:
    """Return the condition that `known` has such an enrollment; `enrollment_current_once` answers it alone."""
    here = "TRUE" if is_state else f"({_SAU} OR {_SCHOOL})"
    return _IS_ENROLLED.format(current=_CURRENT, here=here, state=state)
