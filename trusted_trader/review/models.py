"""What the review adds: assessment, routing, verdicts, questions, notes, flags, vetting and the decision."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.owned import CompanyOwned
from trusted_trader.application.models import Application, Snapshot


class Assessment(CompanyOwned):
    """The automatic findings, risk points and suggestions for one snapshot, with the versions that made them."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="assessments")
    snapshot = models.OneToOneField(Snapshot, on_delete=models.CASCADE, related_name="assessment")
    rule_set = models.CharField(max_length=20)
    model_version = models.CharField(max_length=20)
    points = models.PositiveIntegerField()
    tier = models.CharField(max_length=10)
    factors = models.JSONField()
    findings = models.JSONField()
    suggestions = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.application_id}: {self.points} points"


class Assignment(CompanyOwned):
    """Why a case landed where it is: the rule that routed it, or the person who moved it. The newest row holds."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="assignments")
    office = models.CharField(max_length=40)
    queue = models.CharField(max_length=40)
    reviewer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.application_id}: {self.office}/{self.queue}"


class Verdict(CompanyOwned):
    """The reviewer's judgement of one answer, with a comment to the company and a private one."""

    class Word(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Not accepted")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="verdicts")
    number = models.CharField(max_length=8)
    word = models.CharField(max_length=10, choices=Word.choices)
    comment = models.TextField(blank=True, max_length=2000)
    private = models.TextField(blank=True, max_length=2000)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="one_verdict_per_criterion")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.number}: {self.word}"


class InformationRequest(CompanyOwned):
    """Questions to the company that reopen only the answers asked for."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="information_requests")
    status = models.CharField(max_length=12, default="open")
    message = models.TextField(max_length=4000)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(status="open"), name="one_open_request_per_application"
            )
        ]

    def __str__(self) -> str:
        return f"request {self.pk} on {self.application_id}"


class RequestedAnswer(CompanyOwned):
    """One answer that a request reopened: the question, and the answer as it stood when asked."""

    request = models.ForeignKey(InformationRequest, on_delete=models.CASCADE, related_name="answers")
    number = models.CharField(max_length=8)
    question = models.TextField(max_length=2000)
    before = models.JSONField(default=dict)
    touched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="asked_once_per_request")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.number}"


class Note(CompanyOwned):
    """A note among staff; `mentions` are told. Never shown to the company (row-level security holds that, too)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=4000)
    mentions = models.ManyToManyField(User, related_name="+", blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class Flag(CompanyOwned):
    """Something to mind about a case, with an owner and an end; a blocking one holds the decision up."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="flags")
    title = models.CharField(max_length=120)
    company_word = models.CharField(max_length=300, blank=True)
    blocks_decision = models.BooleanField(default=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    ends_on = models.DateField(null=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.title


class SavedFilter(models.Model):
    """A named queue filter (its query string), one's own or shared with all staff."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="filter_name_once")]

    def __str__(self) -> str:
        return self.name


class Vetting(CompanyOwned):
    """The vetting track of an application: identifiers, people and business history, by vetting officers."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="vetting")
    status = models.CharField(max_length=10, default="open")
    officer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    conclusion = models.TextField(blank=True, max_length=4000)
    opened_at = models.DateTimeField()
    concluded_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"vetting of {self.application_id}: {self.status}"


class Decision(CompanyOwned):
    """A decision by two people, with the letter the company reads. Undone ones are kept."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=10)
    reasons: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=40), default=list)
    letter = models.TextField(max_length=10_000)
    recommended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    letters_at = models.DateTimeField()
    appeal_until = models.DateField(null=True)
    undone_at = models.DateTimeField(null=True)
    letter_stored_as = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(recommended_by=F("decided_by")), name="decision_takes_two_people"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(undone_at=None), name="one_decision_per_application"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.outcome}"
