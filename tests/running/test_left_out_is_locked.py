"""Students whom a complete file leaves out are locked while it is checked, as those are whom it names."""

import psycopg

from tests.running.conftest import wait_for
from tests.running.test_broken_changes import acting, sound, without_last_student
from tests.running.test_broken_workers import files, start, stop

__all__ = ["acting", "files", "sound", "start"]

LOCK = "SELECT number FROM records_student WHERE number = %s FOR NO KEY UPDATE"
ADD_A_LINE = """
    INSERT INTO records_cterecord (student_id, school_year_id, sau_id, school_id, school_student_id, cte_code,
        start_date, credits_earned, postsecondary_credits, brought_by)
    SELECT student_id, school_year_id, sau_id, school_id, school_student_id, cte_code,
        start_date + 1, credits_earned, postsecondary_credits, brought_by
    FROM records_cterecord WHERE student_id = %s AND replaced_at IS NULL LIMIT 1
"""
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND query LIKE '%%FOR NO KEY UPDATE OF records_student%%'
"""
ON_FILE = "SELECT count(*) FROM records_cterecord WHERE student_id = %s AND replaced_at IS NULL"
PATIENT = {"TIDEGATE_STALLED_SECONDS": "60"}
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def test_a_complete_file_waits_for_who_changes_a_line_that_it_withdraws(acting, sound, start):
    system, rows = acting.system, acting.turned()
    sound(acting.do("send", path=acting.file(rows)))
    student, deadlocks = rows[-1][2], system.ask(DEADLOCKS)
    with psycopg.connect(system.url) as other:
        other.execute(LOCK, [student])
        other.execute(ADD_A_LINE, [student])
        left = acting.file(without_last_student(rows))
        upload_id = acting.do("send", path=left, complete=True, missing="withdraw")
        worker = start(**PATIENT)
        wait_for(lambda: system.ask(WAITING) == (1,), "The worker waits for the student")
        other.commit()
    acting.ended(upload_id)
    stop(worker)
    assert system.ask(ON_FILE, student) == (0,)  # the line that came while it waited is withdrawn with the others
    assert system.ask(DEADLOCKS) == deadlocks


def test_students_at_both_ends_of_two_complete_files_end_without_a_deadlock(acting, sound, start):
    """Each of two files leaves out a student whom the other one names, and each is processed by a worker of its own."""
    system, rows = acting.system, acting.turned()
    sound(acting.do("send", path=acting.file(rows)))
    student, deadlocks = rows[-1][2], system.ask(DEADLOCKS)
    changed = [[*row[:7], "9.75", *row[8:]] for row in rows if row[2] == student]
    with psycopg.connect(system.url) as other:
        other.execute(LOCK, [rows[0][2]])
        left = acting.file(without_last_student(rows))
        withdrawing = acting.do("send", path=left, complete=True, missing="withdraw")
        changing = acting.do("send", path=acting.file(changed), missing="withdraw")
        workers = [start(**PATIENT), start(**PATIENT)]
        wait_for(lambda: system.ask(WAITING)[0] >= 1, "A worker waits for the student")
        other.commit()
    for upload_id in (withdrawing, changing):
        acting.ended(upload_id)
    for worker in workers:
        stop(worker)
    assert system.ask(ON_FILE, student) == (len(changed),)
    assert system.ask(DEADLOCKS) == deadlocks
