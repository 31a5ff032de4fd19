"""A company of the demonstration opens a second account, which starts from the first one's answers."""

from __future__ import annotations

from collections.abc import Mapping

from accounts import operations as who
from accounts.models import Account
from trusted_trader import entity_types
from trusted_trader.application import operations
from trusted_trader.application.models import Application
from trusted_trader.demo import answers
from trusted_trader.demo.companies import identifier
from trusted_trader.demo.founding import Days, Founded
from trusted_trader.entity_types import EntityType

SECOND: Mapping[str, EntityType] = {"larkspur": EntityType.EXPORTER}
BEGAN = 21  # days ago


def open_second(made: Founded, days: Days) -> None:
    """Open it, give it its numbers, and take the answers over; nothing when it is there."""
    kind = SECOND.get(made.plan.key)
    if kind is None or Account.objects.filter(company=made.company, entity_type=kind).exists():
        return
    officer, at = made.officer, days.at(BEGAN, 10, 15)
    account = who.open_account(company=made.company, entity_type=kind, actor=officer, at=at)
    for need in entity_types.for_type(kind).required:
        scheme = need if isinstance(need, str) else need[0]
        who.set_identifier(account=account, scheme=scheme, raw=identifier(made.plan, scheme), actor=officer, at=at)
    draft: Application = operations.start(account=account, actor=officer, at=at)
    eligible: dict[str, bool | None] = {question.code: True for question in entity_types.for_type(kind).questions}
    operations.save_eligibility(application=draft, answers=eligible, actor=officer, at=at)
    operations.save_profile(application=draft, answers=answers.profile(made.plan), actor=officer, at=at)
    operations.copy_answers(source=made.account, target=account, actor=officer, at=days.at(BEGAN, 10, 40))
