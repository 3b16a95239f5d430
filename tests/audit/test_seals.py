"""Events are sealed when they are committed, whatever the order, and a change of one shows."""

import hashlib
import json
from datetime import timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from typer.testing import CliRunner

from tidegate.audit import seal_events as sealing
from tidegate.audit.canonical import BEFORE_THE_FIRST, FORM, event_digest, seal_sha256
from tidegate.audit.models import Event, Head, Seal, Unsealed
from tidegate.audit.record import record_event
from tidegate.audit.seal_events import seal_events
from tidegate.audit.verify import verify
from tidegate.cli.main import app
from tidegate.project.grant_rights import changeable_tables, grant_rights
from tidegate.uploads.receipts.audit_heads import head_of_now, in_json, keep_head_of_today

pytestmark = pytest.mark.usefixtures("committed")
_OLD_RELEASE = """
    INSERT INTO audit_event (act, person_email, school_year, subject_kind, subject_id, details)
    VALUES ('old.event', '', '', '', '', '{"n": 1.50}')
"""


@pytest.fixture
def other_session():
    """A second session of the database, whose transaction ends when the test says so."""
    parameters = {
        k: v for k, v in connection.get_connection_params().items() if k in ("host", "port", "user", "dbname")
    }
    session = psycopg.connect(**parameters)
    yield session
    session.close()


def some_events(count: int = 5) -> list[int]:
    return [record_event("focus.saved", by=None, number=number).pk for number in range(count)]


def errors(*heads) -> list[str]:
    known = {}
    for number, sha256 in heads:
        known.setdefault(number, []).append(("The head", sha256))
    return verify(known).errors


