"""The nouns of the uploads: an upload and its findings."""

from tidegate.uploads.models.finding import Finding
from tidegate.uploads.models.upload import MOVES, State, Upload

__all__ = ["MOVES", "Finding", "State", "Upload"]
