"""The metrics, as Prometheus reads them: what the web processes have counted, and what the database knows."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import DatabaseError, InterfaceError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tidegate.project.request_counts import register_counts
from tidegate.uploads.monitoring.measure import RECENT_MINUTES, Measures, measure


def metrics_text() -> bytes:
    """Return all metrics. While the database does not answer, those that need it are left out."""
    registry = CollectorRegistry()
    register_counts(registry)
    registry.register(_Measured(_measure_or_none()))
    return generate_latest(registry)


def _measure_or_none() -> Measures | None:
    try:
        return measure()
    except (DatabaseError, InterfaceError):
        return None


class _Measured(Collector):
    """Hands out what was measured in the database."""

    def __init__(self, measured: Measures | None) -> None:
        self._measured = measured

    def collect(self) -> Iterator[Metric]:
        """Yield each metric."""
        is_up = self._measured is not None
        yield _gauge("database_up", "Whether the database answers, at this release", {(): is_up})
        if self._measured is not None:
            yield from _of_uploads(self._measured)
            yield from _of_work(self._measured)


def _of_uploads(measured: Measures) -> Iterator[Metric]:
    by_state = {(state,): count for state, count in measured.uploads.items()}
    yield _gauge("uploads", "Uploads by state", by_state, "state")
    oldest = {(): measured.oldest_waiting_seconds}
    yield _gauge("oldest_waiting_upload_seconds", "How long the oldest upload has waited; 0 where none waits", oldest)
    within = f"of the uploads that ended within the last {RECENT_MINUTES} minutes"
    yield _gauge("rows_recent", f"Rows {within}", {(): measured.recent_row_count})
    yield _gauge("rows_per_second", f"Rows a second of one worker, {within}", {(): measured.rows_per_second})
    incidents = {(): measured.recent_incident_count}
    yield _gauge("incidents_recent", f"Which ones failed because of a problem on our side, {within}", incidents)
    meaning = "Findings by rule, of the uploads that ended within the last hour"
    yield _gauge("findings_last_hour", meaning, measured.findings, "rule", "severity")


def _of_work(measured: Measures) -> Iterator[Metric]:
    yield _gauge("jobs", "Jobs in the queue; failed ones were given up", measured.jobs, "task", "status")
    yield _gauge("failed_jobs", "Jobs that were given up and not forgotten yet", {(): measured.failed_job_count})
    by_lane = {(lane,): count for lane, count in measured.workers.items()}
    yield _gauge("workers_alive", "Workers that have given a sign of life lately", by_lane, "lane")


def _gauge(name: str, meaning: str, values: Mapping[Any, float], *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"tidegate_{name}", meaning, labels=labels)
    for key, value in values.items():
        family.add_metric(key, float(value))
    return family
