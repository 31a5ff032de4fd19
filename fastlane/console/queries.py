"""Reads of the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.idp.oidc.models import Token
from django.db.models import Max

from accounts import tenancy
from accounts.models import Consent, PartnerClient
from fastlane.console.charts import Counted
from fastlane.console.models import ClientSteward, SpareSecret
from fastlane.publishing.models import UsageHour
from trusted_trader import entity_types
from trusted_trader.entity_types import EntityType


@dataclass(frozen=True, slots=True)
class Consented:
    """A member that lets this client see its standing."""

    number: str
    company: str
    entity_title: str
    since: datetime


def consents(partner: PartnerClient) -> list[Consented]:
    """Consents that hold now, newest first, seen as the client sees them."""
    with tenancy.enter(tenancy.Scope.PARTNER, client_id=partner.client_id):
        rows = Consent.objects.filter(partner=partner, revoked_at=None).select_related("account__company")
        return [
            Consented(
                row.account.number,
                row.account.company.legal_name,
                entity_types.for_type(EntityType(row.account.entity_type)).title,
                row.granted_at,
            )
            for row in rows.order_by("-granted_at", "-pk")
        ]


def last_used(partner: PartnerClient) -> datetime | None:
    """When the client's secret last got a token."""
    found: datetime | None = Token.objects.filter(client=partner.client).aggregate(Max("created_at"))["created_at__max"]
    return found


def spare_until(partner: PartnerClient, *, at: datetime) -> datetime | None:
    """Until when the secret before still holds; None when there is none."""
    rows = SpareSecret.objects.filter(partner=partner, expires_at__gt=at).order_by("-expires_at")
    return rows.values_list("expires_at", flat=True).first()


def usage(partner: PartnerClient, *, since: datetime) -> list[Counted]:
    rows = UsageHour.objects.filter(client_id=partner.client_id, hour__gte=since - timedelta(hours=1))
    return [Counted(row.hour, row.route, row.status, row.calls) for row in rows]


def stewards(partner: PartnerClient) -> list[ClientSteward]:
    rows = ClientSteward.objects.filter(partner=partner, ended_at=None).select_related("user")
    return list(rows.order_by("granted_at"))
