"""A file type: its layout, rules, guide and sample, read from its folder."""

import csv
import io
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType

import msgspec

from tidegate.core.errors import NotFound
from tidegate.core.layouts.import_checked import import_checked
from tidegate.core.layouts.layout import VALUE, Layout
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.layouts.requirements import example_in
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import StatePackage, present_package
from tidegate.core.layouts.toml_lines import BrokenSetting, read_utf8, with_line
from tidegate.core.rules.catalogue import RuleIndex, rules_in
from tidegate.core.rules.make_line_rules import make_line_rules
from tidegate.core.rules.rule import FileRule, RowRule, Rule

FOLDER = "file_types"
"""Where a state's package has its file types."""
LAYOUT = "layout.toml"


class FileType(msgspec.Struct, frozen=True, dict=True):
    """What a file is about, such as enrollments. `slug` is the folder's name with hyphens, as in
    URLs and commands; `package` is the folder as Python imports it."""

    slug: str
    package: str
    folder: Path
    layout: Layout

    @property
    def name(self) -> str:
        """The entry in the File Type drop-down."""
        return self.layout.name

    @cached_property
    def rules(self) -> tuple[RowRule, ...]:
        """The type's own rules by code, with those about lines that its layout has by its group or key; one in
        `rules/` with the code of such a rule takes its place.

        Raises BrokenLayout where a module of `rules/` has not one rule.
        """
        package = import_checked(f"{self.package}.rules")
        own = [rule.of_layout(self.layout) for rule in rules_in(package) if issubclass(rule, RowRule)]
        by_code = make_line_rules(self.layout) | {rule.code: rule for rule in own}
        return tuple(rule for _, rule in sorted(by_code.items()))

    def rules_of_year(self, school_year: SchoolYear) -> tuple[RowRule, ...]:
        """Return the type's own rules of that school year, by code."""
        return tuple(rule for rule in self.rules if school_year.is_within(rule.since, rule.until))

    @cached_property
    def guide(self) -> str:
        """What an uploader should know in addition to the requirements, as Markdown."""
        return read_utf8(self.folder / "guide.md")

    def in_layout(self, sentence: str, keys: str) -> str:
        """Return a sentence about the layout with its file and the line of these keys, such as `columns.SAUID`."""
        path = self.folder / LAYOUT
        return with_line(path, read_utf8(path), BrokenSetting(sentence, keys), decode=lambda raw: raw)

    def rules_by_code(self) -> Mapping[str, type[Rule]]:
        """Return every rule that a file of this type can break, the built-in ones first, by code."""
        return RuleIndex(type(rule) for rule in self.rules)

    @property
    def errors_that_wait(self) -> frozenset[str]:
        """The codes of errors with which a row may wait: those of `may_wait`, and of the rules by which a row is held
        back that is replaced together with such a row; none where no row may wait."""
        if not self.layout.may_wait:
            return frozenset()
        held_back = (rule.code for rule in self.rules if isinstance(rule, FileRule) and rule.held_back_by)
        return frozenset({*self.layout.may_wait, *held_back})

    def sample_csv(self, school_year: SchoolYear) -> str:
        """Return the sample file: the header and one example row, whose student can never be real."""
        columns = self.layout.columns_in(school_year)
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(column.name for column in columns)
        writer.writerow(example_in(column, school_year) for column in columns)
        return buffer.getvalue()

    @property
    def answer(self) -> ModuleType | None:
        """The module that answers every row, with `hold`, which returns how many rows are held, and `keep_answer`; None
        for a type without an answer file."""
        if not (self.folder / "answer.py").exists():
            return None
        return import_checked(f"{self.package}.answer")

    @cached_property
    def own_load(self) -> ModuleType | None:
        """The module that loads the good rows in a way of its own; None for a type without one. A check does not
        need it."""
        if not (self.folder / "load.py").exists():
            return None
        return import_checked(f"{self.package}.load")

    @property
    def loads(self) -> tuple[str, ...]:
        """The look-ups that loading the rows needs in addition to the values; none for a type that is only
        checked."""
        if self.own_load is not None:
            look_ups: tuple[str, ...] = self.own_load.LOADS
            return look_ups
        on_file = self.layout.on_file
        return tuple(row for row in on_file.columns if not row.endswith(VALUE)) if on_file else ()

    def columns_to_keep(self) -> list[str]:
        """Return the columns of the rows that loading them needs."""
        columns = self.layout.columns
        texts = columns if self.answer else ()
        return [*(f"{name}:value" for name in columns), *self.loads, *self.layout.group, *texts]


def find_all() -> dict[str, FileType]:
    """Return every file type of the present state by slug, in the order in which people meet them."""
    return find_all_of(present_package())


@cache
def find_all_of(package: StatePackage) -> dict[str, FileType]:
    """Return every file type of a state by slug, in the order in which people meet them."""
    folders = sorted(path.parent for path in package.folder.glob(f"{FOLDER}/*/{LAYOUT}"))
    types = sorted((_read_once(package, folder) for folder in folders), key=lambda file_type: file_type.layout.order)
    return {file_type.slug: file_type for file_type in types}


def find(slug: str) -> FileType:
    """Return the file type; a Refusal where there is none of that name. Others are not read for it."""
    package = present_package()
    return _read_once(package, _folder_of(package, slug.strip().lower().replace("-", "_")))


@cache  # a page asks for it a hundred times
def _folder_of(package: StatePackage, name: str) -> Path:
    folder = package.folder / FOLDER / name
    if not name.isidentifier() or not (folder / LAYOUT).is_file():
        raise NotFound("There is no such file type", fix=f"Choose one of: {', '.join(find_all())}")
    return folder


@cache
def _read_once(package: StatePackage, folder: Path) -> FileType:
    return read_file_type(package, folder)


def read_file_type(package: StatePackage, folder: Path) -> FileType:
    """Return the file type in a folder of a state's package."""
    name = f"{package.name}.{FOLDER}.{folder.name}"
    return FileType(folder.name.replace("_", "-"), name, folder, load_layout(folder / LAYOUT))
