"""A validation as it was recorded: the day of the visit, the sites seen, and on what basis."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Facility, User
from accounts.owned import CompanyOwned


class Validation(CompanyOwned):
    class Basis(models.TextChoices):
        ON_SITE = "on_site", _("Visit on site")
        VIRTUAL = "virtual", _("Virtual visit")
        FOREIGN = "foreign", _("Validation by a recognised programme")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="validations")
    status = models.CharField(max_length=10, default="none")
    visited_on = models.DateField(_("day of the visit"))
    sites = models.ManyToManyField(Facility, related_name="+", verbose_name=_("sites seen"))
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices)
    summary = models.TextField(_("what the visit showed"), max_length=4000)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    concluded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    concluded_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="confirmed") | (Q(concluded_by__isnull=False) & ~Q(concluded_by=F("recorded_by"))),
                name="validation_takes_two_people",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(status="recorded"), name="one_open_validation_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.visited_on}, {self.status}"
