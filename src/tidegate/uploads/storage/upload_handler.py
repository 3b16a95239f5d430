"""Takes a file off the wire. What is too large for the memory goes to a temporary file that has no name, encrypted with
a key that is nowhere but in this process; beyond the state's limit nothing is written."""

import os
import tempfile
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from tidegate.core.errors import NoRoom

BYTES_PER_MB = 1_000_000


def no_room() -> NoRoom:
    """Return the refusal of a file that the disk has not taken."""
    fix = "Nothing was saved. Tell the state's help desk, and send the file again later"
    return NoRoom("There is no room to take the file", fix=fix)


class EncryptedTempFile:
    """A temporary file that only this object can read: from its start, as far as one likes, and over again. It may be
    read while more is written behind."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lasts as long as the object
        self._cipher = Cipher(AES(os.urandom(32)), CTR(os.urandom(16)))
        self._writing: CipherContext = self._cipher.encryptor()
        self._written = 0
        self.seek(0)

    def write(self, data: bytes) -> int:
        """Append to the file."""
        self._file.seek(self._written)
        self._file.write(self._writing.update(data))
        self._written += len(data)
        return len(data)

    def seek(self, position: int) -> int:
        """Go back to the start, to read what was written."""
        assert position == 0, "A file that has come is read from its start"
        self._reading: CipherContext = self._cipher.decryptor()
        self._read = 0
        return self._file.seek(0)  # what is still in a buffer goes to the disk here, or is said to find no room

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        self._file.seek(self._read)
        data = self._reading.update(self._file.read(size))
        self._read += len(data)
        return data

    def close(self) -> None:
        """Close the file, with which it is gone."""
        self._file.close()


class ArrivedFile(UploadedFile):  # type: ignore[type-arg]  # Django itself takes no argument here
    """A file that has arrived; reading it raises NoRoom where the disk had no room for it."""

    has_room = True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; NoRoom where the disk did not take all of it."""
        if not self.has_room:
            raise no_room()
        assert self.file is not None
        taken: bytes = self.file.read(size)
        return taken


class ArrivingFileHandler(FileUploadHandler):
    """Django's handler of a file in a form, for those that are too large for the memory."""

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Begin to take a file."""
        super().new_file(*arguments, **named)
        self.limit_bytes = settings.TIDEGATE_MAX_UPLOAD_MB * BYTES_PER_MB
        self.temp_file = EncryptedTempFile()
        self.has_room = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece; one that begins beyond the limit is not written, since the file is refused anyhow."""
        if start <= self.limit_bytes and self.has_room:
            try:
                self.temp_file.write(raw_data)
            except OSError:
                self.has_room = False

    def file_complete(self, file_size: int) -> ArrivedFile:
        """Return the file, which has come to its end. Its size is what was sent."""
        try:
            self.temp_file.seek(0)
        except OSError:  # the last piece goes to the disk only now
            self.has_room = False
        names = self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        arrived = ArrivedFile(self.temp_file, *names)  # type: ignore[arg-type]  # it is read like a file
        arrived.has_room = self.has_room
        return arrived

    def upload_interrupted(self) -> None:
        """Throw away what has come of a file whose sender went away."""
        if hasattr(self, "temp_file"):
            self.temp_file.close()
