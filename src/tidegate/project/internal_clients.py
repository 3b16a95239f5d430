"""Who may see how the site does: a program on this machine, or one that shows the token."""

import hmac
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings

# How the names of the headers begin that only a proxy adds.
_PROXY_HEADERS = ("forwarded", "via", "x-forwarded", "x-real-ip", "x-client-ip", "x-original", "true-client-ip", "cf-")


def is_internal(scope: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    """Whether the request comes straight from this machine, or shows TIDEGATE_METRICS_TOKEN.

    A proxy on this machine is not the visitor: where anything says that a request went through one, or asks for a name
    of ours and not for this machine, the token alone counts.
    """
    return shows_token(headers) or (
        _is_loopback((scope.get("client") or ("",))[0])
        and _is_loopback(_host_of(headers.get("host", "")))
        and not any(_name(raw).startswith(_PROXY_HEADERS) for raw, _ in scope["headers"])
    )


def shows_token(headers: Mapping[str, str]) -> bool:
    """Whether the request shows the token, where there is one."""
    token = settings.TIDEGATE_METRICS_TOKEN
    scheme, _, shown = headers.get("authorization", "").partition(" ")
    is_same = hmac.compare_digest(shown.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and is_same


def _name(raw: bytes) -> str:
    return raw.decode("latin-1").lower().replace("_", "-")


def _host_of(said: str) -> str:
    if said.startswith("["):
        return said[1:].partition("]")[0]
    return said.partition(":")[0]


def _is_loopback(said: str) -> bool:
    if said == "localhost":
        return True
    try:
        address = ip_address(said)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
