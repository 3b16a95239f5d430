"""Finds public names that nothing in the program uses: not its code, its templates or its tools. Tests do not count."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tidegate.cli.main import MODULES

FOUND_BY_FOLDER = (
    "accountability/indicators",
    "rules/builtin/*",
    "states/*/file_types/*/rules",
    "core/lookups",
    "states/*/lookups",
    "core/outputs",
    "core/reference",
    "records/tables",
    "reference/tables",
    "migrations",
)
"""Folders whose classes are found by looking into the folder."""
READ_BY_DJANGO = ("project/settings.py", "apps.py")


def unused_names(source: Path, users: list[Path]) -> Iterator[str]:
    """Yield `module.py: name` for each public function, class, method and constant of `source` that is read neither
    there nor by a file of `users`."""
    trees = {path: ast.parse(path.read_text()) for path in sorted(source.rglob("*.py"))}
    read: Counter[str] = Counter()
    for tree in [*trees.values(), *(ast.parse(path.read_text()) for path in users)]:
        read.update(_names_read(tree))
    for path in [*source.rglob("*.html"), *source.rglob("*.toml")]:
        read.update(re.findall(r"[A-Za-z_]\w+", path.read_text()))
    for path, tree in trees.items():
        names = () if any(path.match(name) for name in READ_BY_DJANGO) else _public_names(tree, path)
        yield from (f"{path.relative_to(source)}: {name}" for name in names if not read[name.rpartition(".")[2]])


def _names_read(tree: ast.AST) -> Iterator[str]:
    """Yield every name that is read: as a variable, an attribute, a keyword, or the end of a dotted text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w.]+", node.value):
            yield node.value.rpartition(".")[2]


def _public_names(tree: ast.Module, path: Path) -> Iterator[str]:
    """Yield the names that a module offers. What a decorator takes (a route, a receiver, a tag) is used by that."""
    commands = {name.replace("-", "_") for name, module in MODULES.items() if path.match(f"cli/{module}.py")}
    is_found = any(path.match(f"{folder}/*.py") for folder in FOUND_BY_FOLDER)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [] if node.decorator_list or node.name in commands else [node.name]
        elif isinstance(node, ast.ClassDef):
            names = [*([] if is_found else [node.name]), *_public_methods(node)]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name) and target.id.isupper()]
        else:
            names = []
        yield from (name for name in names if not name.rpartition(".")[2].startswith("_"))


def _public_methods(node: ast.ClassDef) -> list[str]:
    """Return the methods of a class without a base; those of others may be called by the base."""
    methods = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [] if node.bases else [f"{node.name}.{method.name}" for method in methods]
