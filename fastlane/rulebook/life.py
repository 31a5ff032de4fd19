"""The lives of an edition and of its activation as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.roles import Role as R
from trusted_trader.workflow import ActorView, Table, row
from trusted_trader.workflow import gettext_noop as _

STEWARDS = {R.DATA_STEWARD}
SECONDS = {R.DATA_STEWARD, R.SUPERVISOR, R.DIRECTOR}


@dataclass(frozen=True, slots=True)
class EditionView:
    """What the guards look at: an edition (none, draft, closed) or a proposal (proposed). Times are aware."""

    status: str
    author_id: int | None = None
    replayed: bool = False
    starts_at: datetime | None = None
    open_proposal: bool = False
    proposer_id: int | None = None


def replayed(view: EditionView, actor: ActorView) -> str:
    return "" if view.replayed else _("The edition is still being replayed over past decisions. Wait for the result.")


def not_in_the_past(view: EditionView, actor: ActorView) -> str:
    if view.starts_at is None or view.starts_at < actor.at - timedelta(minutes=1):
        return _("It can't be in force from a moment that is over. Choose a later one.")
    return ""


def nothing_open(view: EditionView, actor: ActorView) -> str:
    return _("Another proposal waits for its second person. Conclude that one first.") if view.open_proposal else ""


def another_person(view: EditionView, actor: ActorView) -> str:
    if view.proposer_id == actor.user_id:
        return _("You proposed this. Another person must put it in force.")
    return ""


TABLE: Table[EditionView] = {
    "draft": row({"none"}, "draft", by=STEWARDS),
    "edit": row({"draft"}, None, by=STEWARDS),
    "submit": row({"draft"}, "closed", by=STEWARDS),
    "propose": row({"closed"}, "proposed", by=STEWARDS, guards=[replayed, not_in_the_past, nothing_open]),
    "confirm": row({"proposed"}, "confirmed", by=SECONDS, guards=[another_person]),
    "reject": row({"proposed"}, "rejected", by=SECONDS),
}
