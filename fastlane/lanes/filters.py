"""The company's list of requests: filters read from the address, and turned into conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
# A terminal's operator hears of a request once it was approved.
TERMINAL_GROUPS: Mapping[str, tuple[str | Promise, frozenset[State]]] = {
    "": (_("All"), frozenset(State)),
    "yes": (_("Approved"), frozenset({State.APPROVED, State.NOT_REQUIRED})),
    "no": (_("Fallen"), frozenset(State) - {State.APPROVED, State.NOT_REQUIRED, State.USED}),
    "past": (_("Used"), frozenset({State.USED})),
}


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What the list shows. Unknown values in an address are dropped."""

    group: str = ""
    port: str = ""
    groups: Mapping[str, tuple[str | Promise, frozenset[State]]] = field(default_factory=lambda: GROUPS)

    @classmethod
    def read(
        cls, query: Mapping[str, str], groups: Mapping[str, tuple[str | Promise, frozenset[State]]] = GROUPS
    ) -> RequestFilter:
        group, port = query.get("state", ""), query.get("port", "")
        return cls(group if group in groups else "", port if port.isdecimal() and len(port) == 4 else "", groups)

    def tabs(self) -> list[tuple[str | Promise, str, bool]]:
        """Each group's title, the query that shows it, and whether it is shown."""
        return [(title, self.query(code), code == self.group) for code, (title, _states) in self.groups.items()]

    def query(self, group: str) -> str:
        return urlencode({name: value for name, value in (("state", group), ("port", self.port)) if value})

    def condition(self) -> Q:
        wanted = Q(status__in=sorted(self.groups[self.group][1]))
        return wanted & Q(port=self.port) if self.port else wanted
