"""What the API keeps: the answers of calls that must not be done twice, the calls counted, the sandbox's members."""

from __future__ import annotations

from django.db import models

from accounts.models import PartnerClient


class KeptAnswer(models.Model):
    """The answer given to a client under an Idempotency-Key, so that a repeat gets it again (see idempotency.py)."""

    client_id = models.CharField(max_length=100)
    key = models.CharField(max_length=64)  # SHA-256 of the client's word
    fingerprint = models.CharField(max_length=64)  # SHA-256 over method, path and body
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    sealed = models.TextField()  # the body may hold a secret that is shown once
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.key[:8]}: {self.status}"


class UsageHour(models.Model):
    """How many calls of one route a client made in an hour, by the status they were answered with."""

    client_id = models.CharField(max_length=100)
    hour = models.DateTimeField()
    route = models.CharField(max_length=60)
    status = models.PositiveSmallIntegerField()
    calls = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "hour", "route", "status"], name="usage_hour_once")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.hour:%Y-%m-%d %H} {self.route} {self.status}: {self.calls}"


class SandboxMember(models.Model):
    """A made-up member of a sandbox client, whose standing the partner sets at will. Never a real account."""

    partner = models.ForeignKey(PartnerClient, on_delete=models.CASCADE, related_name="sandbox_members")
    number = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    entity_type = models.CharField(max_length=40)
    level = models.CharField(max_length=10)
    tier = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=10)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "number"], name="sandbox_member_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def in_good_standing(self) -> bool:
        return self.status == "good" and self.level in {"certified", "validated"}
