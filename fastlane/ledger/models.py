"""Measured benefits of an account, and the port calls that give each terminal its own baseline."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from accounts.owned import CompanyOwned


class MeasuredCall(models.Model):
    """A port call without the lane, as the terminal measured it: the baseline of what the lane saves."""

    port = models.CharField(_("port"), max_length=4)
    terminal = models.CharField(_("terminal"), max_length=10)
    imo = models.CharField(_("IMO number"), max_length=7)
    voyage = models.CharField(_("voyage"), max_length=20)
    all_fast_at = models.DateTimeField(_("all fast"))
    first_container_at = models.DateTimeField(_("first container"))
    crew_cleared_at = models.DateTimeField(_("crew cleared"), null=True)
    source = models.CharField(_("source"), max_length=100)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["imo", "voyage", "port"], name="one_measured_call"),
            models.CheckConstraint(
                condition=models.Q(first_container_at__gte=models.F("all_fast_at")), name="measured_call_in_order"
            ),
        ]
        indexes = [models.Index(fields=["terminal", "-all_fast_at"], name="measured_call_terminal")]

    def __str__(self) -> str:
        return f"{self.terminal}: {self.imo}/{self.voyage}"


class Benefit(CompanyOwned):
    """One measured benefit. `value` is None where the thing happened and there was nothing to compare it with."""

    class Kind(models.TextChoices):
        MINUTES_SAVED = "minutes_saved", _("Minutes saved until the first container")
        CREW_GAP = "crew_gap", _("Minutes the crew waited after the first container")
        DECISION_DAYS = "decision_days", _("Days from application to decision")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="benefits")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    happened_at = models.DateTimeField()
    value = models.DecimalField(max_digits=10, decimal_places=1, null=True)
    measured = models.DecimalField(max_digits=10, decimal_places=1, null=True)
    baseline = models.DecimalField(max_digits=10, decimal_places=1, null=True)
    calls = models.PositiveIntegerField(default=0)  # how many calls the baseline rests on
    about = models.CharField(max_length=40)  # the request's or the application's reference
    port = models.CharField(max_length=4, blank=True)
    terminal = models.CharField(max_length=10, blank=True)
    tier = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind", "about"], name="each_benefit_once")]
        indexes = [models.Index(fields=["account", "-happened_at"], name="benefit_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}: {self.value}"
