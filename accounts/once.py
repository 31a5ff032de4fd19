"""Twice is once: a form carries a random key, and its second copy is answered with where the first one led."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Once

FIELD = "once"


def key_of(request: HttpRequest) -> str:
    """The form's key, bound to the user who sends it; "" when the request carries none."""
    user = request.user
    if request.method != "POST" or not user.is_authenticated or request.content_type == "application/json":
        return ""
    key = request.POST.get(FIELD, "")[:40]
    return f"{user.pk}:{key}" if key else ""


def first(key: str) -> bool:
    """Claim the key. A second copy waits here until the first commits, and then learns that it is the second."""
    try:
        with transaction.atomic():
            Once.objects.create(key=key)
    except IntegrityError:
        return False
    return True


def led_to(key: str) -> str:
    """Where the first copy led, or "" when it was answered in place."""
    return Once.objects.get(key=key).location


def done[R: HttpResponseBase](response: R, location: str) -> R:
    """Say that an answer in place tells of work that is done: a second copy of its form is led there instead."""
    response.led_to = location  # type: ignore[attr-defined]
    return response


def leads_to(response: HttpResponseBase) -> str:
    """Where a form's answer leads; "" when the form is still to be mended or shows what would be."""
    location: str = response.headers.get("Location", "") or getattr(response, "led_to", "")
    return location


def remember(key: str, location: str) -> None:
    """Keep where the form led. A form that was answered with its errors may be sent again: its key is freed."""
    rows = Once.objects.filter(key=key)
    if location:
        rows.update(location=location)
    else:
        rows.delete()
