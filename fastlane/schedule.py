"""Timed work of the fast lane: read the clock, call one operation. Missed and doubled runs change nothing."""

from __future__ import annotations

import logging

from django.utils import timezone

from accounts import origin, tenancy
from fastlane.publishing import idempotency, usage, valkey
from fastlane.status_list import operations as status_list

log = logging.getLogger(__name__)


def tick() -> None:
    """Called every 15 seconds."""
    now = timezone.now()
    with origin.coming_from("worker"):
        status_list.refresh(at=now)
        with tenancy.enter(tenancy.Scope.SYSTEM):
            idempotency.forget_old(at=now)
        try:
            usage.collect(at=now)
        except valkey.Away:
            log.warning("valkey away: usage is collected later")
