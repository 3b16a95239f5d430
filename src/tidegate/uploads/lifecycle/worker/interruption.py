"""What may interrupt an upload that has no error itself: the queue takes the upload up again."""


class Interruption(Exception):
    """The upload is to be taken up again. It says nothing of its own: the database's words may quote a line of a file,
    and the queue writes what a job ends with into the log."""


class DatabaseAway(Interruption):
    """The database went away, or has ended the session."""


class HeldByOthers(Interruption):
    """Somebody else holds what the upload needs: an upload that speaks of the same students, an import, or an undo that
    waits for this upload in its turn."""


class FilesAway(Interruption):
    """The store of files does not answer."""


class TakenOver(Interruption):
    """Another worker has begun with the upload, since this one gave no sign of life."""
