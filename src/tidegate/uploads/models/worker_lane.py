"""Which lane a worker is in."""

from django.db import models
from django.db.models.functions import Now


class WorkerLane(models.Model):
    """The lane of one worker process, under the number that the queue knows it by.

    The queue's own table has the signs of life; it goes without a foreign key, since the queue deletes its rows.
    """

    worker_id = models.BigIntegerField(primary_key=True)
    lane = models.CharField(max_length=20)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Worker {self.worker_id} in the lane {self.lane}"
