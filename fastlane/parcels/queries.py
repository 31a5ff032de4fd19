"""Reads of parcel files."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Account
from fastlane.parcels.models import ParcelFile


def of_account(account: Account) -> QuerySet[ParcelFile]:
    """An account's files, the newest first."""
    rows = ParcelFile.objects.filter(account=account).select_related("uploaded_by", "account__company")
    return rows.order_by("-uploaded_at", "-pk")
