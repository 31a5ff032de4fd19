"""A slow reading of the event chain: what the guarded rows must be, told from the events alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from accounts import events
from accounts.models import Account, Event
from trusted_trader.application.models import Application
from trusted_trader.review.models import InformationRequest, Vetting
from trusted_trader.standing.models import StandingChange
from trusted_trader.standing.queries import standing

# The columns that only an operation moves; a first value that no event tells is the model's default.
GUARDED: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Application, ("status", "reviewer", "decided_by", "recommender")),
    (InformationRequest, ("status",)),
    (Vetting, ("status",)),
    (StandingChange, ("status",)),
)


# Words called status that are no state of a life.
NO_LIFE = {
    "fastlane_attempt": "the number that a receiver answered with",
    "fastlane_keptanswer": "the number that a call was answered with",
    "fastlane_usagehour": "the number that calls were answered with",
    "fastlane_change": "a copy for the feed of what a standing was",
    "fastlane_sandboxmember": "a made-up member that its partner flips",
    "fastlane_lanedecision": "where a request stood with this decision; the row is frozen",
}


def models_with_a_status() -> Iterator[type[models.Model]]:
    """Every model of the portal that has a life: a field called status, but for those of NO_LIFE."""
    for model in apps.get_models():
        if (
            model._meta.app_label in {"accounts", "trusted_trader", "fastlane"}
            and model._meta.db_table not in NO_LIFE
            and any(field.name == "status" for field in model._meta.get_fields())
        ):
            yield model


def differences() -> list[str]:
    """Where a guarded row is not what its events say. Needs eyes that see every row."""
    return [*_row_differences(), *_standing_differences()]


def _row_differences() -> Iterator[str]:
    for model, fields in GUARDED:
        for row in model.objects.all():
            told: dict[str, Any] = {field: events.plain(model._meta.get_field(field).get_default()) for field in fields}
            for changes in _changes(model._meta.db_table, row.pk):
                told |= {name: change["new"] for name, change in changes.items() if name in told}
            for field in fields:
                if told[field] != (held := events.plain(getattr(row, field))):
                    yield f"{model.__name__} {row.pk}: {field} is {held!r}, its events say {told[field]!r}"


def _standing_differences() -> Iterator[str]:
    for account in Account.objects.all():
        told: dict[str, Any] = {"level": "none", "tier": None, "status": "none"}
        last = None
        rows = Event.objects.filter(object_type="accounts_account", object_id=str(account.pk))
        for event in rows.filter(operation="standing.change").order_by("sequence"):
            told |= {name: change["new"] for name, change in event.changes.items()}
            last = event.at
        if last is None:
            held_rows = account.standings.count()
            if held_rows:
                yield f"{account}: {held_rows} standings and no event"
            continue
        held = standing(account, at=last)
        if told != (now := {"level": held.level, "tier": held.tier, "status": held.status}):
            yield f"{account}: standing is {now}, its events say {told}"


def _changes(table: str, pk: int) -> Iterator[dict[str, Any]]:
    rows = Event.objects.filter(object_type=table, object_id=str(pk)).order_by("subject", "sequence")
    yield from rows.values_list("changes", flat=True)
