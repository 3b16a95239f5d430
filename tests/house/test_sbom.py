"""What the list of third parties has beside Python packages."""

import sysconfig
from pathlib import Path

from tools.make_sbom import bundled, third_parties

SITE_PACKAGES = Path(sysconfig.get_path("purelib"))


def test_the_embedded_postgresql_is_among_the_third_parties():
    versions = [each["version"] for each in bundled(SITE_PACKAGES) if each["name"] == "postgresql"]
    assert versions
    assert all(version.partition(".")[0].isdigit() for version in versions)


def test_libraries_that_were_compiled_in_are_named_once():
    found = [(each["name"].lower(), each.get("version")) for each in bundled(SITE_PACKAGES)]
    assert "openssl" in {name for name, _ in found}
    assert len(found) == len(set(found))


def test_the_list_shows_name_version_and_licence():
    licences = [{"expression": "MIT OR Apache-2.0"}]
    bom = {"components": [{"name": "b", "version": "2"}, {"name": "a", "version": "1", "licenses": licences}]}
    assert third_parties(bom).splitlines()[-2:] == ["| a | 1 | MIT OR Apache-2.0 |", "| b | 2 |  |"]
