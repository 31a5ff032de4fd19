"""Validations of the demonstration's members: recorded by a specialist, confirmed by a supervisor, some still waiting."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import Facility
from accounts.roles import Role
from trusted_trader.demo.founding import Days, Founded
from trusted_trader.demo.reviewing import Staff, cases
from trusted_trader.validation import operations as validation
from trusted_trader.validation.models import Validation


def validate(made: Founded, staff: Staff, days: Days) -> None:
    """What cases.toml says of this member's validation; nothing when one is on record."""
    told = cases().get(made.plan.key, {}).get("validated")
    if told is None or Validation.objects.filter(account=made.account).exists():
        return
    specialist = staff.of(Role.SPECIALIST)[made.plan.specialist or 0]
    row = validation.record(
        account=made.account,
        visited_on=days.today - timedelta(days=told["visited"]),
        sites=list(Facility.objects.filter(company=made.company).order_by("pk")),
        basis=told["basis"],
        summary=told["summary"],
        actor=specialist,
        at=days.at(max(told["visited"] - 2, 0), 9, 40),
    )
    if "confirmed" in told:
        supervisor = staff.of(Role.SUPERVISOR)[made.plan.number % 2]
        validation.confirm(validation=row, actor=supervisor, at=days.at(told["confirmed"], 13, 20))
