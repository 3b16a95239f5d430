"""What is installed next year: lock files, the image, units and manifests."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
MANIFESTS = yaml.safe_load((ROOT / "deploy" / "kubernetes" / "tidegate.yaml").read_text())["items"]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def locked(name: str) -> dict[str, list[Version]]:
    """Return the versions of each package in a lock file; several where platforms differ."""
    versions: dict[str, list[Version]] = {}
    for package, version in re.findall(
        r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE
    ):
        versions.setdefault(package.lower().replace("_", "-"), []).append(Version(version))
    return versions


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("run.lock", [*PROJECT["project"]["dependencies"], *GROUPS["build"]]),
        ("dev.lock", [*PROJECT["project"]["dependencies"], *GROUPS["build"], *GROUPS["dev"]]),
        ("bench.lock", [*PROJECT["project"]["dependencies"], *GROUPS["bench"]]),
        ("release.lock", [*PROJECT["project"]["dependencies"], *GROUPS["release"]]),
    ],
)
def test_a_lock_file_has_what_the_project_asks_for(name, needed):
    versions = locked(name)
    for requirement in map(Requirement, needed):
        package = requirement.name.lower().replace("_", "-")
        assert any(version in requirement.specifier for version in versions.get(package, [])), (
            f"requirements/{name} lacks {requirement}: run make lock"
        )


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda path: path.name)
def test_every_locked_package_has_hashes_and_no_address(path):
    text = path.read_text()
    assert "://" not in text, "A lock file names no registry"
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in entry, f"{entry.splitlines()[0]} has no hash: run make lock"


def test_what_is_shipped_is_tested_in_the_same_versions():
    run, dev = locked("run.lock"), locked("dev.lock")
    assert {name: dev.get(name) for name in run} == run, "run make lock"


def test_the_image_is_built_from_digests_and_hashes():
    text = (ROOT / "Dockerfile").read_text()
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert bases
    assert all(re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", base) for base in bases)
    assert "--require-hashes --requirement /src/requirements/run.lock" in text
    assert "HEALTHCHECK" in text


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_a_kubernetes_manifest_keeps_the_schema(manifest):
    kubernetes_validate.validate(manifest, "1.31", strict=True)


@pytest.mark.parametrize("name", ["database", "web", "worker"])
def test_a_service_of_compose_comes_back_and_has_a_limit(name):
    assert COMPOSE[name]["restart"] == "unless-stopped"
    assert COMPOSE[name]["mem_limit"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not on this machine")
    # The command and the user are not on the machine that tests, which systemd-analyze would say.
    text = unit.read_text().replace("/opt/tidegate/bin/tidegate", "/bin/true").replace("User=tidegate", "User=root")
    here = tmp_path / unit.name.replace("@.", "@1.")
    here.write_text(text.replace("Group=tidegate", "Group=root").replace("EnvironmentFile=", "EnvironmentFile=-"))
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True, check=False
    )
    ours = [line for line in run.stderr.splitlines() if unit.name.split(".")[0] in line]
    assert not ours, "\n".join(ours)
