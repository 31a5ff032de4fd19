"""Which partner may see an account's standing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.effects import add as add_effect
from accounts.models import (
    Account,
    Consent,
    PartnerClient,
    User,
)
from accounts.operations.records import record_account

CONSENT_CHANGED = "consent.changed"


@transaction.atomic
def grant_consent(
    *, account: Account, partner: PartnerClient, actor: User, at: datetime, acts: bool = False
) -> Consent:
    """Let a partner's system see the account's standing, at once and until revoked. With `acts` it also works for the
    account: it files a carrier's lane requests, and hears of the port calls at an operator's terminals.
    """
    consent, fresh = Consent.objects.get_or_create(
        account=account,
        partner=partner,
        revoked_at=None,
        defaults={
            "company_id": account.company_id,
            "granted_by": actor,
            "granted_at": at,
            "acts": acts,
        },
    )
    if fresh:
        record_account(
            account,
            "consent.grant",
            actor=actor,
            at=at,
            about=consent,
            changes={
                "partner": {"old": None, "new": partner.organisation},
                "acts": {"old": None, "new": acts},
            },
        )
        add_effect(CONSENT_CHANGED, f"consent:{consent.pk}", "granted", at=at, payload={"account": account.pk})
    return consent


@transaction.atomic
def revoke_consent(*, consent: Consent, actor: User, at: datetime) -> None:
    """Take the partner's sight away at once."""
    row = Consent.objects.select_for_update().select_related("account", "partner").get(pk=consent.pk)
    if row.revoked_at:
        return
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    record_account(
        row.account,
        "consent.revoke",
        actor=actor,
        at=at,
        about=row,
        changes={"partner": {"old": row.partner.organisation, "new": None}},
    )
    add_effect(CONSENT_CHANGED, f"consent:{row.pk}", "revoked", at=at, payload={"account": row.account_id})
