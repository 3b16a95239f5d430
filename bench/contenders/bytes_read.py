"""The floor: the bytes, read."""

from pathlib import Path


def run(file: Path, reference: Path) -> None:
    file.read_bytes()
