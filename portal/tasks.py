"""The worker's sign of life, which `readyz` looks for."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from portal import health


@shared_task(name="portal.tasks.heartbeat")
def heartbeat() -> None:
    health.beat()


@worker_ready.connect
def _first_beat(**_: Any) -> None:
    # The timer's first message comes seconds after the worker could have answered it.
    heartbeat.apply_async(expires=30)
