"""Measures how the site does, from the database, at a cost that does not grow with what was ever found.

Every statement goes by an index or a small table; none of them looks at findings, which are counted per upload.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from tidegate.uploads.models import State
from tidegate.uploads.queue import QUEUES

RECENT_MINUTES = 5
"""The time over which the speed of the workers is measured."""
_FINDINGS_MINUTES = 60
_LIMIT = "SET LOCAL statement_timeout = '5s'"
_STATES = "SELECT state, count(*) FROM uploads_upload GROUP BY state"
_OLDEST = """
SELECT coalesce(extract(epoch FROM now() - min(greatest(upload.sent_at, released.at))), 0)::float
FROM uploads_upload upload
LEFT JOIN uploads_decision released ON released.upload_id = upload.id AND released.act = 'release'
WHERE upload.state = 'waiting'
"""
_RECENT = f"""
SELECT coalesce(sum(row_count), 0)::bigint, coalesce(sum(extract(epoch FROM finished_at - started_at)), 0)::float,
    count(*) FILTER (WHERE incident_id <> '')
FROM uploads_upload WHERE finished_at > now() - interval '{RECENT_MINUTES} minutes'
"""
_FINDINGS = f"""
SELECT found.code, found.severity, sum(found.count)::bigint
FROM uploads_upload upload JOIN uploads_findingcount found ON found.upload_id = upload.id
WHERE upload.finished_at > now() - interval '{_FINDINGS_MINUTES} minutes' GROUP BY 1, 2 ORDER BY 1, 2
"""
_JOBS = "SELECT task_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2"
_WORKERS = """
SELECT lane, count(*) FROM uploads_workerlane JOIN procrastinate_workers worker ON worker.id = worker_id
WHERE last_heartbeat > now() - make_interval(secs => %s) GROUP BY lane
"""


@dataclass(frozen=True)
class Measures:
    """How the site does now. Findings are those of uploads that ended within the last hour, by rule and severity."""

    uploads: dict[str, int]
    oldest_waiting_seconds: float
    recent_row_count: int
    recent_work_seconds: float
    recent_incident_count: int
    findings: dict[tuple[str, str], int]
    jobs: dict[tuple[str, str], int]
    workers: dict[str, int]

    @property
    def rows_per_second(self) -> float:
        """How many rows a worker brings to their end in a second, over the last minutes; 0 where none had work."""
        return self.recent_row_count / self.recent_work_seconds if self.recent_work_seconds else 0.0

    @property
    def failed_job_count(self) -> int:
        """How many jobs were given up and are not forgotten yet."""
        return sum(count for (_, status), count in self.jobs.items() if status == "failed")

    @property
    def worker_count(self) -> int:
        """How many workers are alive, in all lanes."""
        return sum(self.workers.values())


@transaction.atomic
def measure() -> Measures:
    """Return the measures of this moment."""
    ask(_LIMIT)
    ((oldest,),) = ask(_OLDEST)
    ((rows, seconds, incidents),) = ask(_RECENT)
    return Measures(
        uploads={state.value: 0 for state in State} | dict(ask(_STATES)),
        oldest_waiting_seconds=max(0.0, oldest),
        recent_row_count=rows,
        recent_work_seconds=seconds,
        recent_incident_count=incidents,
        findings={(code, severity): count for code, severity, count in ask(_FINDINGS)},
        jobs={(task, status): count for task, status, count in ask(_JOBS)},
        workers=workers_alive(),
    )


def workers_alive() -> dict[str, int]:
    """Return how many workers of each lane have given a sign of life lately."""
    return dict.fromkeys(QUEUES, 0) | dict(ask(_WORKERS, settings.TIDEGATE_STALLED_SECONDS))


def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []
