"""The life of a parcel file as a table, and who may bring one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from accounts.roles import Role as R
from trusted_trader.entity_types import EntityType as T
from trusted_trader.workflow import ActorView, Table, row
from trusted_trader.workflow import gettext_noop as _


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


S = State

WORD = {
    S.WAITING: _("Waiting to be looked at"),
    S.RUNNING: _("Being decided"),
    S.DONE: _("Decided"),
    S.REFUSED: _("Can't be decided"),
    S.CANCELLED: _("Stopped"),
    S.EXPIRED: _("Decided; its files are removed"),
}
LIVE = frozenset({S.WAITING, S.RUNNING})

# Who enters small parcels or carries them: owner, purchaser or broker file, carriers and consolidators bring the
# manifest (CBP FAQ on entry type 86, 19 CFR 10.151). Express firms are air carriers or consolidators here [D].
SENDERS = frozenset({
    T.IMPORTER, T.CUSTOMS_BROKER, T.CONSOLIDATOR, T.THIRD_PARTY_LOGISTICS, T.AIR_CARRIER, T.SEA_CARRIER,
    T.HIGHWAY_CARRIER, T.MEXICAN_LONG_HAUL_CARRIER, T.RAIL_CARRIER,
})  # fmt: skip
FILERS = {R.OFFICER, R.CONTACT, R.COMPANY_USER}

# Figures of this portal's own design.
MOST_ROWS = 1_000_000
MOST_AT_ONCE = 3
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FileView:
    """What the guards look at: the file's status (none before it is uploaded), and the account's other files at work."""

    status: str
    at_work: int = 0


def few_at_work(view: FileView, actor: ActorView) -> str:
    if view.at_work >= MOST_AT_ONCE:
        return _("Three of your files are being decided already. Wait until one is done, or stop one.")
    return ""


TABLE: Table[FileView] = {
    "upload": row({"none"}, S.WAITING, by=FILERS, guards=[few_at_work]),
    "begin": row({S.WAITING}, S.RUNNING, by=()),
    "finish": row({S.RUNNING}, S.DONE, by=()),
    "refuse": row(LIVE, S.REFUSED, by=()),
    "cancel": row(LIVE, S.CANCELLED, by=FILERS),
    "expire": row({S.DONE}, S.EXPIRED, by=()),
}
