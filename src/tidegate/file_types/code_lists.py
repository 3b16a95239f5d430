"""The code lists that the present state's file types look codes up in, and which of them nobody has imported."""

from tidegate.core.layouts.column_types import Code as CodeColumn
from tidegate.file_types.file_type import FileType, find_all
from tidegate.reference.models import Code


def list_names(file_type: FileType) -> list[str]:
    """Return the names of the lists that a file type's columns refer to in any year, each once, in order."""
    columns = file_type.layout.columns.values()
    types = [of for column in columns for of in (column.type, *(change.type for change in column.changes))]
    return list(dict.fromkeys(of.list_name for of in types if isinstance(of, CodeColumn)))


def lists_not_imported() -> dict[str, str]:
    """Return the lists of which no code is on file, each with the names of the file types that need it."""
    users: dict[str, list[str]] = {}
    for file_type in find_all().values():
        for name in list_names(file_type):
            users.setdefault(name, []).append(file_type.name)
    known = set(Code.objects.filter(list_name__in=users).values_list("list_name", flat=True).distinct())
    return {name: " and ".join(of) for name, of in users.items() if name not in known}
