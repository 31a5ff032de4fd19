"""Effects: what must follow a change, as rows in the change's own transaction; the only package that calls Celery.

`add` writes the row; after the commit a worker is told. A lost broker, a killed worker or a double run changes nothing,
because the sweeper finds every row that is due and not done, and a handler and its "done" mark commit together.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from celery import current_app
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.utils import timezone
from kombu.exceptions import OperationalError
from psycopg.types.json import Jsonb

from accounts import tenancy
from accounts.effects.models import Effect

log = logging.getLogger(__name__)

type Handler = Callable[[Effect], str | None]
HANDLERS: dict[str, list[Handler]] = {}
RUN = "accounts.effects.run"
BROKER_REST = 5.0  # seconds in which a broker that did not answer is not asked again
_broker_away_until = 0.0


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register a function for one kind of effect. It must be safe to run twice and returns a short outcome."""

    def register(function: Handler) -> Handler:
        HANDLERS.setdefault(kind, []).append(function)
        return function

    return register


def add(
    kind: str,
    subject: str,
    version: str | int,
    *,
    at: datetime,
    not_before: datetime | None = None,
    payload: dict[str, object] | None = None,
) -> Effect:
    """Say what must follow. Unique by (kind, subject, version): saying it twice is saying it once.

    The payload holds ids and plain words, never personal data. Raises KeyError when nobody serves the kind.
    """
    if kind not in HANDLERS:
        raise KeyError(f"No handler serves the effect {kind!r}.")
    effect = Effect(
        kind=kind,
        subject=subject,
        version=str(version),
        created_at=at,
        not_before=not_before or at,
        payload=payload or {},
    )
    fresh = _insert(effect)
    if not fresh:
        effect = Effect.objects.get(kind=kind, subject=subject, version=str(version))
    if fresh and effect.not_before <= timezone.now():
        transaction.on_commit(lambda: _tell_a_worker(effect.pk))
    return effect


_INSERT = (
    "insert into accounts_effect (kind, subject, version, payload, not_before, created_at, attempts, last_error, outcome)"
    " values (%s, %s, %s, %s, %s, %s, 0, '', '') on conflict (kind, subject, version) do nothing returning id"
)


def _insert(effect: Effect) -> bool:
    """Write the row unless it is there; one statement, as most requests write several."""
    with connection.cursor() as cursor:
        values = [
            effect.kind,
            effect.subject,
            effect.version,
            Jsonb(effect.payload),
            effect.not_before,
            effect.created_at,
        ]
        cursor.execute(_INSERT, values)
        found = cursor.fetchone()
    if found is None:
        return False
    effect.pk, effect._state.adding = found[0], False
    post_save.send(sender=Effect, instance=effect, created=True, raw=False, using="default", update_fields=None)
    return True


def cancel(kind: str, subject: str, version: str | int, *, at: datetime) -> bool:
    """Take back an effect that has not run yet. False when it has run (or never was)."""
    rows = Effect.objects.filter(kind=kind, subject=subject, version=str(version), done_at=None, cancelled_at=None)
    return bool(rows.update(cancelled_at=at))


def _tell_a_worker(effect_id: int) -> None:
    global _broker_away_until
    if time.monotonic() < _broker_away_until:
        return
    try:
        current_app.send_task(RUN, args=[effect_id], ignore_result=True)
    except (OperationalError, OSError) as error:
        # The sweeper will find the row: a request never fails because the broker is away, and waits for it once.
        _broker_away_until = time.monotonic() + BROKER_REST
        log.warning("broker away, the sweeper will run effect %s: %s", effect_id, type(error).__name__)


# Written out, as every effect goes through them: putting them together takes longer than they do.
_CLAIM = (
    "select * from accounts_effect where id = %s and done_at is null and cancelled_at is null and not_before <= %s"
    " for update skip locked"
)
_DONE = "update accounts_effect set done_at = %s, attempts = attempts + 1, outcome = %s where id = %s"


def run(effect_id: int) -> bool:
    """Run one effect if it is due and nobody else is at it; the handlers and the mark commit together."""
    try:
        with tenancy.enter(tenancy.Scope.SYSTEM):
            effect = next(iter(Effect.objects.raw(_CLAIM, [effect_id, timezone.now()])), None)
            if effect is None:
                return False
            outcomes = [function(effect) for function in HANDLERS[effect.kind]]
            mark_done(effect_id, "; ".join(filter(None, outcomes))[:300])
            return True
    except Exception as error:
        log.exception("effect %s failed", effect_id)
        _note_failure(effect_id, error)
        return False


def mark_done(effect_id: int, outcome: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [timezone.now(), outcome, effect_id])


def _note_failure(effect_id: int, error: Exception) -> None:
    """Count the failure and put the next try further off: 5, 10, 20 … seconds, at most an hour."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        effect = Effect.objects.select_for_update().get(pk=effect_id)
        effect.attempts += 1
        effect.last_error = f"{type(error).__name__}: {error}"[:300]
        effect.not_before = timezone.now() + timedelta(seconds=min(5 * 2 ** (effect.attempts - 1), 3600))
        effect.save(update_fields=["attempts", "last_error", "not_before"])


def due(limit: int = 500) -> list[int]:
    """Effects that are due and not done, oldest first."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        rows = Effect.objects.filter(done_at=None, cancelled_at=None, not_before__lte=timezone.now())
        return list(rows.order_by("not_before", "pk").values_list("pk", flat=True)[:limit])
