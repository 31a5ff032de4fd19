"""What a member of staff keeps about the queue: named filters, the columns, the keys, and where the queue opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.refusals import Refused
from trusted_trader.review import operations
from trusted_trader.review.models import SavedFilter

COLUMNS = {
    "kind": gettext_lazy("Kind"),
    "age": gettext_lazy("Age"),
    "due": gettext_lazy("Due"),
    "risk": gettext_lazy("Risk"),
    "waits": gettext_lazy("Waits for"),
    "owner": gettext_lazy("Owner"),
    "office": gettext_lazy("Office"),
    "notes": gettext_lazy("Notes and flags"),
}
AT_FIRST = ("kind", "age", "due", "risk", "waits", "owner", "notes")
# One's own settings are kept as a filter with a name that nobody can give: names don't begin with a dot.
OWN = ".queue"


@dataclass(frozen=True, slots=True)
class Desk:
    """One's settings of the queue. `opens_with` is the key of the filter it opens with, or None."""

    filters: Sequence[SavedFilter] = ()
    columns: tuple[str, ...] = AT_FIRST
    keys: bool = True
    opens_with: int | None = None

    @property
    def first_filter(self) -> SavedFilter | None:
        return next((row for row in self.filters if row.pk == self.opens_with), None)


def desk(user: User) -> Desk:
    """One's own filters, then those that others share, with one's settings: one query."""
    rows = SavedFilter.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner").order_by("name", "pk")
    shown = [row for row in rows if not row.name.startswith(".")]
    shown.sort(key=lambda row: row.owner_id != user.pk)
    own = next((row.query for row in rows if row.name == OWN and row.owner_id == user.pk), "")
    if not own:
        return Desk(shown)
    kept = parse_qs(own, keep_blank_values=True)
    columns = kept.get("columns", [""])[0].split(",")
    opens_with = kept.get("opens_with", [""])[0]
    return Desk(
        filters=shown,
        columns=tuple(name for name in COLUMNS if name in columns),
        keys=kept.get("keys") != ["off"],
        opens_with=int(opens_with) if opens_with.isdecimal() else None,
    )


def keep_settings(user: User, *, columns: Sequence[str], keys: bool, opens_with: int | None) -> None:
    """Keep the columns, whether keys work, and the filter that the queue opens with."""
    query = {"columns": ",".join(columns), "keys": "on" if keys else "off", "opens_with": opens_with or ""}
    operations.save_filter(owner=user, name=OWN, query=urlencode(query), shared=False)


@transaction.atomic
def keep_filter(user: User, *, name: str, query: str, shared: bool) -> SavedFilter:
    """Keep a filter under a name. Raises Refused for a name that can't be shown."""
    if name.strip().startswith("."):
        raise Refused(_("Begin the name with a letter or a digit."), field="name")
    return operations.save_filter(owner=user, name=name, query=query, shared=shared)


@transaction.atomic
def forget_filter(user: User, pk: int) -> None:
    """Remove one's own filter. Raises Refused for somebody else's."""
    row = SavedFilter.objects.filter(pk=pk, owner=user).exclude(name__startswith=".").first()
    if row is None:
        raise Refused(_("Only its owner can remove a filter."), code="role")
    row.delete()
