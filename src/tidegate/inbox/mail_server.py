"""Whether mails are sent, and the way to the server that takes them."""

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from tidegate.inbox.mail_url import mail_server

_TIMEOUT_SECONDS = 30


def is_mail_on() -> bool:
    """Whether this site sends mails at all."""
    return bool(settings.TIDEGATE_MAIL_URL)


def open_connection() -> EmailBackend:
    """Return Django's connection to the server; it connects when the first mail is sent."""
    server = mail_server(settings.TIDEGATE_MAIL_URL)
    return EmailBackend(
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.is_starttls,
        use_ssl=server.is_tls,
        timeout=_TIMEOUT_SECONDS,
    )
