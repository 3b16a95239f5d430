"""The nouns of collection windows."""

from tidegate.windows.models.allowance import LateAllowance
from tidegate.windows.models.window import CollectionWindow, WindowState
from tidegate.windows.models.year import NotCollected, YearMove

__all__ = ["CollectionWindow", "LateAllowance", "NotCollected", "WindowState", "YearMove"]
