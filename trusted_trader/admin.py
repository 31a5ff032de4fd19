"""Registers the programme's tables in the admin site, for looking only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q

from trusted_trader.application.models import Application, Evidence
from trusted_trader.review.admin import LookingOnly
from trusted_trader.review.models import Decision, Vetting
from trusted_trader.standing.models import Certificate, Standing, StandingChange


@admin.register(Application)
class ApplicationRegister(LookingOnly):
    list_display = ("reference", "company", "status", "office", "reviewer", "risk_tier", "submitted_at", "due_at")
    list_select_related = ("company", "reviewer")
    list_filter = ("status", "office", "risk_tier")
    ordering = ("-pk",)

    def seen(self) -> Q:
        """Drafts are the company's own matter."""
        return ~Q(status="draft")


@admin.register(Evidence)
class EvidenceRegister(LookingOnly):
    list_display = ("title", "company", "state", "media_type", "size", "uploaded_at")
    list_select_related = ("company",)
    list_filter = ("state",)
    ordering = ("-pk",)
    unseen = ("text", "stored_as")


@admin.register(Decision)
class DecisionRegister(LookingOnly):
    list_display = ("application", "company", "outcome", "recommended_by", "decided_by", "decided_at", "undone_at")
    list_select_related = ("company", "application", "recommended_by", "decided_by")
    list_filter = ("outcome",)
    ordering = ("-pk",)


@admin.register(Certificate)
class CertificateRegister(LookingOnly):
    list_display = ("number", "company", "level", "tier", "valid_from", "valid_until", "withdrawn_at")
    list_select_related = ("company",)
    ordering = ("-pk",)
    unseen = ("code", "stored_as")


@admin.register(Standing)
class StandingRegister(LookingOnly):
    list_display = ("account", "company", "level", "tier", "status", "valid", "known")
    list_select_related = ("company", "account")
    list_filter = ("status", "level")
    ordering = ("-pk",)


@admin.register(StandingChange)
class StandingChangeRegister(LookingOnly):
    list_display = (
        "account",
        "company",
        "kind",
        "status",
        "proposed_by",
        "proposed_at",
        "concluded_by",
        "concluded_at",
    )
    list_select_related = ("company", "account", "proposed_by", "concluded_by")
    list_filter = ("kind", "status")
    ordering = ("-pk",)


@admin.register(Vetting)
class VettingRegister(LookingOnly):
    list_display = ("application", "company", "status", "officer", "opened_at", "concluded_at")
    list_select_related = ("company", "application", "officer")
    list_filter = ("status",)
    ordering = ("-pk",)
    unseen = ("conclusion",)
