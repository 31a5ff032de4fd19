"""Standing, bitemporal: what held at a time, as known at a time; the two-person changes to it; the certificate."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, User
from accounts.owned import CompanyOwned
from trusted_trader.application.models import Application


class Standing(CompanyOwned):
    """The standing of an account over `valid`, as the portal knew it over `known` (both half-open ranges)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="standings")
    valid = DateTimeRangeField()
    known = DateTimeRangeField()
    level = models.CharField(max_length=10)
    tier = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=10)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_standing_at_a_time",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                    ("known", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.level} {self.status}"


class StandingChange(CompanyOwned):
    """A proposed suspension or reinstatement: one person proposes, another confirms."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="standing_changes")
    kind = models.CharField(max_length=12)  # suspend, reinstate
    status = models.CharField(max_length=10, default="proposed")
    reason = models.TextField(max_length=2000)
    letter = models.TextField(max_length=10_000)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    concluded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    concluded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="confirmed") | (Q(concluded_by__isnull=False) & ~Q(concluded_by=F("proposed_by"))),
                name="standing_change_takes_two_people",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(status="proposed"), name="one_open_standing_change"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.account_id}: {self.status}"


class Certificate(CompanyOwned):
    """A certificate issued to an account; whether it holds now is the standing's matter."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="certificates")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=12)
    level = models.CharField(max_length=10)
    tier = models.PositiveSmallIntegerField(null=True)
    valid_from = models.DateField()
    valid_until = models.DateField()  # the first day on which it no longer holds
    issued_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    stored_as = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.number
