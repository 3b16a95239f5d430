"""Ends a web process whose parent was killed: left alone it would go on answering, and keep the port from the next."""

import multiprocessing
import os
import threading


def end_with_server() -> None:
    """End this process as soon as the one that has started it is gone; nothing is done where it was not started so."""
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_after, args=[parent], name="end with server", daemon=True).start()


def _end_after(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os._exit(1)  # what it had in hand is lost, as where both are killed
