"""The company's list of requests: filters read from the address, and turned into conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fastlane.lanes.life import State

GROUPS: Mapping[str, tuple[str | Promise, frozenset[State]]] = {
    "": (_("All"), frozenset(State)),
    "draft": (_("Not sent"), frozenset({State.DRAFT})),
    "open": (_("Open"), frozenset({State.SUBMITTED, State.INCOMPLETE, State.MANUAL_REVIEW})),
    "yes": (_("Approved"), frozenset({State.APPROVED, State.NOT_REQUIRED})),
    "no": (_("Refused or fallen"), frozenset({State.REFUSED, State.VOID, State.REVOKED})),
    "past": (_("Over"), frozenset({State.USED, State.WITHDRAWN, State.EXPIRED})),
}


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What the list shows. Unknown values in an address are dropped."""

    group: str = ""
    port: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> RequestFilter:
        group, port = query.get("state", ""), query.get("port", "")
        return cls(group if group in GROUPS else "", port if port.isdecimal() and len(port) == 4 else "")

    def query(self, group: str) -> str:
        return urlencode({name: value for name, value in (("state", group), ("port", self.port)) if value})

    def condition(self) -> Q:
        wanted = Q(status__in=sorted(GROUPS[self.group][1]))
        return wanted & Q(port=self.port) if self.port else wanted
