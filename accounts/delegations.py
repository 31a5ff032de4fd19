"""A delegation ends by itself when its time is over."""

from __future__ import annotations

from django.utils import timezone

from accounts import effects, operations
from accounts.effects.models import Effect


@effects.handler(operations.LAPSE)
def lapse(effect: Effect) -> str:
    done = operations.lapse_delegation(membership_id=effect.payload["membership"], at=timezone.now())
    return "ended" if done else "had ended before"
