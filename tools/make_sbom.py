"""Writes dist/: the release wheel, a CycloneDX SBOM of all that is installed with it, and the list of third parties.

Three sources, since none knows all: cyclonedx-py sees the Python packages; the SBOMs that wheels bring
along (PEP 770) name what was compiled into them; and what neither names (the embedded PostgreSQL, its
extensions, shared libraries that came with a wheel) is asked of the files themselves.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
REQUIREMENTS = ROOT / "requirements"
Component = dict[str, Any]


def bundled(site_packages: Path) -> list[Component]:
    """Return what the installed wheels carry beside Python code, each component once, sorted by name and version."""
    found = [
        *_postgres(site_packages),
        *_extensions(site_packages),
        *_brought(site_packages),
        *_libraries(site_packages),
    ]
    by_key = {(each["name"].lower(), each.get("version", "")): each for each in found}
    return [by_key[key] for key in sorted(by_key)]


def _postgres(site_packages: Path) -> Iterator[Component]:
    """Yield each PostgreSQL server; it is asked for its version."""
    for program in sorted(site_packages.glob("*/pginstall*/bin/postgres")):
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        version = re.search(r"\d+(\.\d+)+", answer)
        assert version, f"{program} says no version: {answer}"
        yield {
            **_component("postgresql", version[0], f"pkg:generic/postgresql@{version[0]}", "PostgreSQL"),
            "cpe": f"cpe:2.3:a:postgresql:postgresql:{version[0]}:*:*:*:*:*:*:*",
        }


def _extensions(site_packages: Path) -> Iterator[Component]:
    """Yield the extensions that lie beside a server and are not of PostgreSQL itself."""
    for control in sorted(site_packages.glob("*/pginstall*/share/postgresql/extension/*.control")):
        version = re.search(r"default_version\s*=\s*'([^']+)'", control.read_text())
        if version and control.stem != "plpgsql":
            name = "pgvector" if control.stem == "vector" else control.stem
            yield _component(name, version[1], f"pkg:generic/{name}@{version[1]}")


def _brought(site_packages: Path) -> Iterator[Component]:
    """Yield what the wheels' own SBOMs name, but for the wheels themselves."""
    for path in sorted(site_packages.glob("*.dist-info/sboms/*.json")):
        for component in json.loads(path.read_text()).get("components", []):
            if not component.get("purl", "").startswith("pkg:pypi/"):
                kept = {
                    name: component[name]
                    for name in ("type", "name", "version", "purl", "licenses")
                    if name in component
                }
                yield {"type": "library", **kept}


def _libraries(site_packages: Path) -> Iterator[Component]:
    """Yield the shared libraries that a wheel was repaired with, under their file names without the hash."""
    for path in sorted(site_packages.glob("*.libs/*.so*")):
        match = re.fullmatch(r"(?P<name>.+?)-[0-9a-f]{8}\.so\.?(?P<version>[0-9.]*)", path.name)
        if match:
            yield {
                "type": "library",
                "name": match["name"],
                "version": match["version"],
                "description": f"Shared library, ABI version, from {path.parent.name.removesuffix('.libs')}",
            }


def _component(name: str, version: str, purl: str, licence: str = "") -> Component:
    licences = [{"license": {"name": licence}}] if licence else []
    return {"type": "application", "name": name, "version": version, "purl": purl, "licenses": licences}


def third_parties(bom: dict[str, Any]) -> str:
    """Return the components of an SBOM as a Markdown table: name, version, licence."""
    components = sorted(bom["components"], key=lambda component: component["name"].lower())
    rows = [f"| {each['name']} | {each.get('version', '')} | {_licence(each)} |\n" for each in components]
    return "".join(["# Third parties\n\n| name | version | licence |\n|---|---|---|\n", *rows])


def _licence(component: Component) -> str:
    names = []
    for each in component.get("licenses", []):
        licence = each.get("license", {})
        names.append(each.get("expression") or licence.get("id") or licence.get("name") or "")
    return ", ".join(dict.fromkeys(name.splitlines()[0][:80] for name in names if name)).replace("|", "/")


def main() -> int:
    """Build the wheel, install it as a user would, and write what is then there."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    DIST.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        tools, program = Path(folder) / "tools", Path(folder) / "program"
        _make(tools, "release.lock")
        _run(tools, "build", "--wheel", "--no-isolation", "--outdir", DIST, ROOT)
        wheel = DIST / f"tidegate-{version}-py3-none-any.whl"
        _make(program, "run.lock")
        _run(program, "pip", "install", "--quiet", "--no-deps", wheel)
        listed = Path(folder) / "listed.json"
        _run(tools, "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON", "-o", listed,
             "--pyproject", ROOT / "pyproject.toml", program)  # fmt: skip
        bom = json.loads(listed.read_text())
        site_packages = next((program / "lib").glob("python*/site-packages"))
        bom["components"] += bundled(site_packages)
        missing = {each.name for each in distributions(path=[str(site_packages)])} - {
            each["name"] for each in bom["components"]
        }
        assert missing <= {"tidegate"}, f"The SBOM lacks {missing}"
    (DIST / f"tidegate-{version}.cdx.json").write_text(json.dumps(bom, indent=1, sort_keys=True) + "\n")
    (DIST / f"THIRD-PARTY-{version}.md").write_text(third_parties(bom))
    print(f"dist/ has the wheel, its SBOM ({len(bom['components'])} components) and the list of third parties")
    return 0


def _make(folder: Path, lock: str) -> None:
    venv.create(folder, with_pip=True)
    _run(folder, "pip", "install", "--quiet", "--require-hashes", "--requirement", REQUIREMENTS / lock)


def _run(folder: Path, module: str, *arguments: object) -> None:
    subprocess.run([folder / "bin" / "python", "-m", module, *map(str, arguments)], check=True)


if __name__ == "__main__":
    sys.exit(main())
