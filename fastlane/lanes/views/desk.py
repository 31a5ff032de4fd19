"""The port officers' queue and a request as they work on it, inside the admin site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import queries as who
from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused
from accounts.roles import Role
from fastlane.lanes import agency, deciding, desk, officers, queries, showing
from fastlane.lanes.acting import Actor
from fastlane.lanes.desk import VIEWS, DeskFilter
from fastlane.lanes.forms.officer import FactForm, ReasonForm
from fastlane.lanes.life import OPEN, RECHECKED, TABLE
from fastlane.lanes.models import LaneRequest
from fastlane.lanes.views.company import minutes
from fastlane.lanes.views.finding import port_name, suggestions, terminal_name
from fastlane.rulebook import queries as rulebook
from fastlane.rules import FactsRefused, Outcome
from trusted_trader.review.views.finding import looking_of
from trusted_trader.workflow import available

STEPS = ("propose", "approve", "refuse", "revoke")


def staff_page(
    request: AuthenticatedRequest, template: str, context: Mapping[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    """A page of the admin site, with what its frame needs."""
    frame = admin.site.each_context(request) | {"title": title, "failed": status >= 400}
    return render(request, f"fastlane/{template}.html", frame | dict(context), status=status)


def lane_queue(request: AuthenticatedRequest) -> HttpResponse:
    looking = looking_of(request)
    chosen = DeskFilter.read(request.GET)
    page = desk.page(looking, chosen, after=request.GET.get("after", ""))
    return _queue_page(request, chosen, page.rows, later=page.later)


def lane_search(request: AuthenticatedRequest) -> HttpResponse:
    """By POST, so that numbers stay out of addresses; it writes nothing."""
    looking = looking_of(request)
    term = request.POST.get("term", "")
    found = desk.find(looking, term)
    if len(found) == 1:
        return redirect("admin:lane_request", found[0].row.reference)
    return _queue_page(request, DeskFilter(), found, term=term)


def _queue_page(request: AuthenticatedRequest, chosen: DeskFilter, rows: Any, **more: Any) -> HttpResponse:
    looking = looking_of(request)
    counts = desk.counts(looking, chosen)
    context = {
        "rows": rows,
        "chosen": chosen,
        "here": chosen.query(),
        "views": [(v.title, chosen.query(view=name), counts[name], name == chosen.view) for name, v in VIEWS.items()],
        "total": counts[chosen.view],
        "empty": VIEWS[chosen.view].empty,
        "narrowed": bool(chosen.port or chosen.arriving),
        "ports": suggestions(looking.at)["ports"],
        "searched": "term" in more,
        **more,
    }
    return staff_page(request, "lanes/queue", context, title=_("Port calls"))


def of_desk(request: AuthenticatedRequest, reference: str) -> LaneRequest:
    """The request; for who has a tie to its company it is as missing as one that isn't there, or a draft."""
    rows = LaneRequest.objects.select_related("account__company", "filed_by", "proposed_by").exclude(status="draft")
    row = rows.filter(reference=reference).first()
    if row is None or who.is_tied(request.user.pk, row.company_id):
        raise Http404
    return row


def lane_request(request: AuthenticatedRequest, reference: str) -> HttpResponse:
    return show(request, of_desk(request, reference))


def show(request: AuthenticatedRequest, row: LaneRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The workbench of a request; a refused form stands open there with what was typed."""
    now = timezone.now()
    reference = rulebook.in_force(now).reference
    decision, gathered, _decided = deciding.answer(row, at=now)
    kept = [
        showing.decision_line(d, whole=True)
        for d in row.decisions.select_related("overridden_by", "proposed_by").order_by("-number")[:30]
    ]
    lines = showing.fact_lines(gathered.document, gathered.sources, unconfirmed=gathered.unconfirmed, whole=True)
    view = deciding.view(
        row,
        holds_on_board=officers.HOLDS in decision.codes,
        only_review_left=decision.outcome == Outcome.MANUAL_REVIEW,
        misused=True,
    )
    offers = {o.action: o for o in available(TABLE, case=view, actor=Actor(request.user).view(row.company_id, now))}
    may_tell = Role.PORT_OFFICER in request.user.staff_roles
    steps = [(step, offers[step], forms.get(step) or ReasonForm(step=step)) for step in STEPS if step in offers]
    context = {
        "row": row,
        "account": row.account,
        "ship": row.form.get("ship", {}).get("name") or row.imo,
        "port_name": port_name(row.port, reference),
        "terminal_name": terminal_name(row.terminal, reference),
        "now_at": showing.situation(row, now, staff=True),
        "live": row.status in RECHECKED,
        "open": row.status in OPEN,
        "says": str(showing.OUTCOME_WORD[decision.outcome]),
        "rules": showing.rule_lines(decision.rules, whole=True),
        "rule_set": decision.rule_set,
        "kept": kept,
        "agency": [line for line in lines if line.path in queries.AGENCY_PATHS | {queries.NOTICE}],
        "others": [line for line in lines if line.path not in queries.AGENCY_PATHS | {queries.NOTICE}],
        "calls": desk.earlier_calls(looking_of(request), row),
        "declared": showing.declared(row.form),
        "others_on_board": desk.others_on_board(row, now),
        "arrivals": list(row.arrival_events.order_by("happened_at")),
        "minutes": minutes(row),
        "steps": steps,
        "opened": next((name for name in STEPS if name in forms), ""),
        "fact_form": (forms.get("fact") or FactForm(port=row.port)) if may_tell else None,
        "fact_failed": "fact" in forms,
        "now": now,
    }
    return staff_page(request, "lanes/desk", context, title=f"{row.reference}: {context['ship']}", status=status)


def lane_fact(request: AuthenticatedRequest, reference: str) -> HttpResponse:
    row = of_desk(request, reference)
    form = FactForm(request.POST, port=row.port)
    if form.is_valid():
        told = form.observation()
        try:
            agency.observe(
                imo=row.imo, voyage=row.voyage, port=row.port, observations=[told], actor=Actor(request.user),
                at=timezone.now(),
            )  # fmt: skip
        except FactsRefused as refused:
            for problem in refused.problems:
                name = problem.pointer.rpartition("/")[2]
                form.add_error(name if name in form.fields else "value", _(problem.detail))
        else:
            messages.success(request, _("The fact is kept. The rules look at it within a moment."))
            return redirect(f"{reverse('admin:lane_request', args=[reference])}#facts")
    return show(request, row, status=422, fact=form)


def lane_step(request: AuthenticatedRequest, reference: str, step: str) -> HttpResponse:
    """Propose, approve, refuse or revoke, each with its reason."""
    row = of_desk(request, reference)
    if step not in STEPS:
        raise Http404
    form = ReasonForm(request.POST, step=step)
    if form.is_valid():
        try:
            getattr(officers, step)(request=row, **form.cleaned_data, actor=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _done(step, reference))
            return redirect("admin:lane_request", reference)
    return show(request, row, status=422, **{step: form})


def _done(step: str, reference: str) -> str:
    words = {
        "propose": _("You propose to approve %(ref)s. A second officer decides."),
        "approve": _("%(ref)s is approved. The agent and the terminal are told."),
        "refuse": _("%(ref)s is refused. The agent is told why."),
        "revoke": _("%(ref)s is revoked, and the misuse is on record."),
    }
    return words[step] % {"ref": reference}
