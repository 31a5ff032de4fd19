"""One POST to an address that was checked as its socket opens: no redirects, bounded in time and size.

The name is resolved once; the socket goes to the very address that was checked, so a name that answers differently
the second time gains nothing. No proxy of the environment is used.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from fastlane.webhooks import addresses
from fastlane.webhooks.addresses import Forbidden, Resolver, Target

PATIENCE = 10.0  # seconds for all of it
LARGEST_ANSWER = 64 * 1024
SHOWN_ANSWER = 2000
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of a POST: a status with the beginning of its answer, or an error."""

    status: int | None
    answer: str
    error: str
    took_ms: int

    @property
    def well(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def resolve(host: str, port: int) -> list[tuple[object, ...]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    patience: float = PATIENCE,
    resolver: Resolver = resolve,
) -> Posted:
    """Send; never raises for what the other side does."""
    began = time.monotonic()

    def took() -> int:
        return round((time.monotonic() - began) * 1000)

    try:
        target = addresses.parse(url)
        answer = _exchange(target, addresses.choose(target, resolver), body, headers, began + patience)
    except Forbidden as forbidden:
        return Posted(None, "", str(forbidden), took())
    except TimeoutError:
        return Posted(None, "", f"No answer within {patience:g} seconds.", took())
    except (OSError, ValueError, UnicodeError) as error:
        return Posted(None, "", f"{type(error).__name__}: {error}"[:200], took())
    status = _STATUS.match(answer)
    if status is None:
        return Posted(None, "", "The answer isn't HTTP.", took())
    content = answer.partition(b"\r\n\r\n")[2][:SHOWN_ANSWER].decode("utf-8", "replace").replace("\0", "�")
    return Posted(int(status[1]), content, "", took())


def _exchange(target: Target, address: str, body: bytes, headers: Mapping[str, str], deadline: float) -> bytes:
    with socket.create_connection((address, target.port), timeout=_left(deadline)) as plain:
        # What the socket is really connected to is what counts.
        addresses.check(ipaddress.ip_address(plain.getpeername()[0].partition("%")[0]), target)
        if not target.secure:
            return _talk(plain, target, body, headers, deadline)
        plain.settimeout(_left(deadline))
        with _context().wrap_socket(plain, server_hostname=target.host) as sealed:
            return _talk(sealed, target, body, headers, deadline)


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _talk(line: socket.socket, target: Target, body: bytes, headers: Mapping[str, str], deadline: float) -> bytes:
    head = {
        "Host": target.authority,
        "User-Agent": "trusted-trader-portal/1",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept": "*/*",
        "Connection": "close",
        **headers,
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    line.settimeout(_left(deadline))
    line.sendall("\r\n".join(lines).encode("ascii") + body)
    heard = b""
    while len(heard) < LARGEST_ANSWER and not _whole(heard):
        line.settimeout(_left(deadline))
        try:
            piece = line.recv(16_384)
        except TimeoutError:
            if b"\r\n\r\n" in heard:  # the answer is known, only its text drags on
                break
            raise
        if not piece:
            break
        heard += piece
    return heard


def _whole(heard: bytes) -> bool:
    """Is everything there that is worth waiting for?"""
    head, end, content = heard.partition(b"\r\n\r\n")
    if not end:
        return False
    if len(content) >= SHOWN_ANSWER:
        return True
    length = re.search(rb"(?im)^content-length:[ \t]*(\d{1,9})[ \t]*\r?$", head)
    if length:
        return len(content) >= int(length[1])
    return content.endswith(b"0\r\n\r\n") and b"chunked" in head.lower()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
