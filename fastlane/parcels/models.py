"""A file of parcels: what was uploaded, how far it is decided, and how it came out. Its parcels stay in files."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Account, User
from accounts.owned import CompanyOwned
from fastlane.rulebook.models import Edition


class ParcelFile(CompanyOwned):
    """`parts` are decided, the next one begins at `place` ([offset, line]); `steps` counts every step of the worker."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="parcel_files")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    filename = models.CharField(max_length=150)
    kind = models.CharField(max_length=8)  # csv or parquet
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, default="waiting")
    refusal = models.CharField(max_length=1000, blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="+")
    rule_set = models.CharField(max_length=80, blank=True)
    steps = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    place = models.JSONField(null=True)
    rows_total = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    outcomes = models.JSONField(default=dict)  # rows by outcome
    reasons = models.JSONField(default=list)  # [codes of rules, sentence, outcome, rows]
    bad = models.PositiveIntegerField(default=0)
    first_bad = models.JSONField(default=list)  # [line, what is wrong]
    began_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    kept_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rows_total=None) | Q(rows_done__lte=F("rows_total")), name="parcel_file_done_of_total"
            ),
        ]
        indexes = [models.Index(fields=["account", "-uploaded_at"], name="parcel_file_account")]

    def __str__(self) -> str:
        return self.filename

    @property
    def result_name(self) -> str:
        """What the result is called when it is taken out."""
        return f"decided-{self.pk}.{self.kind}"
