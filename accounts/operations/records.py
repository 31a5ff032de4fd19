"""How events about a company, an account or a membership are recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import events
from accounts.models import (
    Account,
    Company,
    Membership,
    User,
    Versioned,
)
from accounts.refusals import Stale


def company_subject(company: Company) -> str:
    return f"company:{company.pk}"


def unchanged_since(version: int, row: Versioned) -> None:
    """Raises Stale, with the newer row, when somebody saved it since the page of this version was opened."""
    if row.version != version:
        raise Stale(
            _("Somebody else has changed these details since you opened the page. Compare both and save again."),
            current=row,
        )


def record(company: Company, operation: str, *, actor: User | None, at: datetime, **more: Any) -> None:
    behalf = None if actor is None or actor.is_staff else company.pk
    events.record(
        company_subject(company), operation, actor=actor, at=at, company_id=company.pk, on_behalf_of=behalf, **more
    )


def record_account(account: Account, operation: str, *, actor: User, at: datetime, **more: Any) -> None:
    behalf = None if actor.is_staff else account.company_id
    events.record(
        events.account_subject(account.number),
        operation,
        actor=actor,
        at=at,
        company_id=account.company_id,
        on_behalf_of=behalf,
        **more,
    )


def record_membership(
    row: Membership, operation: str, *, actor: User | None, at: datetime, changes: events.Changes | None = None
) -> None:
    record(
        row.company, operation, actor=actor, at=at, about=row, changes=changes or events.created(row, "user_id", "role")
    )
