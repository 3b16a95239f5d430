"""What a store of files must do, be it a folder or an object store: bytes under plain names, each written once."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from tidegate.accounts.rate_limit import Busy

_RETRY_AFTER_SECONDS = 10


class StoreAway(Busy):
    """The store does not answer, or does not take what it is given. Nothing was promised, and nothing is lost."""

    code = "AWAY"

    def __init__(self) -> None:
        super().__init__(
            "Uploaded files cannot be reached right now",
            fix="Nothing was changed. Try again in a minute",
            retry_after_seconds=_RETRY_AFTER_SECONDS,
        )


class StoreReader(Protocol):
    """What is read from the start to its end; a read at the end returns nothing."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        ...


class StoreWriter(Protocol):
    """What takes bytes one after the other."""

    def write(self, data: bytes, /) -> int:
        """Take the bytes."""
        ...

    def flush(self) -> None:
        """Do nothing that matters: what counts is the end of `StorageBackend.writing`."""
        ...


class StorageBackend(Protocol):
    """A folder or an object store. A file is there as a whole or not at all, and is never copied, renamed or changed;
    no condition that a server might not keep is ever needed."""

    def path_of(self, name: str) -> Path | None:
        """Return where the file lies on this machine; None where it has to be fetched."""
        ...

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        ...

    def reading(self, name: str) -> AbstractContextManager[StoreReader]:
        """Yield the file. FileNotFoundError where it is not there."""
        ...

    def writing(self, name: str) -> AbstractContextManager[StoreWriter]:
        """Yield what takes the bytes of a new file. At the end it is kept for good; after an error it is not there."""
        ...

    def remove(self, name: str) -> None:
        """Remove the file; one that is gone already is fine."""
        ...

    def mark(self, name: str) -> None:
        """Note that a file is coming whose upload is not there yet."""
        ...

    def unmark(self, name: str) -> None:
        """Take the note away; one that is gone already is fine."""
        ...

    def marked(self, *, for_seconds: float) -> Iterator[str]:
        """Yield the names of the files whose note is so old."""
        ...

    def answers(self) -> bool:
        """Whether files can be kept and read now."""
        ...

    def begin(self) -> None:
        """Let it be a store from now on, whatever is in it."""
        ...

    def is_empty(self) -> bool:
        """Whether nothing was ever put here."""
        ...
