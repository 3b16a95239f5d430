"""What the site looked like at one minute, and what it answered in it."""

from django.db import models


class Sample(models.Model):
    """One row a minute, kept for two days, so that the last day can be drawn. It says nothing about anybody."""

    at = models.DateTimeField(primary_key=True)  # the minute's beginning
    waiting_count = models.IntegerField()
    processing_count = models.IntegerField()
    oldest_waiting_seconds = models.IntegerField()
    worker_count = models.IntegerField()
    failed_job_count = models.IntegerField()

    def __str__(self) -> str:
        return f"Sample of {self.at:%Y-%m-%d %H:%M}"


class RequestSample(models.Model):
    """What all web processes have answered about this minute, kept as long."""

    at = models.DateTimeField(primary_key=True)
    request_count = models.IntegerField()
    failed_count = models.IntegerField()  # by our fault: a status of 500 or more
    slow_count = models.IntegerField()  # answered after more than a second
    seconds = models.FloatField()  # of all together

    def __str__(self) -> str:
        return f"Requests of {self.at:%Y-%m-%d %H:%M}"
