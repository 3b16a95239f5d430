"""The environ of a WSGI application (PEP 3333), made from the scope of an ASGI server."""

import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from tidegate.project.spooled_bytes import SpooledBytes

_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers by their names in lower case.

    A name with an underscore is left out: as a WSGI variable it would be the same as the one with
    hyphens, and somebody could speak for a proxy by it (`X_Forwarded_For`).
    """
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if "_" not in name:
            between = "; " if name == "cookie" else ","
            found[name] = f"{found[name]}{between}{value}" if name in found else value
    return found


def environ_of(scope: Mapping[str, Any], headers: Mapping[str, str], body: SpooledBytes) -> dict[str, Any]:
    """Return the environ. The body is here as a whole, so that its length is known, also of one that came in chunks."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body.as_file(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        if name != "transfer-encoding":
            environ[_WITHOUT_PREFIX.get(name) or f"HTTP_{name.upper().replace('-', '_')}"] = value
    environ["CONTENT_LENGTH"] = str(body.byte_count) if body.byte_count else headers.get("content-length", "")
    return environ
