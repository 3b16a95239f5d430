"""Two who certify at once, and one who reopens while another approves: one wins, the others are told so."""

import json

from tests.forked_command import run_python

ROUNDS = 4
RACE = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from tidegate.cli.setup import set_up
set_up()
from django.db import connection
from django.utils import timezone
from tidegate.accountability.snapshots.transitions import reopen_snapshot, review_snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.certification.sign import Proof, ProofKind, approve_snapshot, certify_snapshot
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accounts.models import Membership, Person
from tidegate.core.errors import Refusal
from tidegate.reference.models import SchoolYear

def person(role, number):
    found, _ = Person.objects.get_or_create(email=f"{role}{number}@example.org", defaults={"name": role})
    Membership.objects.get_or_create(person=found, role=role, organization=None)
    return found

def proved():
    return Proof(ProofKind.PASSWORD, timezone.now())

def tried(act):
    try:
        return act().state
    except Refusal as refusal:
        return refusal.code
    finally:
        connection.close()

certifiers, approver = [person("certifier", 1), person("certifier", 2)], person("approver", 1)
with ThreadPoolExecutor(2) as threads:
    for _ in range(int(sys.argv[1])):
        year = SchoolYear.objects.get(first=2020)
        snapshot = review_snapshot(take_snapshot(find_period("cte-october-count"), year, by=None), by=None)
        acts = [lambda by=by: certify_snapshot(snapshot, by=by, proof=proved()) for by in certifiers]
        certified = list(threads.map(tried, acts))
        acts = [
            lambda: approve_snapshot(snapshot, by=approver, proof=proved()),
            lambda: reopen_snapshot(snapshot, reason="A number is wrong", by=certifiers[0]),
        ]
        ended = list(threads.map(tried, acts))
        snapshot.refresh_from_db()
        certificates = snapshot.signatures.filter(kind="approved").count()
        print(json.dumps([certified, ended, snapshot.state, certificates]))
        if snapshot.state != "open":
            reopen_snapshot(snapshot, reason="The next round", by=None)
"""

COUNTS = """
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from tidegate.cli.setup import set_up
set_up()
from django.db import connection, transaction
from tidegate.accountability.models import MaterializedQuery
from tidegate.accountability.outputs.counts import counts_csv
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.reference.models import SchoolYear

year = SchoolYear.objects.get(first=2020)
snapshots = [take_snapshot(find_period("cte-october-count"), year, by=None) for _ in range(2)]
MaterializedQuery.objects.all().delete()
both_have_one = Barrier(2)

def count(first, second):
    try:
        with transaction.atomic():
            said = [b"".join(counts_csv(first, reach=None))]
            with suppress(BrokenBarrierError):
                both_have_one.wait(timeout=2)
            return len([*said, b"".join(counts_csv(second, reach=None))])
    finally:
        connection.close()

with ThreadPoolExecutor(2) as threads:
    print(list(threads.map(count, snapshots, snapshots[::-1])))
"""


def test_two_transactions_that_count_in_another_order_both_end(system):
    done = run_python(COUNTS, [], env=system.environment)
    assert done.stdout.strip() == "[2, 2]", done.stderr


def test_of_two_who_sign_at_once_one_wins(system):
    done = run_python(RACE, [ROUNDS], env=system.environment)
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rounds) == ROUNDS, done.stderr
    for certified, (approved, reopened), state, approvals in rounds:
        assert sorted(certified) == ["SNAPSHOT_STATE", "certified"]
        assert (reopened, state) == ("open", "open"), "Whether it was approved before or not"
        assert (approved, approvals) in {("approved", 1), ("SNAPSHOT_STATE", 0)}
