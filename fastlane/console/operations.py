"""Writes of the console: who looks after a client, and its secret."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from allauth.idp.oidc.models import Client
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events, tenancy
from accounts.models import PartnerClient, User
from accounts.refusals import Refused
from accounts.roles import Role
from fastlane.console.models import ClientSteward, SpareSecret
from fastlane.webhooks.closing import client_subject

OVERLAP = timedelta(hours=24)


@transaction.atomic
def name_steward(*, partner: PartnerClient, user: User, actor: User | None, at: datetime) -> ClientSteward:
    """Let a person look after a client. For administrators alone (None: the portal itself). Raises Refused."""
    _administrator(actor)
    if user.is_staff:
        raise Refused(_("Somebody of the government side can't look after a partner's system."), field="email")
    with tenancy.enter(tenancy.Scope.SYSTEM):
        row, fresh = ClientSteward.objects.get_or_create(
            user=user, partner=partner, ended_at=None, defaults={"granted_by": actor, "granted_at": at}
        )
        if fresh:
            changes = {"steward": {"old": None, "new": user.pk}}
            _record(partner, "steward.name", actor, at, row, changes)
    return row


@transaction.atomic
def end_steward(*, steward: ClientSteward, actor: User, at: datetime) -> None:
    """Take a client away from a person at once. For administrators alone. Raises Refused."""
    _administrator(actor)
    with tenancy.enter(tenancy.Scope.SYSTEM):
        row = ClientSteward.objects.select_for_update().select_related("partner").get(pk=steward.pk)
        if row.ended_at is None:
            _record(row.partner, "steward.end", actor, at, row, {"steward": {"old": row.user_id, "new": None}})
            row.ended_at = at
            row.save(update_fields=["ended_at"])


@transaction.atomic
def rotate_secret(*, partner: PartnerClient, actor: User, at: datetime) -> tuple[str, datetime]:
    """A new client secret, shown this once; the one before holds until the returned time."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        client = Client.objects.select_for_update().get(pk=partner.client_id)
        until = at + OVERLAP
        SpareSecret.objects.filter(partner=partner, expires_at__lte=at).delete()
        SpareSecret.objects.create(partner=partner, hashed=client.secret, expires_at=until)
        secret = secrets.token_urlsafe(32)
        client.set_secret(secret)
        client.save(update_fields=["secret"])
        _record(partner, "client.rotate_secret", actor, at, partner, {})
    return secret, until


def _administrator(actor: User | None) -> None:
    if actor is not None and Role.ADMINISTRATOR not in actor.staff_roles:
        raise Refused(_("Only an administrator says who looks after a partner's system."), code="role")


def _record(
    partner: PartnerClient,
    operation: str,
    actor: User | None,
    at: datetime,
    about: ClientSteward | PartnerClient,
    changes: events.Changes,
) -> None:
    events.record(client_subject(partner.client_id), operation, actor=actor, at=at, about=about, changes=changes)
