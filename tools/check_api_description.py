"""Checks docs/reference/openapi.json with what users run on it: redocly's recommended rules, and three generators of
clients, whose TypeScript must compile and whose Python must load. Needs node, npm and the network's registries.

    .venv/bin/python -m tools.check_api_description
"""

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

DESCRIPTION = Path(__file__).parents[1] / "docs" / "reference" / "openapi.json"
NPM_PACKAGES = ("@redocly/cli@2", "openapi-typescript@7", "@hey-api/openapi-ts@0", "typescript@5.9")
"""TypeScript 7 has no programming interface, which both generators need."""
PYTHON_PACKAGES = ("openapi-python-client", "ruff")
STRICT = ("--noEmit", "--strict", "--target", "es2022", "--module", "preserve", "--lib", "es2022,dom,dom.iterable")

_IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.append("client/python")
import tidegate_client
for module in pkgutil.walk_packages(tidegate_client.__path__, "tidegate_client."):
    importlib.import_module(module.name)
"""


def commands(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each command with what it is about, in order."""
    python, description = folder / "venv" / "bin", str(DESCRIPTION)
    yield "npm packages", ["npm", "install", "--no-audit", "--no-fund", "--silent", *NPM_PACKAGES]
    yield "redocly, recommended rules", ["npx", "redocly", "lint", "--extends", "recommended", description]
    yield "openapi-typescript", ["npx", "openapi-typescript", description, "-o", "client/schema.d.ts"]
    yield "hey-api", ["npx", "openapi-ts", "-i", description, "-o", "client/hey"]
    yield "tsc", ["npx", "tsc", *STRICT, "client/schema.d.ts", "client/hey/index.ts"]
    yield "Python packages", [str(python / "pip"), "install", "--quiet", *PYTHON_PACKAGES]
    generate = ["generate", "--path", description, "--output-path", "client/python", "--fail-on-warning"]
    yield "openapi-python-client", [str(python / "openapi-python-client"), *generate]
    yield "the Python client loads", [str(python / "python"), "-c", _IMPORT_ALL]


def main() -> int:
    """Run every command, and say which went wrong and what it printed."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tidegate-description-") as name:
        folder = Path(name)
        (folder / "client").mkdir()
        (folder / "package.json").write_text('{"private": true}')
        venv.create(folder / "venv", with_pip=True)
        path = f"{folder / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"  # where the generator looks for ruff
        for about, command in commands(folder):
            run = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"PATH": path}
            )
            print(f"{'well' if run.returncode == 0 else 'NOT WELL'}: {about}")
            if run.returncode:
                failed += 1
                print(run.stdout + run.stderr)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
