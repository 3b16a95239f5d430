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

from tidegate.cli.supervise import STOP_SECONDS
from tidegate.project.environment import KNOWN
from tidegate.uploads.storage.database_programs import address_of_database, find_program, program_environment
from tidegate.uploads.storage.upload_handler import BYTES_PER_MB

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
MANIFESTS = yaml.safe_load((ROOT / "deploy" / "kubernetes" / "tidegate.yaml").read_text())["items"]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
OWNER = "tidegate_owner"
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


def test_only_compose_migrates_as_the_owner_of_the_tables():
    migrate = COMPOSE["migrate"]
    assert migrate["environment"]["TIDEGATE_DATABASE_URL_FILE"] == "/run/secrets/owner_url"
    assert migrate["environment"]["TIDEGATE_PROGRAM_ROLE"] == "tidegate" != OWNER
    assert COMPOSE["database"]["environment"]["POSTGRES_USER"] == OWNER
    for name in ("web", "worker", "small-uploads"):
        service = COMPOSE[name]
        assert service["environment"]["TIDEGATE_DATABASE_URL_FILE"] == "/run/secrets/database_url"
        assert "TIDEGATE_PROGRAM_ROLE" not in service["environment"]
        assert "owner_url" not in service["secrets"]


def test_compose_makes_the_programs_role(db, tmp_path):
    script = ROOT / "deploy" / "compose" / "program-role.sql"
    assert (
        f"./deploy/compose/{script.name}:/docker-entrypoint-initdb.d/{script.name}:ro"
        in (COMPOSE["database"]["volumes"])
    )
    (tmp_path / "database_password").write_text("it's a password\n")
    orders = script.read_text().replace("/run/secrets", str(tmp_path)).replace("ROLE tidegate", "ROLE tidegate_of_test")
    asked = "SELECT rolcanlogin, rolsuper, rolpassword LIKE 'SCRAM%' FROM pg_authid WHERE rolname = 'tidegate_of_test';"
    run = subprocess.run(
        [
            find_program("psql"),
            f"--dbname={address_of_database()}",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--set=ON_ERROR_STOP=1",
        ],
        env=program_environment(),
        input=f"BEGIN;\n{orders}\n{asked}\nROLLBACK;\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == ["t", "|", "f", "|", "t"]


def test_whatever_starts_a_worker_waits_until_it_has_ended_its_upload():
    seconds = [
        int(service["stop_grace_period"].removesuffix("m")) * 60
        for name, service in COMPOSE.items()
        if "worker" in name
    ]
    units = [path.read_text() for path in UNITS if "worker" in path.name]
    seconds += [int(re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[1]) for text in units]
    pods = [each["spec"]["template"]["spec"] for each in MANIFESTS if "worker" in each["metadata"]["name"]]
    seconds += [pod["terminationGracePeriodSeconds"] for pod in pods]
    assert len(seconds) >= 5
    assert min(seconds) > STOP_SECONDS


def test_only_the_job_of_kubernetes_migrates_as_the_owner():
    for manifest in MANIFESTS:
        for container in manifest["spec"].get("template", {}).get("spec", {}).get("containers", []):
            given = {each["name"]: each for each in container["env"]}
            is_job = manifest["kind"] == "Job"
            key = given["TIDEGATE_DATABASE_URL"]["valueFrom"]["secretKeyRef"]["key"]
            assert key == ("owner-database-url" if is_job else "database-url")
            assert ("TIDEGATE_PROGRAM_ROLE" in given) == is_job


def test_unfinished_files_fit_into_the_folder_of_a_pod():
    (web,) = (each for each in MANIFESTS if each["kind"] == "Deployment" and each["metadata"]["name"] == "tidegate-web")
    pod = web["spec"]["template"]["spec"]
    (limit,) = (each["emptyDir"]["sizeLimit"] for each in pod["volumes"] if each["name"] == "tmp")
    args = pod["containers"][0]["args"]
    file_count, file_mb = (int(KNOWN[name].default) for name in ("TIDEGATE_UNFINISHED_FILES", "TIDEGATE_MAX_UPLOAD_MB"))
    needed = int(args[args.index("--processes") + 1]) * file_count * file_mb * BYTES_PER_MB
    assert needed < int(limit.removesuffix("Gi")) * 2**30


def test_only_the_unit_that_migrates_reads_who_owns_the_tables():
    readers = [unit.name for unit in UNITS if "/etc/tidegate/migrate-environment" in unit.read_text()]
    assert readers == ["tidegate-migrate.service"]
    (migrate,) = (unit for unit in UNITS if unit.name in readers)
    files = re.findall("^EnvironmentFile=(.+)$", migrate.read_text(), re.MULTILINE)
    assert files == ["/etc/tidegate/environment", "-/etc/tidegate/migrate-environment"]  # the last one counts


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not on this machine")
    # The command and the user are not on the machine that tests, which systemd-analyze would say.
    text = unit.read_text().replace("/opt/tidegate/bin/tidegate", "/bin/true").replace("User=tidegate", "User=root")
    here = tmp_path / unit.name.replace("@.", "@1.")
    text = text.replace("Group=tidegate", "Group=root")
    here.write_text(re.sub("EnvironmentFile=-?", "EnvironmentFile=-", text))
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True, check=False
    )
    ours = [line for line in run.stderr.splitlines() if unit.name.split(".")[0] in line]
    assert not ours, "\n".join(ours)
