"""A mail server that speaks SMTP, keeps what it takes, and refuses or is away as a test says."""

import socket
from email import message_from_bytes
from email.message import Message
from email.policy import default

from aiosmtpd.controller import Controller
from procrastinate.contrib.django.models import ProcrastinateJob

from tidegate.inbox.deliver import NotTaken, deliver


class ServerOfTheTest:
    """It is there from the beginning; `answers` are what it says to recipients and to data, one after the other."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.to_recipients: dict[str, str] = {}
        self.to_data: list[str] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.come_back()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._port}?tls=no"

    def stop(self) -> None:
        if self._controller.server:
            self._controller.stop()

    def come_back(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)
        self._controller.start()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802 - aiosmtpd's name
        if answer := self.to_recipients.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self.to_data and (answer := self.to_data.pop(0)):
            return answer
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


def run_mail_jobs() -> list[int]:
    """Do what a worker does with the mails that are queued; return the pauses after which it would try again."""
    pauses = []
    for job in ProcrastinateJob.objects.filter(task_name="send_mail").order_by("id"):
        try:
            deliver(**job.args)
        except NotTaken as again:
            pauses.append(again.pause_seconds)
    return pauses
