"""Send what is due: claim in a short transaction, post with none open, record in another.

One lane (an account, a request) of an endpoint goes message by message; different lanes don't wait for each other.
A claim is a lease: a worker that dies while it waits for an answer loses it, and the message is sent again under the
same id. Looking again later is an effect, so no message depends on a process that stays alive.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import effects, tenancy
from fastlane.webhooks import closing, posting, signing
from fastlane.webhooks.models import Attempt, Delivery, Endpoint
from fastlane.webhooks.posting import Posted

SEND = "webhook.send"
MOST_AT_ONCE = 20
LEASE = timedelta(seconds=30)
GIVEN_UP_AFTER = timedelta(days=3)
# Seconds between tries, each up to a fifth longer or shorter; the last one repeats until it is given up.
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600, 28_800, 43_200)
JITTER = 0.2
PATIENT_FAILURES = 3  # so many refusals in a row, then the whole endpoint rests
LONGEST_REST = 300

log = logging.getLogger(__name__)
_chance = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Job:
    """A message that this worker may send until its lease ends."""

    delivery_id: int
    url: str
    body: str
    message_id: str
    secrets: tuple[str, ...]


def message_id(delivery: Delivery) -> str:
    return f"msg_{delivery.key.hex}"


def drain(endpoint_id: int, *, clock: Callable[[], datetime] = timezone.now, patience: float = posting.PATIENCE) -> int:
    """Send what is due at this endpoint. Returns how many arrived. Must be called outside any transaction."""
    arrived = 0
    while jobs := _claim(endpoint_id, now := clock()):
        began = time.monotonic()
        for number, job in enumerate(jobs):
            went_well = _send(job, clock, patience)
            arrived += went_well
            late = time.monotonic() - began > LEASE.total_seconds() - patience
            if not went_well or late:
                _release(jobs[number + 1 :])
                break
        # All of the claim is settled, so nobody need look when its lease ends.
        effects.cancel(SEND, f"endpoint:{endpoint_id}", (now + LEASE).isoformat(), at=now)
    return arrived


def look_again(endpoint_id: int, *, at: datetime, now: datetime) -> None:
    """See to it that a worker looks at this endpoint at that time."""
    effects.add(
        SEND,
        f"endpoint:{endpoint_id}",
        at.isoformat(),
        at=now,
        not_before=at,
        payload={"endpoint": endpoint_id},
    )


def _claim(endpoint_id: int, now: datetime) -> list[Job]:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        rows = Endpoint.objects.select_for_update().filter(pk=endpoint_id, is_active=True, ended_at=None)
        endpoint = rows.first()
        if endpoint is None:
            return []
        if endpoint.rests_until and endpoint.rests_until > now:
            if _due(endpoint, now).exists():
                look_again(endpoint_id, at=endpoint.rests_until, now=now)
            return []
        # Who has just refused is asked with one message, not with many.
        limit = 1 if endpoint.failures else MOST_AT_ONCE
        claimed = list(_due(endpoint, now).order_by("pk")[:limit].select_for_update(skip_locked=True))
        if not claimed:
            return []
        Delivery.objects.filter(pk__in=[row.pk for row in claimed]).update(leased_until=now + LEASE)
        look_again(endpoint_id, at=now + LEASE, now=now)
        secrets = tuple(
            secret.value
            for secret in endpoint.secrets.filter(Q(expires_at=None) | Q(expires_at__gt=now)).order_by("-pk")
        )
        return [Job(row.pk, endpoint.url, row.body, message_id(row), secrets) for row in claimed]


def _due(endpoint: Endpoint, now: datetime) -> QuerySet[Delivery]:
    """The first open message of every lane, where its time has come and nobody is at it."""
    before = Delivery.objects.filter(endpoint_id=OuterRef("endpoint_id"), lane=OuterRef("lane"), state="pending",
                                     pk__lt=OuterRef("pk"))  # fmt: skip
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return Delivery.objects.filter(free, ~Exists(before), endpoint=endpoint, state="pending", due_at__lte=now)


def _send(job: Job, clock: Callable[[], datetime], patience: float) -> bool:
    now = clock()
    headers = signing.headers(job.message_id, int(now.timestamp()), job.body, job.secrets)
    posted = posting.post(job.url, job.body.encode(), headers, patience=patience)
    _record(job, posted, headers, began=now, now=clock())
    return posted.well


def _record(job: Job, posted: Posted, headers: dict[str, str], *, began: datetime, now: datetime) -> None:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        row = Delivery.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=job.delivery_id)
        Attempt.objects.create(
            delivery=row, at=began, took_ms=posted.took_ms, request_headers=headers, status=posted.status,
            answer=posted.answer, error=posted.error,
        )  # fmt: skip
        row.attempts += 1
        row.leased_until = None
        if posted.well:
            row.state, row.delivered_at = Delivery.State.DELIVERED, now
            Endpoint.objects.filter(pk=row.endpoint_id, failures__gt=0).update(failures=0, rests_until=None)
        elif row.state == Delivery.State.PENDING:
            _refused(row, now)
        row.save(update_fields=["attempts", "leased_until", "state", "delivered_at", "due_at"])
        if posted.status == 410:
            closing.gone(row.endpoint, at=now)


def _refused(row: Delivery, now: datetime) -> None:
    """Try again later, or give up after three days."""
    endpoint = Endpoint.objects.select_for_update().get(pk=row.endpoint_id)
    endpoint.failures += 1
    if endpoint.failures >= PATIENT_FAILURES:
        rest = min(2.0 ** min(endpoint.failures, 20), LONGEST_REST)
        endpoint.rests_until = now + timedelta(seconds=_jittered(rest))
    endpoint.save(update_fields=["failures", "rests_until"])
    if now - row.tried_since >= GIVEN_UP_AFTER:
        row.state = Delivery.State.FAILED
        if not closing.heard_since(endpoint, row.tried_since):
            closing.dead(endpoint, at=now)
            return
        look_again(row.endpoint_id, at=now, now=now)
        return
    row.due_at = now + timedelta(seconds=_jittered(WAITS[min(row.attempts, len(WAITS)) - 1]))
    look_again(row.endpoint_id, at=row.due_at, now=now)


def _jittered(seconds: float) -> float:
    return seconds * _chance.uniform(1 - JITTER, 1 + JITTER)


def _release(jobs: list[Job]) -> None:
    """Give back what was claimed and not sent."""
    if jobs:
        with tenancy.enter(tenancy.Scope.SYSTEM):
            Delivery.objects.filter(pk__in=[job.delivery_id for job in jobs]).update(leased_until=None)
