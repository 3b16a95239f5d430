"""Finds what is wrong with the `apps.py` of a state's package; Django is not needed."""

import ast
from collections.abc import Iterator

from tidegate.core.layouts.state_package import StatePackage


def problems_of_app(package: StatePackage) -> Iterator[str]:
    """Yield a sentence for each app that goes by another name than its package, which Django would look for in vain.
    The module can be parsed."""
    path = package.folder / "apps.py"
    if not path.is_file():
        return  # Django makes an app of any package
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)):
            continue
        named = node.value.value
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if "name" in names and isinstance(named, str) and named != package.name:
            yield (
                f'{path}:{node.lineno}: the app is named "{named}", and its package "{package.name}": '
                "name = __package__ is always right"
            )
