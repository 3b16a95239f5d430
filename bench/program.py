"""Where the build that runs has the functions that the bench calls: an earlier one has them in other modules."""

import importlib
from collections.abc import Iterable
from typing import Any

_HOMES = {
    "receive": (
        "tidegate.uploads.lifecycle.receiving.receive",
        "tidegate.uploads.lifecycle.receive",
        "tidegate.uploads.receive",
    ),
    "process": (
        "tidegate.uploads.lifecycle.processing.process",
        "tidegate.uploads.lifecycle.process",
        "tidegate.uploads.process",
    ),
}


def function(name: str) -> Any:
    """Return the function of the build: `receive` or `process`."""
    for home in _HOMES[name]:
        try:
            return getattr(importlib.import_module(home), name)
        except ModuleNotFoundError:
            continue
    raise SystemExit(f"This build has no {name} where the bench looks for it")


def result_log(upload: Any) -> Iterable[Any]:
    """Return the pieces of the upload's Result Log."""
    try:
        from tidegate.core.outputs.catalogue import find_output
        from tidegate.uploads.queries.upload_source import UploadSource
    except ModuleNotFoundError:
        chunks = importlib.import_module("tidegate.uploads.result_log").result_log_chunks
        return chunks(upload)  # type: ignore[no-any-return]
    return find_output("result-log").content(UploadSource(upload))
