"""Timed work: read the clock, call one operation for each case. Missed and doubled runs change nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import clocks, effects, origin, tenancy
from accounts.clocks import ClockEvent
from trusted_trader.application.models import AgreementSignature, Application
from trusted_trader.application.queries import programme_day
from trusted_trader.review import operations as review
from trusted_trader.review.models import Flag, InformationRequest


def tick() -> None:
    """Everything that is due now; called every minute."""
    now = timezone.now()
    with origin.coming_from("worker"):
        lapse_requests(now)
        remind_of_requests(now)
        remind_of_drafts(now)
        remind_of_flags(now)


def lapse_requests(at: datetime) -> int:
    """Questions whose time is over go back to the reviewer unanswered."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        late = list(InformationRequest.objects.filter(status="open", due_at__lte=at).values_list("pk", flat=True))
    lapsed = 0
    for pk in late:
        with transaction.atomic(), tenancy.enter(tenancy.Scope.SYSTEM):
            lapsed += review.lapse_request(request_id=pk, at=at)
    return lapsed


def remind_of_requests(at: datetime) -> None:
    """The company is reminded halfway, two weeks and two days before its answer is due."""
    spec = clocks.specs()["request"]
    with tenancy.enter(tenancy.Scope.SYSTEM):
        for request in InformationRequest.objects.filter(status="open"):
            state = clocks.due(spec, [ClockEvent(request.asked_at, "request.send")], at=at)
            for moment in clocks.reminders(spec, state):
                if request.asked_at < moment <= at:
                    effects.add(
                        "request.remind",
                        f"request:{request.pk}",
                        moment.date().isoformat(),
                        at=at,
                        payload={"request": request.pk},
                    )


def remind_of_drafts(at: datetime) -> None:
    """A company that has signed the agreement is reminded of its unfinished profile."""
    spec = clocks.specs()["profile"]
    with tenancy.enter(tenancy.Scope.SYSTEM):
        for application in Application.objects.filter(status="draft"):
            signed = AgreementSignature.objects.filter(account_id=application.account_id).order_by("signed_at").first()
            if signed is None:
                continue
            state = clocks.due(spec, [ClockEvent(signed.signed_at, "agreement.sign")], at=at)
            for moment in clocks.reminders(spec, state):
                if signed.signed_at < moment <= at:
                    effects.add(
                        "draft.remind",
                        f"application:{application.pk}",
                        moment.date().isoformat(),
                        at=at,
                        payload={"application": application.pk},
                    )


def remind_of_flags(at: datetime) -> None:
    """A flag's owner is told on the day on which it should have ended."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        for flag in Flag.objects.filter(cleared_at=None, ends_on__lte=programme_day(at)):
            effects.add("flag.remind", f"flag:{flag.pk}", flag.ends_on.isoformat(), at=at, payload={"flag": flag.pk})