def let_seals_be_older(seconds: int) -> None:
    """Move the seals into the past, as if the time had gone by, and chain them anew."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        before = BEFORE_THE_FIRST
        for seal in Seal.objects.order_by("number"):
            seal.at -= timedelta(seconds=seconds)
            seal.sha256 = before = sealing.sha256_of(seal, before)
            seal.save()
        cursor.execute("RESET session_replication_role")


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_what_is_sealed_and_untouched_has_no_fault():
    some_events()
    assert seal_events() == 5
    found = verify({})
    assert (found.errors, found.event_count, found.seal_count, found.unsealed_count) == ([], 5, 1, 0)
    assert (seal_events(), Seal.objects.count()) == (0, 1)


def test_seals_are_chained_and_of_bounded_size(monkeypatch):
    monkeypatch.setattr(sealing, "_EVENTS_PER_SEAL", 2)
    some_events(5)
    assert seal_events() == 5
    assert list(Seal.objects.order_by("number").values_list("number", "event_count")) == [(1, 2), (2, 4), (3, 5)]
    assert errors() == []


def test_a_transaction_that_commits_late_is_sealed_late_and_never_lost(other_session):
    other_session.execute(_OLD_RELEASE)  # has its ID, and is not committed
    later = some_events(2)
    assert seal_events() == 2
    other_session.commit()
    late = Event.objects.get(act="old.event").pk
    assert late < min(later)
    assert verify({}).unsealed_count == 1
    let_seals_be_older(60)  # also where it was on its way for long
    assert seal_events() == 1
    assert errors() == []
    assert [seal.event_ids for seal in Seal.objects.order_by("number")] == [later, [late]]


def test_what_was_rolled_back_is_waited_for_by_nobody(other_session):
    other_session.execute(_OLD_RELEASE)
    other_session.rollback()
    some_events(1)
    assert (seal_events(), errors(), Unsealed.objects.count()) == (1, [], 0)


def test_recording_waits_for_no_seal_and_sealing_for_no_event(other_session):
    other_session.execute(_OLD_RELEASE)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
        some_events(1)
        assert seal_events() == 1
        cursor.execute("RESET lock_timeout")
    other_session.commit()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE audit_event SET act = 'focus.savec' WHERE id = %s", "Event {} was changed"),
        ("UPDATE audit_event SET at = at + interval '1 microsecond' WHERE id = %s", "Event {} was changed"),
        ("UPDATE audit_event SET details = '{{\"number\": 9}}' WHERE id = %s", "Event {} was changed"),
        ("UPDATE audit_event SET address = '10.0.0.1' WHERE id = %s", "Event {} was changed"),
        ("DELETE FROM audit_event WHERE id = %s", "Event {} was removed"),
    ],
)
def test_a_changed_or_removed_event_is_named(tamper, statement, sentence):
    ids = some_events()
    seal_events()
    tamper(statement.replace("{{", "{").replace("}}", "}"), ids[2])
    assert errors() == [sentence.format(ids[2])]


def test_events_in_another_order_are_named(tamper):
    ids = some_events()
    seal_events()
    for old, new in ((ids[1], -1), (ids[3], ids[1]), (-1, ids[3])):
        tamper("UPDATE audit_event SET id = %s WHERE id = %s", new, old)
    assert errors() == [f"Event {ids[1]} was changed", f"Event {ids[3]} was changed"]


def test_an_event_that_was_put_in_past_the_trigger_is_named(tamper):
    ids = some_events(2)
    tamper("DELETE FROM audit_event WHERE id = %s", ids[0])
    seal_events()
    tamper("INSERT INTO audit_event SELECT %s, at, act FROM audit_event WHERE false", 1)
    tamper(_OLD_RELEASE)
    seal_events()
    put_in = Event.objects.get(act="old.event").pk
    assert errors() == [
        f"Event {ids[0]} was removed",
        f"Event {put_in} was put in: no seal has it, and it does not wait for one",
    ]


@pytest.mark.parametrize("is_sealed", [False, True])
def test_an_event_with_a_day_of_before_is_named_whether_sealed_or_not(is_sealed):
    some_events(2)
    seal_events()
    let_seals_be_older(60)
    event = Event.objects.create(act="upload.sent", at=timezone.now() - timedelta(days=3))
    if is_sealed:
        seal_events()
    (sentence,) = errors()
    assert sentence.startswith(f"Event {event.pk} was put in: it says that it is of ")


def test_an_event_with_an_id_of_before_is_named(tamper):
    ids = some_events(3)
    tamper("DELETE FROM audit_event WHERE id = %s", ids[1])
    tamper("DELETE FROM audit_unsealed WHERE event_id = %s", ids[1])  # a gap, as a transaction that failed leaves it
    seal_events()
    let_seals_be_older(60)
    some_events(1)
    seal_events()
    Event.objects.create(pk=ids[1], act="upload.sent")
    seal_events()
    assert [sentence.partition(":")[0] for sentence in errors()] == [f"Event {ids[1]} was put in"]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE audit_seal SET digests = set_byte(digests, 2, 255 - get_byte(digests, 2))", "was changed"),
        ("UPDATE audit_seal SET event_ids = '{}'", "was changed"),
        ("UPDATE audit_seal SET form = 99", "was changed"),
        ("DELETE FROM audit_seal", "Seal 2 was removed"),
    ],
)
def test_a_changed_or_removed_seal_is_named(tamper, statement, sentence):
    for _ in range(3):
        some_events(1)
        seal_events()
    tamper(f"{statement} WHERE number = 2")
    assert sentence in errors()[0]
    assert "2" in errors()[0]


def test_a_chain_that_was_rewritten_whole_does_not_fit_a_head(tamper):
    ids = some_events()
    seal_events()
    head = Seal.objects.get()
    tamper("DELETE FROM audit_event WHERE id = %s", ids[0])
    tamper("DELETE FROM audit_seal")
    tamper("INSERT INTO audit_unsealed SELECT id, 0 FROM audit_event")
    seal_events()
    assert errors() == []
    assert errors((head.number, head.sha256)) == ["The head does not fit: it has another hash for seal 1"]
    tamper("DELETE FROM audit_seal")
    assert "it knows seal 1, and the log ends with 0" in errors((head.number, head.sha256))[0]


def test_the_canonical_text_stays_what_it_is():
    at = timezone.datetime(2026, 11, 27, 15, 4, 5, tzinfo=timezone.get_fixed_timezone(-300))
    whom = (None, "ü@example.org", 1000, "2026-2027", "upload", "3")
    values = (7, at, "upload.sent", *whom, {"b": 1, "a": [1.5]}, "", "", "")
    digest = event_digest(values, FORM).hex()
    text = (
        '{"act":"upload.sent","address":"","at":"2026-11-27T20:04:05.000000+00:00","details":{"a":[1.5],"b":1},"id":7,'
        '"organization_id":1000,"person_email":"ü@example.org","person_id":null,"request_id":"",'
        '"school_year":"2026-2027","subject_id":"3","subject_kind":"upload","user_agent":""}'
    )
    assert digest == hashlib.sha256(text.encode()).hexdigest()
    sealed = hashlib.sha256(bytes(32) + b'{"digests":"01","number":1}').hexdigest()
    assert seal_sha256(BEFORE_THE_FIRST, digests=b"\x01", number=1) == sealed


def test_events_of_the_release_before_are_sealed_like_all(other_session):
    other_session.execute(_OLD_RELEASE)
    other_session.commit()
    assert (seal_events(), errors()) == (1, [])


def test_events_from_before_the_seals_are_sealed_once(other_session):
    call_command("migrate", "audit", "0004", verbosity=0)
    try:
        other_session.execute(_OLD_RELEASE)
        other_session.execute(_OLD_RELEASE)
        other_session.commit()
    finally:
        call_command("migrate", verbosity=0)  # also what other apps' migrations made of it, which went with it
    assert [seal_events(), seal_events()] == [2, 0]
    assert (errors(), Seal.objects.get().late_ids) == ([], [])


def test_the_command_names_tail_fault_and_head(tamper, tmp_path, settings):
    ids = some_events()
    seal_events()
    keep_head_of_today()
    kept = tmp_path / "kept.json"
    kept.write_text(in_json(head_of_now()))
    some_events(1)
    well = run("verify-audit", "--head", str(kept))
    assert (well.exit_code, "Not sealed yet" in well.output, "fits 3 signed heads" in well.output) == (0, True, True)
    tamper("UPDATE audit_event SET act = 'x' WHERE id = %s", ids[3])
    assert run("verify-audit").exit_code == 1
    assert f"Event {ids[3]} was changed." in run("verify-audit").output
    document = json.loads(kept.read_text())
    kept.write_text(json.dumps(document | {"head": document["head"] | {"event_count": 4}}))
    assert f"{kept} was not signed with this key" in run("verify-audit", "--head", str(kept)).output
    for wrong in (tmp_path / "none.json", tmp_path):
        assert run("verify-audit", "--head", str(wrong)).exit_code != 0


def test_the_head_of_a_day_is_signed_once_and_written_again_where_it_is_gone(settings):
    some_events()
    keep_head_of_today()
    assert not Head.objects.exists()  # nothing is sealed yet
    seal_events()
    keep_head_of_today()
    (file,) = settings.TIDEGATE_AUDIT_HEADS_DIR.iterdir()
    first = file.read_text()
    some_events()
    seal_events()
    file.unlink()
    keep_head_of_today()
    assert (file.read_text(), Head.objects.count()) == (first, 1)


def test_the_programs_own_role_can_add_read_and_seal_and_change_nothing():
    some_events(2)
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS program_of_a_test")
        cursor.execute("CREATE ROLE program_of_a_test")
        assert changeable_tables() == ["audit_event", "audit_head", "audit_seal"]
        grant_rights("program_of_a_test")
        cursor.execute("SET ROLE program_of_a_test")
        try:
            some_events(2)
            assert (seal_events(), errors(), changeable_tables()) == (4, [], [])
            keep_head_of_today()
            for order in (
                "UPDATE audit_event SET act = 'x'", "DELETE FROM audit_seal", "TRUNCATE audit_head",
                "ALTER TABLE audit_event DISABLE TRIGGER ALL", "SET session_replication_role = replica",
                "DROP TABLE audit_seal", "UPDATE django_migrations SET app = 'x'",
            ):  # fmt: skip
                with pytest.raises(psycopg.errors.InsufficientPrivilege) as caught:
                    connection.connection.execute(order)
                assert "append-only" not in str(caught.value)
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP OWNED BY program_of_a_test")
            cursor.execute("DROP ROLE program_of_a_test")
