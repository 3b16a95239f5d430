"""The store as an object store that speaks S3, Azure Blob Storage or Google Cloud Storage."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tidegate.uploads.storage.backend import StoreAway, StoreReader, StoreWriter
from tidegate.uploads.storage.streaming_session import STREAM_SECONDS

log = logging.getLogger(__name__)
_MARKS = "arriving"
# Larger files go in parts of this size, two of which are on their way at once.
_PART_BYTES = 8 << 20
_CHUNK_BYTES = 1 << 20
# A server that says nothing for so long is away; a large file may take its time.
_CLIENT: dict[str, Any] = {"connect_timeout": "5s", "read_timeout": "15s", "timeout": f"{STREAM_SECONDS}s"}
_RETRY: Any = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=30),
    "backoff": {"init_backoff": timedelta(seconds=0.2), "max_backoff": timedelta(seconds=3), "base": 2},
}
_ADDRESSES = (
    "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT",
    "GOOGLE_BASE_URL",
)  # fmt: skip
_SAID = re.compile(r"<Code>(\w+)</Code>|status code: (\d{3})|(error sending request)")


class Objects:
    """A bucket or container, below a prefix. The credentials come from the environment, as the provider's own tools
    take them."""

    def __init__(self, url: str) -> None:
        from obstore.store import from_url

        # Single removals: not every server knows the S3 request that removes many.
        own: Any = {"disable_bulk_delete": True} if url.startswith(("s3://", "s3a://")) else {}
        # The library's own AWS_ALLOW_HTTP is not heard where a client has options: the address itself says it.
        client: Any = {**_CLIENT, "allow_http": _address().startswith("http://")}
        self.bucket: Any = from_url(url, client_options=client, retry_config=_RETRY, **own)

    def path_of(self, _name: str) -> None:
        """Return None: a file has to be fetched."""
        return

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        import obstore

        try:
            with _away():
                obstore.head(self.bucket, name)
        except FileNotFoundError:
            return False
        return True

    @contextmanager
    def reading(self, name: str) -> Iterator[StoreReader]:
        """Yield the file, as it comes."""
        import obstore

        with _away():
            pieces = obstore.get(self.bucket, name).stream(min_chunk_size=_CHUNK_BYTES)
        yield _Pieces(iter(pieces))

    @contextmanager
    def writing(self, name: str) -> Iterator[StoreWriter]:
        """Yield what takes the bytes of a new object. It is there once all of it is, and the server says so."""
        import obstore

        with _away():
            sent = obstore.open_writer(self.bucket, name, buffer_size=_PART_BYTES, max_concurrency=2)
        sending = _Sending(sent)
        try:
            yield sending
        except BaseException as error:
            with suppress(Exception):  # if the server does not hear this, its parts are left to its own rules
                sent.__exit__(type(error), error, error.__traceback__)
            raise
        with _away():
            sent.close()
            if obstore.head(self.bucket, name)["size"] != sending.byte_count:
                log.error("The object store has not kept all bytes of %s", name)
                raise StoreAway

    def remove(self, name: str) -> None:
        """Remove the object."""
        import obstore

        with _away():
            try:
                obstore.delete(self.bucket, name)
            except FileNotFoundError:
                return

    def mark(self, name: str) -> None:
        """Note that a file is coming, as an empty object."""
        import obstore

        with _away():
            obstore.put(self.bucket, _mark_of(name), b"")

    def unmark(self, name: str) -> None:
        """Take the note away."""
        self.remove(_mark_of(name))

    def marked(self, *, for_seconds: float) -> Iterator[str]:
        """Yield the names of the files whose note is so old. A server may still list one that is gone."""
        import obstore

        with _away():
            for batch in obstore.list(self.bucket, prefix=_MARKS):
                for found in batch:
                    if (datetime.now(UTC) - found["last_modified"]).total_seconds() >= for_seconds:
                        mark = found["path"].rpartition("/")[2]
                        yield f"{mark[:2]}/{mark}"

    def answers(self) -> bool:
        """Whether the server answers, be it that there is no such object."""
        try:
            self.has(_MARKS)
        except StoreAway:
            return False
        return True

    def begin(self) -> None:
        """Do nothing: a server is there, or it is not."""

    def is_empty(self) -> bool:
        """Whether there is nothing below the prefix."""
        import obstore

        with _away():
            return not any(map(bool, obstore.list(self.bucket, chunk_size=1)))


def _address() -> str:
    """Return the address of the object store where it is set; blank is the provider's own."""
    return next((os.environ[name] for name in _ADDRESSES if os.environ.get(name)), "")


def is_in_clear() -> bool:
    """Whether the files cross a network as plain HTTP; this machine alone is none."""
    parts = urlsplit(_address())
    return parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}


def _mark_of(name: str) -> str:
    return f"{_MARKS}/{name.rpartition('/')[2]}"


def describe_error(error: BaseException) -> str:
    """Return a word for what an object store answered. Its own text may hold the address and the name of a key."""
    found = _SAID.search(str(error))
    if found is None:
        return type(error).__qualname__
    code, status, unsent = found.groups()
    return str(code or status or (unsent and "no answer"))


@contextmanager
def _away() -> Iterator[None]:
    """Raise StoreAway for whatever the object store answers, except that there is no such object."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        said = describe_error(error)
        log.error("The object store does not answer as it should: %s", said)  # noqa: TRY400 - a trace has its keys
        raise StoreAway from None


class _Sending:
    """Counts what is sent on."""

    def __init__(self, sent: Any) -> None:
        self._sent = sent
        self.byte_count = 0

    def write(self, data: bytes) -> int:
        with _away():
            self._sent.write(data)
        self.byte_count += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the end counts."""


class _Pieces:
    """Pieces of bytes, read as a file is."""

    def __init__(self, pieces: Iterator[Any]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; all that are left where it is negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK_BYTES), b""))
        if not self._left:
            with _away():
                self._left = memoryview(next(self._pieces, b""))
        data = bytes(self._left[:size])
        self._left = self._left[size:]
        return data
