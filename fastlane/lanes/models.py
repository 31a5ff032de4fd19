"""A lane request, its decisions, what the agency's own systems know of its port call, and what happened on arrival."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Consent, User
from accounts.owned import CompanyOwned
from fastlane.lanes.life import HOLDS_THE_CALL


class LaneRequests(models.QuerySet["LaneRequest"]):
    """Words for requests."""

    def told_to_terminals(self) -> LaneRequests:
        """What a terminal's operator hears of: requests that were approved once, and what became of them."""
        return self.exclude(approved_eta=None)

    def readable_by(self, client_id: str) -> LaneRequests:
        """What a partner's system may read: what it filed, and what is told to the terminals for which it acts."""
        acts = Consent.objects.filter(
            account=OuterRef("operator"), partner__client_id=client_id, acts=True, revoked_at=None
        )
        return self.filter(Q(client_id=client_id) | (~Q(approved_eta=None) & Exists(acts)))


class LaneRequest(CompanyOwned):
    """A request for one ship, voyage and port. `form` holds the other fields of form 3171 as they were declared."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lane_requests")
    lane = models.CharField(max_length=20, default="aqua")
    reference = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=14, default="draft")
    imo = models.CharField(_("IMO number"), max_length=7, blank=True)
    voyage = models.CharField(_("voyage"), max_length=20, blank=True)
    port = models.CharField(_("port"), max_length=4, blank=True)
    terminal = models.CharField(_("terminal"), max_length=10, blank=True)
    # Who runs the terminal, by the rule book in force when the rules were last asked.
    operator = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="calls_at_terminals")
    eta = models.DateTimeField(_("estimated arrival"), null=True)
    form = models.JSONField(default=dict)
    calls_received_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    filed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    client_id = models.CharField(max_length=200, blank=True)  # the partner's system that filed it
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    approved_eta = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    proposal = models.CharField(max_length=1000, blank=True)
    all_fast_at = models.DateTimeField(null=True)
    first_container_at = models.DateTimeField(null=True)
    crew_cleared_at = models.DateTimeField(null=True)

    objects = LaneRequests.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["imo", "voyage", "port"],
                condition=Q(status__in=sorted(state.value for state in HOLDS_THE_CALL)),
                name="one_request_a_port_call",
            )
        ]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="lane_request_account"),
            models.Index(fields=["status", "port", "eta"], name="lane_request_queue"),
            models.Index(fields=["operator", "-eta"], name="lane_request_operator"),
        ]

    def __str__(self) -> str:
        return self.reference


class LaneDecision(CompanyOwned):
    """What the rules said at a moment, on which facts, under which rule set; never changed once written."""

    request = models.ForeignKey(LaneRequest, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    trigger = models.CharField(max_length=30)
    outcome = models.CharField(max_length=14)  # what rules and circumstances said
    status = models.CharField(max_length=14)  # where the request stands with it
    rules = models.JSONField(default=list)
    rule_set = models.CharField(max_length=80)
    facts = models.TextField()  # canonical JSON
    facts_sha256 = models.CharField(max_length=64)
    circumstances = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)
    overridden_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="lane_decision_once"),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | ~Q(proposed_by=F("overridden_by")), name="holds_take_two_officers"
            ),
        ]
        indexes = [models.Index(fields=["-at"], name="lane_decision_at")]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.number}: {self.outcome}"


class AgencyFact(models.Model):
    """What the agency's own systems know about a port call, kept with its history: the newest of a path counts."""

    imo = models.CharField(max_length=7)
    voyage = models.CharField(max_length=20)
    port = models.CharField(max_length=4)
    path = models.CharField(max_length=60)
    value = models.JSONField()
    source = models.CharField(max_length=100)
    observed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    client_id = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["imo", "voyage", "port", "path", "-observed_at", "-id"], name="agency_fact_call")
        ]

    def __str__(self) -> str:
        return f"{self.imo}/{self.voyage}/{self.port} {self.path}"


class ArrivalEvent(CompanyOwned):
    """What happened on arrival, as the agent, the terminal or an officer reported it."""

    class Kind(models.TextChoices):
        ALL_FAST = "all_fast", _("All fast")
        FIRST_CONTAINER = "first_container", _("First container moved")
        CREW_CLEARED = "crew_cleared", _("Crew cleared")
        DIVERSION = "diversion", _("Diverted to another port")

    request = models.ForeignKey(LaneRequest, on_delete=models.PROTECT, related_name="arrival_events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    happened_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    client_id = models.CharField(max_length=200, blank=True)
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "kind"], name="each_arrival_event_once")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.kind}"


class Misuse(CompanyOwned):
    """A breach of an approval (rule AQ-29): the flag that consequence work picks up; it asks for a person for 12 months."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lane_misuses")
    request = models.OneToOneField(LaneRequest, on_delete=models.PROTECT, related_name="misuse")
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=1000)
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.account_id}: {self.kind}"
