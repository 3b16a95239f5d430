"""Addresses outside: what people may name, and where a message may really go. Nobody reaches our own network by us."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from tidegate.core.errors import Refusal

_WRAPPING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class Unreachable(Exception):
    """The address leads nowhere, or to where no message may go."""


def check_address(address: str) -> None:
    """Raise a Refusal where the address is not one that a message can be sent to."""
    parts = _parts_of(address)
    if parts is None or not parts.hostname or parts.username is not None or parts.fragment:
        raise Refusal("This is not an address for a webhook", fix="Write it as https://host/path", code="ADDRESS")
    try:
        resolve_public_ip(parts.hostname, parts.port)
    except Unreachable as error:
        fix = "It must be public on the internet: no internal names, no private numbers"
        raise Refusal("A webhook may not go to this address", fix=fix, code="ADDRESS") from error


def _parts_of(address: str) -> SplitResult | None:
    """Return the parts of an address on the web; None where it is none."""
    import httpx

    # urlsplit passes over tabs and line breaks, which what sends the message does not.
    if not address.isprintable():
        return None
    try:
        parts = urlsplit(address)
        is_whole = parts.port != 0 and bool(httpx.URL(address).host)
    except (ValueError, httpx.InvalidURL):
        return None
    is_web = parts.scheme == "https" or (settings.TIDEGATE_WEBHOOKS_TO_PRIVATE and parts.scheme == "http")
    return parts if is_web and is_whole else None


def resolve_public_ip(host: str, port: int | None) -> str:
    """Return the IP address to connect to. Raises Unreachable where the name has one that is not public, or none.

    Connect to the address that is returned, not to the name: the name may lead elsewhere a moment later.
    """
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Unreachable from error
    addresses = sorted(map(str, found))
    is_public = all(_is_public(address) for address in addresses)
    if not addresses or not (is_public or settings.TIDEGATE_WEBHOOKS_TO_PRIVATE):
        raise Unreachable
    return addresses[0]


def _is_public(address: str) -> bool:
    """Whether it is reached from the internet; one that wraps an IPv4 address is as public as that is."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or _last_part(ip)
        if wrapped is not None and not _is_public(str(wrapped)):
            return False
    return ip.is_global and not ip.is_multicast


def _last_part(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address at the end of one for translation (NAT64), or of the old form `::1.2.3.4`."""
    is_wrapping = any(ip in network for network in _WRAPPING)
    return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if is_wrapping else None
