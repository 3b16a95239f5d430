"""Ready formats: mappings for exports of student information systems, as data in the file type's folder `formats/`."""

import tomllib
from collections.abc import Mapping

import msgspec

from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.layouts.mapping import ColumnMapping, mapping_from
from tidegate.core.layouts.toml_lines import read_utf8
from tidegate.file_types.file_type import FileType

_FOLDER = "formats"


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A format as its file has it."""

    title: str
    sources: tuple[str, ...]
    note: str
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    ignored: tuple[str, ...] = ()


class ReadyFormat(msgspec.Struct, frozen=True):
    """The export of a program: what it is called, where it is described, what is known of it, and the mapping."""

    slug: str
    title: str
    sources: tuple[str, ...]
    note: str
    mapping: ColumnMapping


def formats_of(file_type: FileType) -> Mapping[str, ReadyFormat]:
    """Return the ready formats of a file type, by slug. Raises BrokenLayout where one is wrong."""
    found = {}
    for path in sorted((file_type.folder / _FOLDER).glob("*.toml")):
        try:
            written = msgspec.toml.decode(read_utf8(path), type=_Written)
            said = {"columns": written.columns, "values": written.values, "ignored": list(written.ignored)}
            mapping = mapping_from(said, file_type.layout)
        except (msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
            raise BrokenLayout(f"{path}:1: {error}") from error
        except Refusal as refusal:
            raise BrokenLayout(f"{path}:1: {refusal.message}") from refusal
        if not written.sources:
            raise BrokenLayout(f"{path}:1: a format names its sources, so that anybody can look them up")
        slug = path.stem.replace("_", "-")
        found[slug] = ReadyFormat(slug, written.title, written.sources, written.note, mapping)
    return found
