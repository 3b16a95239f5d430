"""The nouns of the uploads: an upload, its findings, what was decided about it, its progress and its receipt."""

from tidegate.uploads.models.decision import Act, Decision
from tidegate.uploads.models.finding import Finding
from tidegate.uploads.models.finding_count import FindingCount
from tidegate.uploads.models.progress import Progress, Step
from tidegate.uploads.models.receipt import Receipt
from tidegate.uploads.models.sample import RequestSample, Sample
from tidegate.uploads.models.upload import MOVES, State, Upload
from tidegate.uploads.models.webhook import Webhook
from tidegate.uploads.models.webhook_secret import WebhookSecret
from tidegate.uploads.models.worker_lane import WorkerLane

__all__ = [
    "MOVES",
    "Act",
    "Decision",
    "Finding",
    "FindingCount",
    "Progress",
    "Receipt",
    "RequestSample",
    "Sample",
    "State",
    "Step",
    "Upload",
    "Webhook",
    "WebhookSecret",
    "WorkerLane",
]
