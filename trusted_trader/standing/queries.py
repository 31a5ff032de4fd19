"""Reads of standing: what held at a time, as known at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Account
from trusted_trader.standing.models import Certificate, Standing


@dataclass(frozen=True, slots=True)
class StandingView:
    """The standing of an account at one moment. `since` and `until` bound the period that holds (None: open)."""

    level: str = "none"
    tier: int | None = None
    status: str = "none"
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def in_good_standing(self) -> bool:
        return self.status == "good" and self.level in {"certified", "validated"}


NO_STANDING = StandingView()


def standing(account: Account, *, at: datetime, known_at: datetime | None = None) -> StandingView:
    """The account's standing at `at`, as the portal knew it at `known_at` (default: as it knows it now)."""
    rows = Standing.objects.filter(account=account, valid__contains=at)
    rows = rows.filter(known__contains=known_at) if known_at else rows.filter(known__upper_inf=True)
    row = rows.first()
    if row is None:
        return NO_STANDING
    return StandingView(row.level, row.tier, row.status, row.reason, row.valid.lower, row.valid.upper)


def history(account: Account) -> list[Standing]:
    """The periods as known now, newest first."""
    return list(Standing.objects.filter(account=account, known__upper_inf=True).order_by("-valid"))


def newest_certificate(account: Account) -> Certificate | None:
    return Certificate.objects.filter(account=account, withdrawn_at=None).order_by("-issued_at").first()
