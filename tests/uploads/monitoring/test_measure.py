"""What is measured in the database, what is kept of it, and how the last day is put together."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tidegate.file_types import find
from tidegate.project.metrics import metrics_text
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import RequestSample, Sample, Upload, WorkerLane
from tidegate.uploads.monitoring.measure import measure, workers_alive
from tidegate.uploads.monitoring.samples import add_requests, keep_sample, last_day, rules_of_last_day

CANARY = "CaNaRy77"
NUMBER = "900000001"
HEADER = ",".join(find("cte").layout.columns)


@pytest.fixture
def judged(send, specialist):
    """An upload with findings whose cells hold what must be nowhere else."""
    rows = [f"1000,2001,{NUMBER},{CANARY},01.0205,2020-09-01,,1.50,", ",".join([CANARY] * 9)]
    upload = send("\n".join([HEADER, *rows, ""]), by=specialist)
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    return upload


def register_worker(lane: str, *, seconds_ago: float = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
            " RETURNING id",
            [seconds_ago],
        )
        WorkerLane.objects.create(worker_id=cursor.fetchone()[0], lane=lane)


def test_uploads_are_counted_by_state_also_where_there_is_none(judged, send, specialist):
    send(f"{HEADER}\n", by=specialist)
    uploads = measure().uploads
    assert (uploads["waiting"], uploads["finished"], uploads["undone"]) == (1, 1, 0)


def test_the_oldest_upload_has_waited_since_it_was_sent_or_released(send, specialist):
    assert measure().oldest_waiting_seconds == 0
    upload = send(f"{HEADER}\n", by=specialist)
    Upload.objects.filter(pk=upload.pk).update(sent_at=timezone.now() - timedelta(hours=2))
    assert 7_100 < measure().oldest_waiting_seconds < 7_300
    upload.decisions.create(act="release", by=specialist)
    assert measure().oldest_waiting_seconds < 100


def test_speed_and_findings_are_those_of_what_has_ended_lately(judged):
    measured = measure()
    assert measured.recent_row_count == 2
    assert measured.rows_per_second > 0
    assert sum(measured.findings.values()) == judged.findings.count()
    Upload.objects.update(finished_at=timezone.now() - timedelta(hours=3))
    measured = measure()
    assert (measured.recent_row_count, measured.rows_per_second, measured.findings) == (0, 0, {})


def test_workers_are_counted_by_lane_as_long_as_they_give_signs(db):
    register_worker("all")
    register_worker("small")
    register_worker("small", seconds_ago=3_600)
    assert workers_alive() == {"all": 1, "small": 1}


def test_no_measure_reads_a_finding(judged, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as asked:
        measure()
        rules_of_last_day(at_most=10)
    assert not any("uploads_finding " in query["sql"] for query in asked.captured_queries)


def test_metrics_say_what_is_measured_and_hold_nothing_of_a_student(judged):
    text = metrics_text().decode()
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["tidegate_uploads", "finished"] == 1
    assert found["tidegate_database_up",] == 1
    assert found["tidegate_findings_last_hour", "CELL103", "error"] >= 1
    assert {"tidegate_oldest_waiting_upload_seconds", "tidegate_rows_per_second", "tidegate_failed_jobs"} <= {
        key[0] for key in found
    }
    for value in (CANARY, NUMBER, "upload.csv", "1000"):
        assert value not in text


def test_a_sample_is_kept_once_a_minute_and_for_two_days(send, specialist):
    send(f"{HEADER}\n", by=specialist)
    old = timezone.now() - timedelta(days=3)
    Sample.objects.create(
        at=old, waiting_count=1, processing_count=0, oldest_waiting_seconds=0, worker_count=0, failed_job_count=0
    )
    RequestSample.objects.create(at=old, request_count=1, failed_count=0, slow_count=0, seconds=1)
    keep_sample()
    keep_sample()
    assert 1 <= Sample.objects.count() <= 2  # a minute may have begun in between
    assert Sample.objects.latest("at").waiting_count == 1
    assert not RequestSample.objects.exists()


def test_the_last_day_has_every_slot_and_gaps_where_nothing_was_sampled(judged):
    keep_sample()
    add_requests(request_count=30, failed_count=1, slow_count=2, seconds=4.5)
    hours = last_day(every=timedelta(hours=1))
    assert len(hours) == 24
    assert hours[0].waiting_count is None
    assert sum(hour.finished_count for hour in hours) == 1
    assert sum(hour.row_count for hour in hours) == 2
    assert (sum(hour.request_count for hour in hours), sum(hour.slow_request_count for hour in hours)) == (30, 2)
    parts = last_day(every=timedelta(minutes=15))
    assert parts[0].begins_at == hours[0].begins_at
    assert sum(part.row_count for part in parts) == 2
    assert rules_of_last_day(at_most=1)[0].upload_count == 1
