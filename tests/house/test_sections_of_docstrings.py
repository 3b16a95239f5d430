"""A docstring of the core says what goes into a function and what comes out, where the first line cannot."""

import ast
from collections.abc import Iterator
from pathlib import Path

CORE = Path(__file__).parents[2] / "src" / "tidegate" / "core"
MODULES = sorted(CORE.rglob("*.py"))
_MAX_ARGUMENTS = 3


def functions_of(node: ast.AST) -> Iterator[ast.FunctionDef]:
    """Yield the functions and methods; one inside another is a part of that one's body."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield child
        else:
            yield from functions_of(child)


def argument_count(function: ast.FunctionDef) -> int:
    arguments = function.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def returns_several_things(function: ast.FunctionDef) -> bool:
    """Whether it returns a tuple of a fixed length, at least two, perhaps or None."""
    returned = function.returns
    if isinstance(returned, ast.BinOp):
        returned = returned.left
    if not isinstance(returned, ast.Subscript) or ast.unparse(returned.value) != "tuple":
        return False
    parts = returned.slice.elts if isinstance(returned.slice, ast.Tuple) else []
    return len(parts) > 1 and ast.unparse(parts[-1]) != "..."


def sections_needed(function: ast.FunctionDef) -> list[str]:
    needed = {"Args:": argument_count(function) > _MAX_ARGUMENTS, "Returns:": returns_several_things(function)}
    return [section for section, is_needed in needed.items() if is_needed]


def undescribed(function: ast.FunctionDef) -> Iterator[str]:
    lines = [line.strip() for line in (ast.get_docstring(function) or "").splitlines()]
    for section in sections_needed(function):
        if section not in lines:
            yield f"{function.name} (line {function.lineno}) has no {section}"
    if "Args:" in lines:
        arguments = function.args
        for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if each.arg not in ("self", "cls") and not any(line.startswith(f"{each.arg}:") for line in lines):
                yield f"{function.name} (line {function.lineno}) does not say what {each.arg} is"


def test_many_arguments_and_tuples_are_said_one_by_one():
    found = [
        f"{path.relative_to(CORE)}: {said}"
        for path in MODULES
        for function in functions_of(ast.parse(path.read_text()))
        for said in undescribed(function)
    ]
    assert found == [], "Write Args or Returns, or return a NamedTuple"
