"""The sandbox: made-up members whose standing a partner sets at will, to try its own code on.

A sandbox client sees its own made-up members and nothing else; a trigger refuses every consent to it. Their numbers
begin with TS-, and every statement about them says `sandbox: true`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import effects, events, tenancy
from accounts.effects.models import Effect
from accounts.models import PartnerClient
from accounts.refusals import Refused
from fastlane.publishing import marks, members, valkey
from fastlane.publishing.models import SandboxMember
from fastlane.webhooks.closing import client_subject
from fastlane.webhooks.operations import Acting
from trusted_trader.entity_types import EntityType

CHANGED = "sandbox.changed"
LEVELS = ("none", "certified", "validated")
STATUSES = ("good", "suspended", "removed", "withdrawn", "none")
TIERED = {EntityType.IMPORTER, EntityType.EXPORTER}

# Name, entity type, level, tier, status: one of each kind that a partner's code must tell apart.
MADE_UP: Sequence[tuple[str, EntityType, str, int | None, str]] = (
    ("Sandbox Ocean Line", EntityType.SEA_CARRIER, "validated", None, "good"),
    ("Sandbox Imports", EntityType.IMPORTER, "certified", 1, "good"),
    ("Sandbox Trucking", EntityType.HIGHWAY_CARRIER, "certified", None, "suspended"),
    ("Sandbox Exports", EntityType.EXPORTER, "validated", 2, "removed"),
    ("Sandbox Beginner", EntityType.CUSTOMS_BROKER, "none", None, "none"),
)


def furnish(partner: PartnerClient, *, at: datetime) -> list[SandboxMember]:
    """Give a sandbox client its made-up members, where it has none yet. Raises ValueError for a real client."""
    if not partner.is_sandbox:
        raise ValueError("Made-up members belong to a sandbox client alone.")
    with tenancy.enter(tenancy.Scope.SYSTEM):
        PartnerClient.objects.select_for_update().get(pk=partner.pk)
        known = SandboxMember.objects.filter(partner=partner)
        if not known.exists():
            SandboxMember.objects.bulk_create(
                SandboxMember(
                    partner=partner,
                    number=f"{members.SANDBOX_PREFIX}{secrets.randbelow(10**8):08d}",
                    name=name,
                    entity_type=entity_type.value,
                    level=level,
                    tier=tier,
                    status=status,
                    changed_at=at,
                )
                for name, entity_type, level, tier, status in MADE_UP
            )
        return list(known.order_by("pk"))


def change(
    *, member: SandboxMember, level: str, tier: int | None, status: str, actor: Acting, at: datetime
) -> SandboxMember:
    """Set a made-up member's standing; answers, feed and webhooks follow as for a real one. Raises Refused."""
    if level not in LEVELS:
        raise Refused(_("Choose a level: %(words)s.") % {"words": ", ".join(LEVELS)}, field="level")
    if status not in STATUSES:
        raise Refused(_("Choose a status: %(words)s.") % {"words": ", ".join(STATUSES)}, field="status")
    tiered = member.entity_type in TIERED and level != "none"
    if (tier in {1, 2, 3}) != tiered or (tier is not None and not tiered):
        raise Refused(_("Importers and exporters have a tier from 1 to 3, nobody else."), field="tier")
    with tenancy.enter(tenancy.Scope.SYSTEM):
        row = SandboxMember.objects.select_for_update().select_related("partner").get(pk=member.pk)
        changes = events.changed(row, level=level, tier=tier, status=status)
        if not changes:
            return row
        row.changed_at = at
        event = events.record(
            client_subject(row.partner.client_id), CHANGED, actor=actor, at=at, about=row, changes=changes,
            actor_kind=actor.kind,
        )  # fmt: skip
        row.save(update_fields=["level", "tier", "status", "changed_at"])
        effects.add(CHANGED, f"sandbox:{row.pk}", event.sequence, at=at, payload={"member": row.pk})
    transaction.on_commit(partial(_renew, row.pk))
    return row


def of_effect(effect: Effect) -> SandboxMember:
    return SandboxMember.objects.get(pk=effect.payload["member"])


def _renew(member_id: int) -> None:
    try:
        marks.change(accounts=(-member_id,))
    except valkey.Away:
        return  # the effect does it again, until Valkey is back
