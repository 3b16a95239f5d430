"""The code lists that file types look codes up in, and which of them nobody has imported."""

from collections.abc import Iterable

from tidegate.file_types.file_type import FileType
from tidegate.reference.models import Code


def how_to_import(name: str) -> str:
    """Return what brings a list."""
    return f"tidegate import-reference with {name}.csv in the folder"


def lists_not_imported(types: Iterable[FileType]) -> dict[str, str]:
    """Return the lists that these file types need and of which no code is on file, each with a sentence: which columns
    need it, with file and line."""
    needed: dict[str, list[str]] = {}
    for file_type in types:
        for name, column in file_type.layout.code_lists().items():
            sentence = f"{column} of {file_type.name} needs the list {name}, which nobody has imported"
            needed.setdefault(name, []).append(file_type.in_layout(sentence, f"columns.{column}.of"))
    known = set(Code.objects.filter(list_name__in=needed).values_list("list_name", flat=True).distinct())
    return {name: "; ".join(sentences) for name, sentences in needed.items() if name not in known}
