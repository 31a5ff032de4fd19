"""Benefits are entered when what they speak of has happened."""

from __future__ import annotations

from django.utils import timezone

from accounts import effects
from accounts.effects.models import Effect
from fastlane.lanes.models import LaneRequest
from fastlane.lanes.operations import ARRIVED
from fastlane.ledger import operations
from trusted_trader.review.models import Decision


@effects.handler(ARRIVED)
def call_reported(effect: Effect) -> str:
    request = LaneRequest.objects.select_related("account").get(pk=effect.payload["request"])
    entered = operations.credit_call(request, at=timezone.now())
    return f"{len(entered)} benefits"


@effects.handler("decision.letters")
def decided(effect: Effect) -> str:
    decision = Decision.objects.select_related("application__account").get(pk=effect.payload["decision"])
    if decision.undone_at is not None:
        return "undone"
    return "days entered" if operations.credit_decision(decision.application) else "entered before"
