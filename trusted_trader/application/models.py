"""What a company brings: the application, its answers, evidence and signatures, and the snapshot that was submitted."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import Account, Facility, User
from accounts.owned import CompanyOwned

OPEN = ("draft", "submitted", "in_review", "waiting_for_company", "recommended")
DECIDED = ("certified", "refused")


class Application(CompanyOwned):
    """One application of an account for certification. `status` is assigned by operations alone."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="applications")
    status = models.CharField(max_length=20, default="draft")
    edition = models.CharField(max_length=20)
    eligibility = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    # The review's side
    reviewer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    office = models.CharField(max_length=40, blank=True)
    queue = models.CharField(max_length=40, blank=True)
    risk_tier = models.CharField(max_length=10, blank=True)
    risk_points = models.PositiveIntegerField(default=0)
    # Clocks, computed from events whenever one of them moves (see queries.decision_clock)
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    urgency = models.BigIntegerField(default=0)  # the queue's order: lower comes first (see trusted_trader.urgency)
    changed_at = models.DateTimeField(default=timezone.now)
    # The decision's side
    recommender = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recommendation = models.CharField(max_length=10, blank=True)
    letter_draft = models.TextField(max_length=10_000, blank=True)
    letter_reasons: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=40), default=list)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(status__in=OPEN), name="one_open_application_per_account"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("reviewer")), name="decider_is_not_the_reviewer"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("recommender")),
                name="decider_is_not_the_recommender",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=DECIDED) | Q(decided_by__isnull=False), name="a_decided_case_has_its_decider"
            ),
        ]
        indexes = [
            models.Index(
                fields=["urgency", "id"],
                condition=Q(status__in=["submitted", "in_review", "waiting_for_company", "recommended"]),
                name="application_queue",
            ),
            models.Index(
                fields=["office", "urgency", "id"],
                condition=Q(status__in=["submitted", "in_review", "waiting_for_company", "recommended"]),
                name="application_office_queue",
            ),
            models.Index(fields=["reviewer", "status"], name="application_reviewer"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"APP-{self.pk:06d}"


class Response(CompanyOwned):
    """The account's answer to one criterion, kept by number; a new edition carries it over."""

    class State(models.TextChoices):
        UNANSWERED = "", _("Not answered")
        IMPLEMENTED = "implemented", _("Implemented")
        NOT_YET = "not_yet", _("Not yet")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="responses")
    number = models.CharField(max_length=8)
    state = models.CharField(max_length=16, choices=State.choices, blank=True)
    text = models.TextField(blank=True, max_length=10_000)
    because = models.TextField(blank=True, max_length=2_000)
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    evidence: models.ManyToManyField[Evidence, ResponseEvidence] = models.ManyToManyField(
        "Evidence", through="ResponseEvidence", related_name="responses"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="one_response_per_criterion")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.number}"


class Evidence(CompanyOwned):
    """A document or photo of the company, uploaded once and linked to many answers; nobody opens it before its checks."""

    class State(models.TextChoices):
        CHECKING = "checking", _("Checking")
        READY = "ready", _("Ready")
        REFUSED = "refused", _("Refused")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=150)
    filename = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    refusal = models.CharField(max_length=400, blank=True)
    stored_as = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.title


class ResponseEvidence(CompanyOwned):
    response = models.ForeignKey(Response, on_delete=models.CASCADE)
    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "evidence"], name="evidence_linked_once")]

    def __str__(self) -> str:
        return f"{self.response_id} / {self.evidence_id}"


class BusinessPartner(CompanyOwned):
    """A supplier, carrier or other partner that the account names in its supply chain."""

    class Kind(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        CARRIER = "carrier", _("Carrier")
        BROKER = "broker", _("Broker")
        WAREHOUSE = "warehouse", _("Warehouse")
        CONSOLIDATOR = "consolidator", _("Consolidator")
        OTHER = "other", _("Other")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="business_partners")
    name = models.CharField(_("name"), max_length=200)
    country = CountryField(_("country"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    certified_claim = models.BooleanField(_("certified in a recognised programme"), default=False)
    programme_country = CountryField(_("country of that programme"), blank=True)
    certificate = models.CharField(_("certificate number"), max_length=60, blank=True)

    def __str__(self) -> str:
        return self.name


class Conveyance(CompanyOwned):
    """How many of which means of transport the account runs."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="conveyances")
    kind = models.CharField(_("kind"), max_length=60)
    count = models.PositiveIntegerField(_("how many"))

    def __str__(self) -> str:
        return f"{self.count} {self.kind}"


class AgreementSignature(CompanyOwned):
    """The partner agreement as the officer signed it: exact text by version and hash, name typed, time, address."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="agreements")
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    typed_name = models.CharField(max_length=120)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.version}"


class Snapshot(CompanyOwned):
    """What was submitted, once and for all: canonical JSON with its hash. A trigger refuses every change."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    sworn_version = models.CharField(max_length=20, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="snapshot_number_once")]

    def __str__(self) -> str:
        return f"{self.application_id} v{self.number}"


class SheetImport(CompanyOwned):
    """A spreadsheet that was brought back and is being looked at: its rows and errors, until someone takes them over."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sheet_imports")
    rows = models.JSONField()
    errors = models.JSONField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sheet for {self.account_id}"
