"""The demonstration's partner systems: a client that may use every scope, a sandbox, and who looks after both."""

from __future__ import annotations

from datetime import datetime

from allauth.idp.oidc.models import Client
from django.db import transaction

from accounts.models import PartnerClient
from accounts.roles import Role
from fastlane.console import operations as console
from fastlane.publishing import sandbox
from fastlane.scopes import SCOPES
from trusted_trader.demo.people import Person, derive, sign_in_ready

ORGANISATION = "Bollard Port Community System (demonstration)"
PURPOSE = "Asks before each gate-in whether the party is in good standing."
SANDBOX = "Bollard Port, sandbox (demonstration)"
SANDBOX_PURPOSE = "Tries its own code on made-up members."
PEOPLE = (
    Person(
        Role.PARTNER_CLIENT,
        "Petra Quill",
        "bollardport",
        tries="Open /partners/: set up a webhook and test it, read the usage, flip a made-up member in the sandbox.",
    ),
)
AWAITS = "two partner systems to look after"


def client_id(key: str) -> str:
    return f"demo-{derive(key, 'client id').hex()[:20]}"


def client_secret(key: str) -> str:
    return derive(key, "client secret").hex()


def sandbox_id(key: str) -> str:
    return f"demo-sandbox-{derive(key, 'sandbox id').hex()[:12]}"


def sandbox_secret(key: str) -> str:
    return derive(key, "sandbox secret").hex()


@transaction.atomic
def ready(key: str) -> PartnerClient:
    """The client with its secret and scopes, made when it is missing and mended when it was changed."""
    return _ready(client_id(key), client_secret(key), ORGANISATION, PURPOSE, is_sandbox=False)


@transaction.atomic
def people_ready(key: str, partner: PartnerClient, *, at: datetime) -> None:
    """The sandbox with its made-up members, and the people who look after both clients."""
    box = _ready(sandbox_id(key), sandbox_secret(key), SANDBOX, SANDBOX_PURPOSE, is_sandbox=True)
    sandbox.furnish(box, at=at)
    for user in sign_in_ready(key, PEOPLE, at=at).values():
        for client in (partner, box):
            console.name_steward(partner=client, user=user, actor=None, at=at)


def _ready(key: str, secret: str, organisation: str, purpose: str, *, is_sandbox: bool) -> PartnerClient:
    client = Client.objects.filter(pk=key).first() or Client(pk=key, name=organisation[:100])
    client.type = Client.Type.CONFIDENTIAL
    client.set_scopes(list(SCOPES))
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    if not client.secret or not client.check_secret(secret):
        client.set_secret(secret)
    client.save()
    partner, _fresh = PartnerClient.objects.update_or_create(
        client=client,
        defaults={"organisation": organisation, "purpose": purpose, "is_active": True, "is_sandbox": is_sandbox},
    )
    return partner
