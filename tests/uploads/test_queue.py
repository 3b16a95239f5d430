"""The queue: what stands in the database for a job, by which workers of other releases find it, too."""

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tidegate.accountability import tasks as snapshot_tasks
from tidegate.reference.models import Organization
from tidegate.uploads import tasks
from tidegate.uploads.queue import (
    RECHECK,
    drop_waiting,
    enqueue,
    enqueue_recheck,
    enqueue_webhook,
    waiting_rechecks,
)
from tidegate.uploads.rechecks.recheck import recheck_for_all_waiting

TASKS = {
    "process_upload": "uploads",
    "deliver_webhook": "webhooks",
    "apply_retention": "large-uploads",
    "recheck_lines": "rechecks",
    "seal_events": "audit",
    "keep_sample": "watch",
    "back_up_when_due": "backups",
    "take_up_stalled_jobs": "upkeep",
    "load_waiting_rows": "waiting-rows",
    "look_at_waiting_rows": "waiting-rows",
    "send_mail": "mail",
    "send_digests": "mail",
    "end_idle_access": "mail",
    "remind_of_due_files": "mail",
    "take_snapshot": "snapshots",
}


def test_every_task_keeps_its_name_and_queue_for_other_releases():
    modules = (tasks.__name__, snapshot_tasks.__name__)
    ours = {name: task.queue for name, task in app.tasks.items() if task.func.__module__ in modules}
    assert ours == TASKS, "A worker of the release before looks for the name in the database: keep it, or add a task"


def test_an_upload_is_queued_by_name_in_the_lane_of_its_size(state, settings):
    settings.TIDEGATE_SMALL_UPLOAD_KB = 1
    school = Organization.objects.filter(parent__isnull=False).first()
    enqueue(5, school, byte_count=1000)
    enqueue(6, school.parent, byte_count=1001)
    jobs = ProcrastinateJob.objects.order_by("id").values_list("task_name", "queue_name", "lock", "args", "status")
    lock = f"organization:{school.parent_id}"
    assert list(jobs) == [
        ("process_upload", "uploads", lock, {"upload_id": 5}, "todo"),
        ("process_upload", "large-uploads", lock, {"upload_id": 6}, "todo"),
    ]


def test_a_message_is_queued_by_name_and_waits_for_no_other(db):
    enqueue_webhook(webhook_id=3, message_id="msg_1", body="{}")
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.queue_name, job.lock) == ("deliver_webhook", "webhooks", None)
    assert job.args == {"webhook_id": 3, "message_id": "msg_1", "body": "{}"}


def test_each_change_of_a_list_queues_a_recheck_of_its_own(db):
    enqueue_recheck()
    enqueue_recheck()
    jobs = ProcrastinateJob.objects.values_list("task_name", "queue_name", "lock", "queueing_lock")
    assert list(jobs) == [("recheck_lines", "rechecks", RECHECK, None)] * 2, "The first may be under way before we end"


def test_one_recheck_does_for_all_that_waited_when_it_began(state):
    enqueue_recheck()
    enqueue_recheck()
    recheck_for_all_waiting()
    assert waiting_rechecks() == []


def test_a_recheck_that_is_queued_meanwhile_runs_still(db):
    enqueue_recheck()
    waiting = waiting_rechecks()
    enqueue_recheck()
    drop_waiting(waiting)
    assert len(waiting_rechecks()) == 1
