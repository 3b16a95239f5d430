"""The nouns of the uploads: an upload, its findings, what was decided about it, and its receipt."""

from tidegate.uploads.models.decision import Act, Decision
from tidegate.uploads.models.finding import Finding
from tidegate.uploads.models.receipt import Receipt
from tidegate.uploads.models.upload import MOVES, State, Upload
from tidegate.uploads.models.webhook import Webhook

__all__ = ["MOVES", "Act", "Decision", "Finding", "Receipt", "State", "Upload", "Webhook"]
