"""Switch an endpoint off that nobody answers any more, and tell the people who look after the client."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import events, notices
from accounts.models import User
from fastlane.webhooks.models import Delivery, Endpoint


def client_subject(client_id: str) -> str:
    """The chain of events of a partner client."""
    return f"client:{client_id}"[:80]


def heard_since(endpoint: Endpoint, moment: datetime) -> bool:
    """Has anything arrived there since then?"""
    return Delivery.objects.filter(endpoint=endpoint, delivered_at__gte=moment).exists()


def dead(endpoint: Endpoint, *, at: datetime) -> None:
    """Nothing was taken for three days: messages that still wait are listed as failed, none is made any more."""
    _switch_off(endpoint, _("It has not taken a message for three days."), at=at)


def gone(endpoint: Endpoint, *, at: datetime) -> None:
    """The receiver itself says that it is gone for good (410)."""
    _switch_off(endpoint, _("It answered that it is gone for good (410)."), at=at)


def _switch_off(endpoint: Endpoint, why: str, *, at: datetime) -> None:
    row = Endpoint.objects.select_for_update().select_related("partner").get(pk=endpoint.pk)
    if not row.is_active:
        return
    changes = events.changed(row, is_active=False, switched_off_at=at)
    events.record(
        client_subject(row.partner.client_id), "webhook.switch_off", actor=None, at=at, about=row, changes=changes,
        reason=why,
    )  # fmt: skip
    row.save(update_fields=["is_active", "switched_off_at"])
    Delivery.objects.filter(endpoint=row, state=Delivery.State.PENDING).update(
        state=Delivery.State.FAILED, leased_until=None
    )
    stewards = User.objects.filter(stewardships__partner=row.partner, stewardships__ended_at=None, is_active=True)
    notices.tell(
        stewards,
        kind="webhook.switched_off",
        subject=_("A webhook was switched off"),
        body=_(
            "We don't send messages to %(url)s any more. %(why)s Mend the receiver, switch the webhook on again and "
            "replay what is listed as failed. The change feed holds everything as well."
        )
        % {"url": row.url, "why": why},
        at=at,
        link=reverse("partner_webhook", args=[row.partner_id, row.key]),
    )
