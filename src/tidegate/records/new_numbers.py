"""New state student numbers: who may make them at a time, and where they come from."""

from tidegate.reference.copy_rows import raw_cursor

# The advisory lock under which new numbers are made, one transaction after the other.
_LOCK_NAME = 7_411_009

PUT_BACK = """
SELECT setval('records_new_number', greatest((
    SELECT seqmin FROM pg_sequence WHERE seqrelid = 'records_new_number'::regclass
), (
    SELECT max(student_id)::bigint FROM records_numberrequest WHERE outcome IN ('created', 'different person')
), (
    SELECT max(taken_back_number)::bigint FROM records_numberrequest WHERE taken_back_number <> ''
)))
"""
"""Lets the sequence go on after the last number that was really given. Only for who holds the lock."""


def lock_new_numbers() -> None:
    """Wait until nobody else makes numbers, and keep others waiting until the transaction ends.

    Two requests for one new person at the same instant are therefore carried out in turn: the
    second finds the student that the first has created. A lock on rows would not do, since there is
    no row yet.
    """
    with raw_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_NAME])


def next_number() -> str:
    """Return a number that nobody has."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT records_next_number()")
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])
