"""Webhooks: where a partner wants to be told, with which secrets, what was sent and what was answered."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts import secrecy
from accounts.models import PartnerClient


class Endpoint(models.Model):
    """An address of a partner that is told of changes."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    partner = models.ForeignKey(PartnerClient, on_delete=models.CASCADE, related_name="endpoints")
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    types = models.JSONField(default=list)  # kinds of message; empty: all of them
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # deleted by the partner; kept for the list of deliveries
    switched_off_at = models.DateTimeField(null=True)
    # How the address has fared lately: refusals in a row, and until when it is left in peace.
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.url


class EndpointSecret(models.Model):
    """A secret that signs messages; while two are valid, messages carry two signatures."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"secret {self.pk}"

    @property
    def value(self) -> str:
        return secrecy.unseal(self.sealed)


class Delivery(models.Model):
    """One message to one endpoint. Messages of one lane (an account, a request) go one after the other."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    key = models.UUIDField(default=uuid.uuid4, unique=True)  # the message's id, the same in every try
    lane = models.CharField(max_length=60)
    type = models.CharField(max_length=60)
    about = models.CharField(max_length=80)  # says the same message once: a position, a decision's id
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField()
    tried_since = models.DateTimeField()  # three days later it is given up; a replay begins anew
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)  # a worker is at it until then
    attempts = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "type", "about"], name="delivery_once")]
        indexes = [
            models.Index(fields=["endpoint", "lane", "id"], condition=Q(state="pending"), name="delivery_lane"),
            models.Index(fields=["endpoint", "-id"], name="delivery_list"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.about}: {self.state}"


class Attempt(models.Model):
    """One try to deliver: what was sent, and what came back."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    request_headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)  # its beginning
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"
