"""Effects: rows that say what must follow a change, written in the change's own transaction."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Effect(models.Model):
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    version = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    not_before = models.DateTimeField()
    created_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    # What became of it, as the handler says (a mail's message id, a file's name).
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "version"], name="effect_once")]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(done_at=None, cancelled_at=None), name="effect_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.version}"
