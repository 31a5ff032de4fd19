"""The partner console's rows: who looks after a client, and secrets that still hold beside the newest."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import Q

from accounts.models import PartnerClient, User


class ClientSteward(models.Model):
    """A person who looks after a partner client, named by an administrator."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stewardships")
    partner = models.ForeignKey(PartnerClient, on_delete=models.PROTECT, related_name="stewards")
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "partner"], condition=Q(ended_at=None), name="one_open_stewardship")
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.partner}"


class SpareSecret(models.Model):
    """The hash of a client secret that was replaced and holds a while longer, so that systems can change over."""

    partner = models.ForeignKey(PartnerClient, on_delete=models.CASCADE, related_name="spare_secrets")
    hashed = models.CharField(max_length=200)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.partner} until {self.expires_at:%Y-%m-%d %H:%M}"

    def fits(self, secret: str) -> bool:
        return check_password(secret, self.hashed)
