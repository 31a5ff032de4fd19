"""How events about a company, an account or a membership are recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts import events
from accounts.models import (
    Account,
    Company,
    Membership,
    User,
)


def company_subject(company: Company) -> str:
    return f"company:{company.pk}"


def record(company: Company, operation: str, *, actor: User, at: datetime, **more: Any) -> None:
    behalf = None if actor.is_staff else company.pk
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
    row: Membership, operation: str, *, actor: User, at: datetime, changes: events.Changes | None = None
) -> None:
    record(
        row.company, operation, actor=actor, at=at, about=row, changes=changes or events.created(row, "user_id", "role")
    )
