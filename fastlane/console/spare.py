"""A client secret that was replaced and still holds: tokens are issued by it until its time is over."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from allauth.idp.oidc.models import Client
from django.db import transaction
from django.http import HttpRequest

from accounts import tenancy
from fastlane.console.models import SpareSecret


def fitting(request: HttpRequest, *, at: datetime) -> SpareSecret | None:
    """The spare secret that a token request presents, if there is one that holds."""
    client_id, secret = _presented(request)
    if not client_id or not secret or "\0" in client_id:
        return None
    with tenancy.enter(tenancy.Scope.SYSTEM):
        rows = SpareSecret.objects.filter(partner__client_id=client_id, expires_at__gt=at).select_related("partner")
        return next((row for row in rows.order_by("-pk") if row.fits(secret)), None)


@contextmanager
def in_its_place(spare: SpareSecret) -> Iterator[None]:
    """For the length of the block, in a transaction that nobody else sees into, the spare secret is the client's."""
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=spare.partner.client_id)
        newest, client.secret = client.secret, spare.hashed
        client.save(update_fields=["secret"])
        try:
            yield
        finally:
            client.secret = newest
            client.save(update_fields=["secret"])


def _presented(request: HttpRequest) -> tuple[str, str]:
    kind, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, secret
