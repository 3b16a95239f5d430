"""The file types of the present state: one folder each in its package, found by looking, never registered."""

from tidegate.file_types.file_type import FileType, find, find_all

__all__ = ["FileType", "find", "find_all"]
