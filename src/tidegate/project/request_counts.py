"""Counts requests, and how long they take, in all web processes of this machine together.

A page is counted under its name, never under its address, which has numbers in it without end. Where
PROMETHEUS_MULTIPROC_DIR names a folder, which `tidegate web` makes, each process counts in files of its own there.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import Resolver404, resolve
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_PROCESS_FILE = re.compile(r"gauge_live\w+_(\d+)\.db")

requests = Counter("tidegate_requests", "Requests that were answered", ["page", "method", "status"], registry=None)
request_seconds = Histogram(
    "tidegate_request_seconds",
    "Seconds from when a request was here as a whole to when its answer began",
    ["page"],
    buckets=_SECONDS,
    registry=None,
)
unfinished = Gauge(
    "tidegate_requests_unfinished",
    "Requests that are still arriving, or whose answer is not sent as a whole yet",
    ["step"],
    multiprocess_mode="livesum",
    registry=None,
)


def page_of(path: str) -> str:
    """Return the name of the page at an address; `none` where there is none."""
    if path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
        return "static"
    try:
        return resolve(path).view_name or "unnamed"
    except Resolver404:
        return "none"


def method_of(said: str) -> str:
    """Return the method, if it is one of those that exist: anybody can think of others."""
    return said if said in _METHODS else "other"


def register_counts(registry: CollectorRegistry) -> None:
    """Make the registry report what the processes of this machine have counted."""
    if folder := os.environ.get(FOLDER):
        for process_id in _gone(Path(folder)):
            mark_process_dead(process_id)  # type: ignore[no-untyped-call]
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for each in (requests, request_seconds, unfinished):
            registry.register(each)


def _gone(folder: Path) -> Iterator[int]:
    """Yield the processes that are gone: what they had begun will not be finished any more."""
    for path in folder.glob("gauge_live*.db"):
        if (found := _PROCESS_FILE.fullmatch(path.name)) and not Path(f"/proc/{found[1]}").exists():
            yield int(found[1])
