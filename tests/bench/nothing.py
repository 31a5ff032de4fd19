"""An effect that does nothing, and the worker that runs it: what is left is what every effect costs."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from accounts import effects  # noqa: E402 - a worker begins here: what follows needs the apps
from accounts.effects.models import Effect  # noqa: E402
from portal.celery import app  # noqa: E402

KIND = "bench.nothing"

__all__ = ["KIND", "app"]


@effects.handler(KIND)
def nothing(effect: Effect) -> str:
    return ""
