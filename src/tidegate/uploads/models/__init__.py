"""The nouns of the uploads: an upload, its findings and its receipt."""

from tidegate.uploads.models.finding import Finding
from tidegate.uploads.models.receipt import Receipt
from tidegate.uploads.models.upload import MOVES, State, Upload

__all__ = ["MOVES", "Finding", "Receipt", "State", "Upload"]
