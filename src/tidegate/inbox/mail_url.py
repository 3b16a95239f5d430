"""The server that a TIDEGATE_MAIL_URL names. The settings are read with it, so it knows none of them."""

from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

_NOT_ONE = (
    "TIDEGATE_MAIL_URL is not like smtp://user:password@host:587 or smtps://host; in a password, write / as %2F, "
    "# as %23 and ? as %3F"
)


class MailServer(NamedTuple):
    """Where mails are handed over, and how. `is_tls` is TLS from the beginning, `is_starttls` after a greeting."""

    host: str
    port: int
    user: str
    password: str
    is_tls: bool
    is_starttls: bool


def mail_server(url: str) -> MailServer:
    """Return the server that a URL names, such as `smtp://user:password@mail.example.org:587`.

    A ValueError, with a sentence, where it names none. `smtps://` speaks TLS from the beginning; `smtp://` begins it
    after the greeting (STARTTLS), unless `?tls=no` says that the way is safe without, as on the same machine.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its text quotes the URL, which may have a password
        raise ValueError(_NOT_ONE) from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(_NOT_ONE)
    asked = parse_qs(parts.query, keep_blank_values=True)
    tls = asked.pop("tls", ["yes"])[-1].lower()
    if asked or tls not in ("yes", "no"):
        raise ValueError("TIDEGATE_MAIL_URL takes nothing after the question mark but tls=yes or tls=no")
    is_tls = parts.scheme == "smtps"
    return MailServer(
        parts.hostname,
        port or (465 if is_tls else 587),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        is_tls=is_tls,
        is_starttls=not is_tls and tls == "yes",
    )
