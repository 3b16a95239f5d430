"""A server that speaks S3, on the loopback; it writes to the disk."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

KEYS = {"AWS_ACCESS_KEY_ID": "AKIATIDEGATE", "AWS_SECRET_ACCESS_KEY": "invented-secret", "AWS_REGION": "us-east-1"}
BUCKET = "uploads"
URL = f"s3://{BUCKET}/state"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class ObjectServer:
    """A server that can be killed, frozen and started again at its address."""

    command: list[str]
    port: int
    process: subprocess.Popen | None = field(default=None)

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to reach the server's bucket."""
        address = f"http://127.0.0.1:{self.port}"
        return {**KEYS, "AWS_ENDPOINT_URL": address, "TIDEGATE_STORE_URL": URL}

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the server has ended by itself"
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server does not listen")

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


def on_disk(folder: Path) -> ObjectServer:
    """Return rclone's server, not started: it writes objects as files, and keeps no conditions."""
    (folder / BUCKET).mkdir(parents=True)
    port, key = free_port(), ",".join(list(KEYS.values())[:2])
    rclone = Path(sys.executable).parent / "rclone"
    serve = ["serve", "s3", "--config", os.devnull, "--addr", f"127.0.0.1:{port}", "--auth-key", key]
    return ObjectServer([str(rclone), *serve, str(folder)], port)
