"""Which rule set was in force at a moment."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from fastlane.rulebook.models import Activation, Edition
from fastlane.rules import Reference, RuleSet


def in_force(at: datetime) -> RuleSet:
    """The rule set in force at a moment: the latest confirmed activation that has begun, else the packaged data."""
    return of_edition(edition_in_force(at))


def edition_in_force(at: datetime) -> int | None:
    """The key of the edition in force; None for the data that come with the program."""
    rows = Activation.objects.filter(status="confirmed", starts_at__lte=at).order_by("-starts_at", "-pk")
    return rows.values_list("edition_id", flat=True).first()


def of_edition(key: int | None) -> RuleSet:
    return packaged() if key is None else _kept(key)


@lru_cache(maxsize=1)
def packaged() -> RuleSet:
    return RuleSet.packaged()


@lru_cache(maxsize=16)
def _kept(key: int) -> RuleSet:
    # What was put in force is never changed, so a process may keep it.
    edition = Edition.objects.exclude(status="draft").get(pk=key)
    return RuleSet(edition.name, Reference.of(edition.rows))


def by_version(version: str) -> RuleSet:
    """The rule set of a version that a decision names. Raises Edition.DoesNotExist."""
    if version == packaged().version:
        return packaged()
    return _kept(Edition.objects.exclude(status="draft").get(version=version).pk)
