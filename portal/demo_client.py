"""The demonstration's partner system: an OAuth client that may use every scope."""

from __future__ import annotations

from allauth.idp.oidc.models import Client
from django.db import transaction

from accounts.models import PartnerClient
from fastlane.scopes import SCOPES
from trusted_trader.demo.people import derive

ORGANISATION = "Bollard Port Community System (demonstration)"
PURPOSE = "Asks before each gate-in whether the party is in good standing."


def client_id(key: str) -> str:
    return f"demo-{derive(key, 'client id').hex()[:20]}"


def client_secret(key: str) -> str:
    return derive(key, "client secret").hex()


@transaction.atomic
def ready(key: str) -> PartnerClient:
    """The client with its secret and scopes, made when it is missing and mended when it was changed."""
    client = Client.objects.filter(pk=client_id(key)).first() or Client(pk=client_id(key), name=ORGANISATION[:100])
    client.type = Client.Type.CONFIDENTIAL
    client.set_scopes(list(SCOPES))
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    if not client.secret or not client.check_secret(client_secret(key)):
        client.set_secret(client_secret(key))
    client.save()
    partner, _fresh = PartnerClient.objects.update_or_create(
        client=client, defaults={"organisation": ORGANISATION, "purpose": PURPOSE, "is_active": True}
    )
    return partner
