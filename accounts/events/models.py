"""The event chain: rows that are only ever added, each sealed to the one before by its hash."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class CurrentTransaction(models.Func):
    """PostgreSQL's number of the running transaction: a status change looks for its event by it."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()
    arity = 0


class Event(models.Model):
    """Who did what to whom, for whom, old and new, and why. See accounts.events for how one is recorded."""

    subject = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    operation = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=100, blank=True)
    on_behalf_of = models.BigIntegerField(null=True)
    company_id = models.BigIntegerField(null=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    internal = models.BooleanField(default=False)
    channel = models.CharField(max_length=10, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    transaction = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "sequence"], name="event_sequence_once")]
        indexes = [
            models.Index(fields=["transaction", "object_id"], name="event_transaction"),
            models.Index(fields=["object_type", "object_id"], name="event_object"),
            models.Index(fields=["company_id", "at"], name="event_company"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} #{self.sequence} {self.operation}"


class Seal(models.Model):
    """A note in the database of a seal that was written outside it: the heads up to then, signed."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField(db_default=Now())
    last_event_id = models.BigIntegerField()
    root = models.CharField(max_length=64)
    heads = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"seal {self.number}"
