"""Seal the heads of all event chains outside the database, every minute."""

from __future__ import annotations

from celery import shared_task

from accounts import origin
from accounts.sealing import writing


@shared_task(name="accounts.sealing.seal")
def seal() -> None:
    with origin.coming_from("worker"):
        writing.write_seal()
