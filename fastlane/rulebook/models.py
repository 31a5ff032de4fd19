"""Editions of the reference data, and from when each was in force."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import User


class Edition(models.Model):
    """All rows of the reference data under one version. A draft is edited; what was proposed is never changed."""

    name = models.CharField(max_length=40)
    version = models.CharField(max_length=80, blank=True)
    rows = models.JSONField()
    status = models.CharField(max_length=10, default="draft")
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=1000, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    replay = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], condition=~Q(version=""), name="one_edition_a_version"),
            models.UniqueConstraint(fields=["name"], name="one_edition_a_name"),
        ]

    def __str__(self) -> str:
        return self.version or self.name


class Activation(models.Model):
    """From `starts_at` on this edition is in force (null: the data that come with the program); two people say so."""

    edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="activations")
    status = models.CharField(max_length=10, default="proposed")
    starts_at = models.DateTimeField()
    is_rollback = models.BooleanField(default=False)
    reason = models.CharField(max_length=1000)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    concluded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    concluded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="confirmed") | (Q(concluded_by__isnull=False) & ~Q(concluded_by=F("proposed_by"))),
                name="activation_takes_two_people",
            ),
            models.UniqueConstraint(fields=["status"], condition=Q(status="proposed"), name="one_open_activation"),
        ]
        indexes = [models.Index(fields=["status", "-starts_at"], name="activation_in_force")]

    def __str__(self) -> str:
        return f"{self.edition or 'packaged'} from {self.starts_at}"
