"""The carrier's pages: its requests, one of them, and what may be done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused
from fastlane.lanes import filing, operations, queries, showing
from fastlane.lanes.acting import Actor
from fastlane.lanes.filters import RequestFilter
from fastlane.lanes.forms.facts import label_of
from fastlane.lanes.forms.filing import AmendForm, ArrivalForm, WithdrawForm
from fastlane.lanes.life import AGENTS, LIVE, NO_YES, State
from fastlane.lanes.models import ArrivalEvent, LaneRequest
from fastlane.lanes.views.finding import carrier_of, port_name, request_of, suggestions, terminal_name
from fastlane.ledger.models import Benefit
from fastlane.rulebook import queries as rulebook
from fastlane.rules.facts import look_up
from trusted_trader.application.views.finding import role_of
from trusted_trader.standing.queries import standing

PAGE = 25
EDITED = frozenset({State.DRAFT, State.INCOMPLETE})
TOLD = frozenset({State.APPROVED, State.NOT_REQUIRED, State.USED, State.VOID, State.REFUSED})
# What a new request takes over from an earlier one of the same ship: all but what belongs to that call.
TAKEN_OVER = ("ship", "agent", "arriving_from", "cargo_type", "carriers", "bond", "port", "terminal")


def lane_list(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = carrier_of(number)
    now = timezone.now()
    reference = rulebook.in_force(now).reference
    chosen = RequestFilter.read(request.GET)
    rows = LaneRequest.objects.filter(chosen.condition(), account=account).order_by("-created_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "account": account,
        "page": page,
        "rows": [(row, showing.situation(row, now), port_name(row.port, reference)) for row in page],
        "chosen": chosen,
        "tabs": chosen.tabs(),
        "ports": suggestions(now)["ports"],
        "carried": chosen.query(chosen.group),
        "any": LaneRequest.objects.filter(account=account).exists(),
        "standing": standing(account, at=now),
        "role": role_of(request, account),
        "can_file": role_of(request, account) in AGENTS,
    }
    return render(request, "fastlane/lanes/list.html", context)


def lane_new(request: AuthenticatedRequest, number: str) -> HttpResponse:
    """Begin a draft: empty but for what the portal knows, or with what an earlier request of the ship said."""
    account = carrier_of(number)
    document: dict[str, Any] = {"agent": {"name": request.user.name[:120]}}
    earlier = request.POST.get("from", "")
    if earlier:
        kept = request_of(number, earlier).form
        document = {name: kept[name] for name in TAKEN_OVER if name in kept}
        document.get("agent", {}).pop("signature", None)
    try:
        row = operations.draft(
            account=account, filing=filing.parse(document), actor=Actor(request.user), at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("lane_list", number)
    return redirect("lane_form", number, row.reference)


def lane_request(request: AuthenticatedRequest, number: str, reference: str) -> HttpResponse:
    return show(request, request_of(number, reference))


def show(
    request: AuthenticatedRequest,
    row: LaneRequest,
    *,
    status: int = 200,
    failed: Any = None,
    **forms: Any,
) -> HttpResponse:
    """The request's page; a form that was refused stands there with what was typed. `failed` is that form."""
    now = timezone.now()
    reference = rulebook.in_force(now).reference
    decisions = [showing.decision_line(d, whole=False) for d in row.decisions.order_by("-number")[:50]]
    may = role_of(request, row.account) in AGENTS
    told = frozenset(row.arrival_events.values_list("kind", flat=True))
    context = {
        "account": row.account,
        "row": row,
        "port_name": port_name(row.port, reference),
        "terminal_name": terminal_name(row.terminal, reference),
        "ship": row.form.get("ship", {}).get("name") or row.imo or _("Ship not named yet"),
        "now_at": showing.situation(row, now),
        "latest": decisions[0] if decisions else None,
        "earlier": decisions[1:],
        "entry": showing.ENTRY if row.status in NO_YES else "",
        "facts": _facts(row, decisions),
        "declared": showing.declared(row.form),
        "missing": _missing(row) if row.status in EDITED else [],
        "arrivals": list(row.arrival_events.order_by("happened_at")),
        "minutes": minutes(row),
        "gain": Benefit.objects.filter(
            account=row.account_id, about=row.reference, kind=Benefit.Kind.MINUTES_SAVED
        ).first(),
        "role": role_of(request, row.account),
        "can_edit": may and row.status in EDITED,
        "can_amend": may and row.status in LIVE - {State.SUBMITTED},
        "can_withdraw": may and row.status in LIVE | {State.DRAFT},
        "can_report": may and row.status in TOLD and told != frozenset(ArrivalEvent.Kind.values),
        "can_repeat": may and row.status not in EDITED,
        "amend_form": forms.get("amend_form") or _amend_form(row),
        "arrival_form": forms.get("arrival_form") or ArrivalForm(port=row.port, told=told, auto_id="arrival_%s"),
        "withdraw_form": forms.get("withdraw_form") or WithdrawForm(auto_id="withdraw_%s"),
        "form": failed,
        "opened": next(iter(forms), ""),
        "now": now,
        **suggestions(now),
    }
    return render(request, "fastlane/lanes/request.html", context, status=status)


