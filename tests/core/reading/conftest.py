"""How tests of reading get a file read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate.core.reading.read_file import WholeReading, read_file
from tidegate.file_types import find


@pytest.fixture
def read_bytes(tmp_path: Path) -> Callable[..., WholeReading]:
    """Return a function that reads a CTE file with this content."""

    def read_content(content: bytes | str, name: str = "upload.csv", **how):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(path, find("cte").layout, **how)

    return read_content
