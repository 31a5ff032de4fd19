"""The portal's Celery app as tests run it: a worker that kills itself, hard, at a named point when it is told to.

The order lies in a file (`fragile/kill` in the local folder): the point, and whether only the pool's child dies or the
whole worker. Taking the order removes it, so each kills once.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import django
from django.apps import apps

from portal.celery import app
from portal.environment import LOCAL

if not apps.ready:
    django.setup()

from django.core.mail import EmailMessage

from accounts import effects

ORDER = LOCAL / "fragile" / "kill"
POINTS = ("before the handler", "in the middle", "after the handler", "before the commit")

__all__ = ["app"]


def order_kill(point: str, *, whole: bool) -> None:
    ORDER.parent.mkdir(parents=True, exist_ok=True)
    draft = ORDER.with_suffix(".draft")
    draft.write_text(f"{point}\n{'whole' if whole else 'child'}")
    draft.replace(ORDER)


def reach(point: str) -> None:
    """Die here when an order says so."""
    taken = ORDER.with_suffix(f".{os.getpid()}")
    try:
        if ORDER.read_text().partition("\n")[0] != point:
            return
        ORDER.rename(taken)
    except FileNotFoundError:
        return
    whole = taken.read_text().endswith("whole")
    Path(taken).unlink()
    if whole:
        os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def around(function: Callable[..., Any], *, before: str = "", after: str = "") -> Callable[..., Any]:
    @wraps(function)
    def dangerous(*args: Any, **kwargs: Any) -> Any:
        if before:
            reach(before)
        result = function(*args, **kwargs)
        if after:
            reach(after)
        return result

    return dangerous


def make_fragile() -> None:
    effects.run = around(effects.run, before=POINTS[0])
    EmailMessage.send = around(EmailMessage.send, after=POINTS[1])  # type: ignore[method-assign]
    for functions in effects.HANDLERS.values():
        functions[:] = [around(function, after=POINTS[2]) for function in functions]
    effects.mark_done = around(effects.mark_done, after=POINTS[3])


if os.environ.get("PORTAL_FRAGILE"):
    make_fragile()
