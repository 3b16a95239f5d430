"""Whatever writes versions is a change, and a version knows the change that it began and ended with."""

import shutil

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tidegate.file_types import find
from tidegate.records.changes import next_change_id, note_change
from tidegate.records.import_folder import import_reference
from tidegate.records.models import Change, ChangeKind, Enrollment, StudentVersion
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import later_uploads, undo
from tidegate.uploads.models import Act
from tidegate.uploads.queries.changes import changes_by_id, restored_with

FILE = f"{CTE_HEADER}\n{LINE}\n"
CORRECTED = FILE.replace("1.50", "2.00")


@pytest.fixture
def write_reference(state, tmp_path):
    """Import the case's reference folder again, with another name of a student."""
    folder = tmp_path / "again"
    shutil.copytree(find("cte").folder / "cases" / "all_good" / "reference", folder)
    lines = (folder / "students.csv").read_text().splitlines()

    def write(name: str) -> None:
        changed = [f"900000001,{name},Aria,,2004-05-17,F" if row.startswith("900000001") else row for row in lines]
        (folder / "students.csv").write_text("\n".join([*changed, ""]))
        import_reference(folder, by=None)

    return write


def test_an_upload_is_a_change_with_the_same_id_whoever_adds_it(process_file, specialist):
    upload = process_file(FILE, by=specialist)
    change = Change.objects.get(pk=upload.pk)
    named = (change.kind, change.organization_id, change.school_year_id, change.made_by_id, change.file_type)
    assert named == ("upload", 1000, 2020, specialist.pk, "cte")
    assert change.at == upload.sent_at
    assert CteRecord.objects.get().began_with == change.pk


def test_an_import_is_a_change_and_its_versions_name_it(state):
    change = Change.objects.get(kind=ChangeKind.IMPORT)
    for model in (Enrollment, StudentVersion):
        assert set(model.objects.values_list("began_with", flat=True)) == {change.pk}
    assert (change.made_by, change.organization) == (None, None)


def test_what_an_import_replaces_ended_with_that_import(write_reference):
    write_reference("Amplifier")
    write_reference("Backbeat")
    old, new = StudentVersion.objects.filter(student="900000001").order_by("pk")[1:]
    assert old.last_name == "Amplifier"
    assert new.began_with == old.ended_with == Change.objects.latest("pk").pk


def test_an_import_that_changes_nothing_is_no_change(write_reference):
    write_reference("Amplifier")
    before = Change.objects.count()
    write_reference("Amplifier")
    assert Change.objects.count() == before


def test_an_undo_is_a_change_that_its_versions_name(process_file, specialist):
    first = process_file(FILE, by=specialist)
    second = process_file(CORRECTED, by=specialist)
    undo(second, by=specialist)
    change = Change.objects.get(kind=ChangeKind.UNDO)
    assert (change.undoes, change.made_by_id, change.organization_id) == (second.pk, specialist.pk, 1000)
    assert CteRecord.objects.get(began_with=second.pk).ended_with == change.pk
    restored = CteRecord.objects.get(replaced_at=None)
    assert (restored.began_with, restored.restored_at) == (first.pk, change.at)
    assert [seen.change.pk for seen in restored_with([restored], person=specialist).values()] == [change.pk]
    assert later_uploads(first) == []


def test_ids_of_changes_and_uploads_never_meet(process_file, specialist):
    drawn = next_change_id()
    assert process_file(FILE, by=specialist).pk == drawn + 1
    assert next_change_id() == drawn + 2


def test_a_person_sees_of_a_change_what_they_may_see_of_the_upload(process_file, specialist, viewer, other_specialist):
    upload = process_file(FILE, by=specialist, file_name="october.csv")
    undo(upload, by=specialist)
    undone = Change.objects.get(kind=ChangeKind.UNDO)
    ids = [upload.pk, undone.pk, None, 0]
    own = changes_by_id(ids, person=viewer)
    assert [(own[pk].title, own[pk].by) for pk in ids[:2]] == [
        ("october.csv", specialist.name),
        ("Undo of october.csv", specialist.name),
    ]
    assert own[undone.pk].upload == upload
    others = changes_by_id(ids, person=other_specialist)
    assert [(others[pk].title, others[pk].by, others[pk].upload) for pk in ids[:2]] == [
        (f"Upload {upload.pk}", "", None),
        (f"Undo of upload {upload.pk}", "", None),
    ]


def test_a_correction_by_hand_needs_a_reason(state, specialist):
    with pytest.raises(IntegrityError, match="change_by_hand_has_a_reason"), transaction.atomic():
        note_change(ChangeKind.BY_HAND, by=specialist)
    assert note_change(ChangeKind.BY_HAND, by=specialist, reason="Wrong day").reason == "Wrong day"


def test_an_upgrade_notes_the_uploads_and_undos_that_are_there(process_file, specialist):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor = MigrationExecutor(connection)
    noted = ("uploads", "0014_changes_of_uploads")
    latest = executor.loader.graph.leaf_nodes("uploads")
    before = [each.key for each in executor.loader.graph.node_map[noted].parents if each.key[0] == "uploads"]
    upload = process_file(FILE, by=specialist)
    old = executor.migrate(before).apps
    assert not Change.objects.filter(kind=ChangeKind.UPLOAD).exists()
    old.get_model("uploads", "Decision").objects.create(upload_id=upload.pk, act=Act.UNDO, by_id=specialist.pk)
    sent_before = old.get_model("uploads", "Upload").objects.create(
        file_type="cte", file_name="a.csv", organization_id=1000, school_year_id=2020, sent_by_id=specialist.pk,
        sent_at=upload.sent_at, byte_count=1,
    )  # fmt: skip
    MigrationExecutor(connection).migrate(latest)
    kinds = Change.objects.exclude(kind=ChangeKind.IMPORT).order_by("pk").values_list("kind", "undoes")
    assert list(kinds) == [("upload", None), ("upload", None), ("undo", upload.pk)]
    assert Change.objects.get(undoes=upload.pk).pk > sent_before.pk
