"""The nouns of the uploads: an upload, its findings, what was decided about it, its progress and its receipt."""

from tidegate.uploads.models.day_count import RuleDay, UploadDay
from tidegate.uploads.models.enrollment_claim import EnrollmentClaim
from tidegate.uploads.models.finding import Finding, FindingCount
from tidegate.uploads.models.last_file import WITH_A_FILE, LastFile, Standing
from tidegate.uploads.models.misfit import Misfit
from tidegate.uploads.models.planned_lines import LineToWithdraw, PlannedKind, PlanSlice
from tidegate.uploads.models.row_correction import RowCorrection
from tidegate.uploads.models.sample import RequestSample, Sample
from tidegate.uploads.models.saved_mapping import SavedMapping
from tidegate.uploads.models.upload import MOVES, Act, Decision, Missing, Progress, Receipt, State, Step, Upload
from tidegate.uploads.models.upload_cause import UploadCause
from tidegate.uploads.models.waiting_row import WaitEnd, WaitingRow, WaitState
from tidegate.uploads.models.webhook import Webhook, WebhookSecret
from tidegate.uploads.models.worker_lane import WorkerLane

__all__ = [
    "MOVES",
    "WITH_A_FILE",
    "Act",
    "Decision",
    "EnrollmentClaim",
    "Finding",
    "FindingCount",
    "LastFile",
    "LineToWithdraw",
    "Misfit",
    "Missing",
    "PlanSlice",
    "PlannedKind",
    "Progress",
    "Receipt",
    "RequestSample",
    "RowCorrection",
    "RuleDay",
    "Sample",
    "SavedMapping",
    "Standing",
    "State",
    "Step",
    "Upload",
    "UploadCause",
    "UploadDay",
    "WaitEnd",
    "WaitState",
    "WaitingRow",
    "Webhook",
    "WebhookSecret",
    "WorkerLane",
]
