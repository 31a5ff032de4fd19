"""The change feed's rows: per client a list numbered without gaps, in the order of the commits."""

from __future__ import annotations

from django.db import models

from accounts.models import Account, Company, PartnerClient


class FeedHead(models.Model):
    """The last position given in a client's feed. Its row lock is what puts the positions in commit order."""

    partner = models.OneToOneField(PartnerClient, on_delete=models.CASCADE, primary_key=True, related_name="feed_head")
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.partner}: {self.last}"


class Change(models.Model):
    """What a client learns of one account: its standing, or that the consent has ended (then nothing but the number)."""

    class Kind(models.TextChoices):
        STANDING = "standing.changed"
        GIVEN = "consent.given"
        ENDED = "consent.ended"

    partner = models.ForeignKey(PartnerClient, on_delete=models.CASCADE, related_name="changes")
    position = models.PositiveBigIntegerField()
    number = models.CharField(max_length=16)
    order = models.PositiveIntegerField()  # the how manieth change of this account in this feed
    # None for a sandbox member, who is no company.
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    name = models.CharField(max_length=200, blank=True)
    entity_type = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=10, blank=True)
    tier = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=10, blank=True)
    in_good_standing = models.BooleanField(null=True)
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "position"], name="feed_position_once"),
            models.UniqueConstraint(fields=["partner", "number", "order"], name="feed_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} #{self.position} {self.number} {self.kind}"
