"""Which addresses a webhook may reach: public ones, by https. Nothing inside our own network can be called."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network
type Resolver = Callable[..., Sequence[tuple[Any, ...]]]

LONGEST_URL = 500

# Networks that Python calls global although they lead inward: IPv4 carried in IPv6, and what clouds keep for themselves.
INWARD: tuple[Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
        "168.63.129.16/32",  # a cloud's own services
    )
)


class Forbidden(Exception):
    """This address may not be called; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes, as its URL says."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def parse(url: str) -> Target:
    """Read a URL. Raises Forbidden when it is none that we would ever call; resolves nothing."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna" if not _is_literal(parts.hostname) else "ascii").decode()
    except (ValueError, UnicodeError) as error:
        raise Forbidden(_("This is no address that can be called. Write it as https://host/path.")) from error
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in url) or len(url) > LONGEST_URL or not url.isascii():
        raise Forbidden(_("Write the address without spaces, in plain letters, in at most 500 of them."))
    if parts.scheme not in {"https", "http"} or not host:
        raise Forbidden(_("Write an address that begins with https://."))
    if parts.username is not None or parts.password is not None:
        raise Forbidden(_("Leave name and password out of the address. Our signature shows who is calling."))
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port or (443 if secure else 80), path)


def choose(target: Target, resolve: Resolver) -> str:
    """Resolve once and give the one address to connect to. Raises Forbidden, and OSError when there is none."""
    found = [ipaddress.ip_address(entry[4][0].partition("%")[0]) for entry in resolve(target.host, target.port)]
    # All of them must be public: a name with one inward address is not to be trusted with the next question.
    for address in found:
        check(address, target)
    if not found:
        raise OSError("The name has no address.")
    return str(found[0])


def check(address: Address, target: Target) -> None:
    """Raise Forbidden unless this address may be called in this way."""
    if any(address in network for network in local_networks()):
        return
    if not is_public(address):
        raise Forbidden(_("The address leads into a private network. Webhooks go to public addresses alone."))
    if not target.secure:
        raise Forbidden(_("The address doesn't begin with https://."))
    if target.port not in settings.WEBHOOK_PORTS:
        raise Forbidden(_("This port isn't open for webhooks. Use 443."))


def is_public(address: Address) -> bool:
    if address.is_multicast or address.is_reserved or any(address in network for network in INWARD):
        return False
    return address.is_global


def local_networks() -> Iterable[Network]:
    """Networks that may be called although they are inward, without https and on any port (demonstration, tests)."""
    return [ipaddress.ip_network(network) for network in settings.WEBHOOK_LOCAL_NETWORKS]


def _is_literal(host: str | None) -> bool:
    return host is not None and ":" in host
