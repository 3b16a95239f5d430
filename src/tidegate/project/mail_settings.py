"""The settings of mails, from the environment only."""

from django.core.exceptions import ImproperlyConfigured

from tidegate.inbox.mail_url import mail_server
from tidegate.project.environment import env_str

TIDEGATE_MAIL_URL = env_str(
    "TIDEGATE_MAIL_URL",
    "",
    "The server that mails are handed over to: `smtp://user:password@host:587`, or `smtps://host` for TLS from the "
    "beginning; with `?tls=no` the way is not encrypted. Blank sends none: the inbox in the product has everything.",
)
TIDEGATE_MAIL_FROM = env_str("TIDEGATE_MAIL_FROM", "", "The address that mails come from; needed to send any.")
TIDEGATE_SITE_URL = env_str(
    "TIDEGATE_SITE_URL",
    "",
    "The public address of the site, such as `https://tidegate.example.org`, for the links in mails and invitations; "
    "blank is the first of `TIDEGATE_ALLOWED_HOSTS`.",
)
if TIDEGATE_MAIL_URL:
    try:
        mail_server(TIDEGATE_MAIL_URL)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error
    if "@" not in TIDEGATE_MAIL_FROM:
        raise ImproperlyConfigured("TIDEGATE_MAIL_URL is set, so TIDEGATE_MAIL_FROM needs an email address")
