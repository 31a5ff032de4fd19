"""Walk through the portal as a person does: from the pages where one begins, along every link."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

BEGINNINGS = (
    "/", "/companies/", "/me/", "/inbox/", "/partners/", "/lanes/", "/admin/", "/admin/review/?view=all",
    "/admin/vetting/", "/admin/standing/", "/admin/lanes/?view=decided", "/verify-statement",
)  # fmt: skip
VISITS = 3  # pages of one route and the same words of query
PAPER = re.compile(r"\.(pdf|zip|xlsx|csv)$|/(file|picture)/$|bundle")
# They answer in seconds, and hold nothing of anybody.
SLOW = ("readyz",)


def sort_of(address: str) -> tuple[str, frozenset[str]]:
    """The route of an address, and the words of its query. Raises Resolver404."""
    parts = urlsplit(address)
    return resolve(parts.path).view_name, frozenset(parse_qs(parts.query))


def walk(
    client: Client, begins: Iterable[str] = (), *, but: tuple[str, ...] = (), papers: bool = False, visits: int = VISITS
) -> Iterator[tuple[str, Any]]:
    """Each page that this client opens, with its address; routes that begin with `but` are passed by."""
    waiting, seen = [*begins, *BEGINNINGS], set()
    counted: Counter[tuple[str, frozenset[str]]] = Counter()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        try:
            sort = sort_of(address)
        except Resolver404:
            continue
        name, _words = sort
        if address in seen or counted[sort] >= visits or name.startswith((*but, *SLOW)):
            continue
        if PAPER.search(parts.path) and not papers:
            continue
        seen.add(address)
        counted[sort] += 1
        page = client.get(address)
        if page.status_code != 200:
            continue
        yield address, page
        if not page.streaming and page.headers.get("Content-Type", "").startswith("text/html"):
            links = re.findall(r'href="([/?][^"#]*)', page.content.decode())
            waiting += [urljoin(address, link.replace("&amp;", "&")) for link in links]
