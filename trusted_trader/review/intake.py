"""What happens to a case as it comes in: assessment, vetting track, routing. Runs in the portal's own tenancy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Count

from accounts import events
from accounts.models import StaffGrant
from accounts.queries import tied_people
from accounts.roles import Role
from trusted_trader import clocks, moves, risk, routing, suggestions
from trusted_trader.application import queries
from trusted_trader.application.models import Application, Snapshot
from trusted_trader.checks import RULE_SET_VERSION, CaseFacts, Finding, cross_company
from trusted_trader.review.models import Assessment, Assignment, Vetting


def receive(
    application: Application, snapshot: Snapshot, facts: CaseFacts, found: Sequence[Finding], *, at: datetime
) -> None:
    """Assess, open the vetting track, route and set the clocks of a case that was just submitted."""
    reassess(application, snapshot, facts, found, at=at)
    vetting, fresh = Vetting.objects.get_or_create(
        application=application, defaults={"company_id": application.company_id, "opened_at": at}
    )
    if fresh:
        moves.record(
            application, "vetting.open", actor=None, at=at, about=vetting, changes=events.created(vetting, "status")
        )
    _route(application, at=at)
    clocks.refresh(application, at=at)
    application.save()


def reassess(
    application: Application, snapshot: Snapshot, facts: CaseFacts, found: Sequence[Finding], *, at: datetime
) -> Assessment:
    """Findings (also those across companies), risk points and suggestions for one snapshot."""
    others = queries.others_facts(application)
    everything = [*found, *cross_company.run(others)]
    assessed = risk.assess(risk.risk_facts(facts, everything, others))
    row = Assessment.objects.create(
        company_id=application.company_id,
        application=application,
        snapshot=snapshot,
        rule_set=RULE_SET_VERSION,
        model_version=assessed.version,
        points=assessed.points,
        tier=assessed.tier,
        factors=[asdict(factor) for factor in assessed.factors],
        findings=[_finding(finding) for finding in everything],
        suggestions={number: _suggestion(s) for number, s in suggestions.suggest_all(facts, everything).items()},
        made_at=at,
    )
    application.risk_points, application.risk_tier = assessed.points, assessed.tier
    application.save(update_fields=["risk_points", "risk_tier"])
    moves.record(
        application,
        "case.assess",
        actor=None,
        at=at,
        about=row,
        internal=True,
        changes={"risk": {"old": None, "new": assessed.tier}, "model": {"old": None, "new": assessed.version}},
    )
    return row


def _finding(finding: Finding) -> dict[str, Any]:
    return asdict(finding) | {"severity": finding.severity.value, "params": dict(finding.params)}


def _suggestion(suggestion: suggestions.Suggestion) -> dict[str, Any]:
    return {
        "verdict": suggestion.verdict.value,
        "reasons": [{"message": r.message, "params": dict(r.params), "code": r.code} for r in suggestion.reasons],
    }


def _route(application: Application, *, at: datetime) -> Assignment:
    company = application.account.company
    facts = routing.RouteFacts(
        entity_type=application.account.entity_type,
        country=str(company.country),
        region=company.region,
        risk_tier=application.risk_tier,
        first_time=not application.account.applications.exclude(pk=application.pk).filter(status="certified").exists(),
        company_id=company.pk,
    )
    route = routing.route(facts)
    pick = routing.pick_reviewer(candidates(application), facts, route.office)
    application.office, application.queue = route.office, route.queue
    row = Assignment.objects.create(
        company_id=company.pk,
        application=application,
        office=route.office,
        queue=route.queue,
        # The specialist with the least open work is suggested; any other without a tie may claim the case.
        reviewer_id=pick.user_id,
        rule=route.rule,
        reason=f"{route.reason} {pick.reason}",
        assigned_at=at,
    )
    moves.record(
        application,
        "case.route",
        actor=None,
        at=at,
        about=row,
        internal=True,
        reason=f"{route.rule}: {route.reason}",
        changes=events.created(row, "office", "queue"),
    )
    return row


def candidates(application: Application) -> tuple[routing.Reviewer, ...]:
    """The specialists who could take this case, with their open work and ties."""
    tied = tied_people(application.company_id)
    grants = StaffGrant.objects.filter(role=Role.SPECIALIST, ended_at=None, user__is_active=True)
    loads = dict(
        Application.objects.filter(status__in=["in_review", "waiting_for_company"])
        .values_list("reviewer")
        .annotate(n=Count("pk"))
    )
    return tuple(
        routing.Reviewer(
            user_id=grant.user_id,
            office=grant.office,
            open_cases=loads.get(grant.user_id, 0),
            ties=frozenset({application.company_id}) if grant.user_id in tied else frozenset(),
            away=False,
        )
        for grant in grants.order_by("user_id")
    )
