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


def test_of_two_who_sign_at_once_one_wins(system):
    done = run_python(RACE, [ROUNDS], env=system.environment)
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rounds) == ROUNDS, done.stderr
    for certified, (approved, reopened), state, approvals in rounds:
        assert sorted(certified) == ["SNAPSHOT_STATE", "certified"]
        assert (reopened, state) == ("open", "open"), "Whether it was approved before or not"
        assert (approved, approvals) in {("approved", 1), ("SNAPSHOT_STATE", 0)}
