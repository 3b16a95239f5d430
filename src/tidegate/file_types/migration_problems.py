"""Looks at the modules of a state's package that need Django, without Django: whether Python can read them, and
whether a migration would lose what is stored."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_LOSES = {
    "RemoveField": "loses a column",
    "DeleteModel": "loses a table",
    "RenameField": "takes a column away from the release before",
    "RenameModel": "takes a table away from the release before",
    "AlterModelTable": "takes a table away from the release before",
}
_IS_MEANT = "may_lose_columns"
_ADVICE = f"add what is new beside it, or write {_IS_MEANT} = True into the migration once nothing reads it"
_DROPS = re.compile(r"\bDROP\s+(COLUMN|TABLE)\b|\bTRUNCATE\b", re.IGNORECASE)


def problems_of_modules(folder: Path) -> Iterator[str]:
    """Yield the modules of a package that are no Python, and the steps of its migrations that lose what is stored."""
    for path in sorted(folder.rglob("*.py")):
        try:
            tree = ast.parse(path.read_text("utf-8"))
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            yield f"{path}:{line}: this is no Python: {getattr(error, 'msg', 'it is not written in UTF-8')}"
            continue
        if path.parent == folder / "migrations":
            yield from _losses(path, tree)


def _losses(path: Path, tree: ast.Module) -> Iterator[str]:
    if any(isinstance(node, ast.Name) and node.id == _IS_MEANT for node in ast.walk(tree)):
        return
    of_state_alone = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "state_operations"
        for inner in ast.walk(node.value)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node in of_state_alone:
            continue
        if lost := _lost_by_sql(node):
            yield f"{path}:{node.lineno}: the SQL has {lost}: {_ADVICE}"
        step = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if step in _LOSES:
            yield f"{path}:{node.lineno}: {step} {_LOSES[step]}: {_ADVICE}"


def _lost_by_sql(step: ast.Call) -> str:
    """Return what the SQL of a migration says that loses a column or a table; blank where it loses none. What takes the
    step back is passed over."""
    texts = [each.value for each in ast.walk(step.args[0]) if isinstance(each, ast.Constant)] if step.args else []
    found = (_DROPS.search(text) for text in texts if isinstance(text, str))
    return " ".join(next((each[0] for each in found if each), "").upper().split())
