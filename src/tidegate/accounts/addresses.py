"""The address that a request comes from, as far as proxies are believed."""

from ipaddress import ip_address

from django.conf import settings


def address_of(forwarded_for: str, remote: str, /) -> str:
    """Return the visitor's address. Of what proxies say only that is believed which our own have
    added, at the end: anybody can have written what comes before it. Without proxies it is the
    address that is connected."""
    said = [part.strip() for part in forwarded_for.split(",")]
    proxies = settings.TIDEGATE_PROXIES
    believed = said[-proxies] if 0 < proxies <= len(said) else ""
    try:
        return str(ip_address(believed))
    except ValueError:
        return remote