def _facts(row: LaneRequest, decisions: list[showing.DecisionLine]) -> list[showing.FactLine]:
    """The facts of the newest decision that a company may see."""
    if not decisions:
        return []
    kept = decisions[0].row
    return showing.fact_lines(showing.kept_facts(kept), {}, whole=False)


def _missing(row: LaneRequest) -> list[tuple[str, str]]:
    """What keeps the request from being sent: the field's id on the form, and its label."""
    found = []
    for problem in filing.missing(queries.filing_of(row)):
        path = problem.pointer.strip("/").replace("/", ".")
        found.append((f"id_{path}" if path != "eta" else "id_eta_0", label_of(look_up(filing.Filing, path))))
    return found


def minutes(row: LaneRequest) -> dict[str, int]:
    """Minutes from all fast to the first container, and to the crew's clearance: the gap stands beside the gain."""
    found = {}
    for name, moment in (("first_container", row.first_container_at), ("crew_cleared", row.crew_cleared_at)):
        if row.all_fast_at and moment:
            found[name] = round((moment - row.all_fast_at).total_seconds() / 60)
    return found


def _amend_form(row: LaneRequest, data: Any = None) -> AmendForm:
    initial = {"version": row.version, "voyage": row.form.get("voyage", ""), "terminal": row.terminal, "eta": row.eta}
    return AmendForm(data, port=row.port, initial=initial, auto_id="amend_%s")


def lane_send(request: AuthenticatedRequest, number: str, reference: str) -> HttpResponse:
    row = request_of(number, reference)
    try:
        sent = operations.submit(request=row, actor=Actor(request.user), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        tell_sent(request, sent)
    return redirect("lane_request", number, reference)


def tell_sent(request: AuthenticatedRequest, row: LaneRequest) -> None:
    word = showing.situation(row, timezone.now()).word
    messages.success(request, _("The request was sent. The rules answer: %(word)s.") % {"word": word})


def lane_amend(request: AuthenticatedRequest, number: str, reference: str) -> HttpResponse:
    row = request_of(number, reference)
    form = _amend_form(row, request.POST)
    if form.is_valid():
        try:
            after = operations.amend(
                request=row, changes=form.changes, version=form.cleaned_data["version"], actor=Actor(request.user),
                at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            if refused.code == "stale":
                return _stale_amend(request, request_of(number, reference), form)
        else:
            word = showing.situation(after, timezone.now()).word
            messages.success(request, _("The port call is changed. The rules answer: %(word)s.") % {"word": word})
            return redirect("lane_request", number, reference)
    return show(request, row, status=422, failed=form, amend_form=form)


def _stale_amend(request: AuthenticatedRequest, row: LaneRequest, form: AmendForm) -> HttpResponse:
    """Somebody was quicker: the saved values are shown beside what was typed, and the next save counts."""
    data = form.data.copy()
    data[form.add_prefix("version")] = str(row.version)
    form.data = data
    return show(request, row, status=409, failed=form, amend_form=form)


def lane_withdraw(request: AuthenticatedRequest, number: str, reference: str) -> HttpResponse:
    row = request_of(number, reference)
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")
    if form.is_valid():
        try:
            operations.withdraw(
                request=row, reason=form.cleaned_data["reason"], actor=Actor(request.user), at=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The request is withdrawn."))
            return redirect("lane_request", number, reference)
    return show(request, row, status=422, failed=form, withdraw_form=form)


def lane_arrival(request: AuthenticatedRequest, number: str, reference: str) -> HttpResponse:
    row = request_of(number, reference)
    form = ArrivalForm(request.POST, port=row.port, auto_id="arrival_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            event = operations.report(
                request=row, kind=data["kind"], happened_at=data["happened_at"], remark=data["remark"],
                actor=Actor(request.user), at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Reported: %(what)s.") % {"what": event.get_kind_display()})
            return redirect(f"{reverse('lane_request', args=[number, reference])}#arrival")
    return show(request, row, status=422, failed=form, arrival_form=form)
