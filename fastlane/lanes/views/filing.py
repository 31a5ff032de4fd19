"""The form of a request: filled in by parts, saved while one writes, sent when it is whole; and its port list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused, Stale
from fastlane.lanes import filing, operations, queries, showing
from fastlane.lanes.acting import Actor
from fastlane.lanes.filing import Filing
from fastlane.lanes.forms.facts import FactsForm, fault_words, label_of
from fastlane.lanes.forms.filing import FilingForm, PortListForm
from fastlane.lanes.models import LaneRequest
from fastlane.lanes.row_text import write_rows
from fastlane.lanes.views.company import EDITED, tell_sent
from fastlane.lanes.views.finding import request_of, suggestions
from fastlane.rules.aqua_facts import PortCall
from fastlane.rules.facts import look_up
from trusted_trader.application.views.finding import role_of

SHOWN_CALLS = 20
# The request page's own titles of lists, for the button that adds a row.
LISTS = frozenset({"itinerary", "carriers"})


def lane_form(request: AuthenticatedRequest, number: str, reference: str) -> HttpResponse:
    """Fill in, save, send. "more" gives a list another row without saving, for browsers without script."""
    row = request_of(number, reference)
    if row.status not in EDITED:
        return redirect("lane_request", number, reference)
    more = request.POST.get("more", "")
    if more in LISTS:
        return _page(request, row, _with_a_row(request, row, more), version=_version(request, row), opened=more)
    form = FilingForm(request.POST or None, document=row.form)
    if request.method != "POST" or not form.is_valid():
        version = _version(request, row)
        return _page(request, row, form, version=version, status=422 if form.errors else 200)
    try:
        row = _save(request, row, form)
    except Stale as stale:
        form.add_error(None, str(stale))
        fresh = request_of(number, reference)
        conflict = differences(fresh.form, form.document())
        return _page(request, fresh, form, version=fresh.version, status=409, conflict=conflict)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, row, form, version=row.version, status=422)
    if "send" in request.POST:
        return _send(request, row, form)
    messages.success(request, _("The draft is saved."))
    return redirect("lane_request" if "done" in request.POST else "lane_form", number, reference)


def _with_a_row(request: AuthenticatedRequest, row: LaneRequest, more: str) -> FilingForm:
    """The form as it was typed, with one more row; its faults are told when it is saved."""
    typed = FilingForm(request.POST, document=row.form)
    form = FilingForm(request.POST, document=row.form, more=more)
    form._errors = type(typed.errors)()
    return form


def _version(request: AuthenticatedRequest, row: LaneRequest) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else row.version


def _save(request: AuthenticatedRequest, row: LaneRequest, form: FactsForm) -> LaneRequest:
    read = filing.parse(form.document())
    return operations.save(
        request=row, filing=read, version=_version(request, row), actor=Actor(request.user), at=timezone.now()
    )


def _send(request: AuthenticatedRequest, row: LaneRequest, form: FilingForm) -> HttpResponse:
    number, reference = row.account.number, row.reference
    for problem in filing.missing(queries.filing_of(row)):
        path = problem.pointer.strip("/").replace("/", ".")
        form.add_error(path, _("Enter: %(label)s.") % {"label": form.fields[path].label})
    if not form.errors:
        try:
            sent = operations.submit(request=row, actor=Actor(request.user), at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            tell_sent(request, sent)
            return redirect("lane_request", number, reference)
    return _page(request, row, form, version=row.version, status=422, saved=True)


def _page(
    request: AuthenticatedRequest, row: LaneRequest, form: FilingForm, *, version: int, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "account": row.account,
        "role": role_of(request, row.account),
        "row": row,
        "form": form,
        "parts": form.parts(),
        "version": version,
        "calls": len(row.form.get("port_calls") or []),
        "autosave_url": reverse("lane_autosave", args=[row.account.number, row.reference]),
        "rules": showing.rule_lines(_rules(row), whole=False),
        **suggestions(timezone.now()),
        **more,
    }
    return render(request, "fastlane/lanes/form.html", context, status=status)


def _rules(row: LaneRequest) -> list[Mapping[str, Any]]:
    """What the rules missed, while the request is incomplete."""
    kept = queries.newest(row)
    return [rule for rule in kept.rules if rule["outcome"] == "incomplete"] if kept else []


def differences(saved: Mapping[str, Any], typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What somebody else saved meanwhile and that differs from what was typed: label and saved value."""
    found = []
    for path in sorted(_leaves(saved) | _leaves(typed)):
        theirs, mine = showing.look_up(saved, path), showing.look_up(typed, path)
        if theirs != mine and path != "port_calls":
            fact = look_up(Filing, path)
            if isinstance(theirs, list) and fact.group:
                words = "; ".join(showing.entry_words(fact, entry) for entry in theirs)
            else:
                words = showing.value_words(theirs)
            found.append((label_of(fact), words))
    return found


def _leaves(document: Mapping[str, Any], under: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in document.items():
        found |= _leaves(value, f"{under}{name}.") if isinstance(value, Mapping) else {f"{under}{name}"}
    return found


def lane_autosave(request: AuthenticatedRequest, number: str, reference: str) -> HttpResponse:
    """Save what is on the page while it is written; answers with a small fragment for the live region."""
    row = request_of(number, reference)
    form = FilingForm(request.POST, document=row.form)
    page = "trusted_trader/company/autosave.html"
    if not form.is_valid():
        return render(request, page, {"error": _("Not saved: see the errors when you save.")}, status=422)
    try:
        saved = _save(request, row, form)
    except Refused as refused:
        return render(request, page, {"error": str(refused)}, status=409)
    return render(request, page, {"row": saved, "at": timezone.now()})


def lane_port_calls(request: AuthenticatedRequest, number: str, reference: str) -> HttpResponse:
    """The port list of 24 months: all rows are taken or none; every bad row is told."""
    row = request_of(number, reference)
    if row.status not in EDITED:
        return redirect("lane_request", number, reference)
    form = PortListForm(request.POST or None, request.FILES or None, initial={"version": row.version})
    if request.method == "POST" and "remove" in request.POST:
        return _keep_calls(request, row, None, form)
    if request.method == "POST" and form.is_valid():
        return _keep_calls(request, row, form.calls, form)
    return _calls_page(request, row, form, status=422 if form.errors else 200)


def _keep_calls(
    request: AuthenticatedRequest, row: LaneRequest, calls: list[dict[str, Any]] | None, form: PortListForm
) -> HttpResponse:
    document = {name: value for name, value in row.form.items() if name != "port_calls"}
    if calls is not None:
        document["port_calls"] = calls
    try:
        operations.save(
            request=row, filing=filing.parse(document), version=_version(request, row), actor=Actor(request.user),
            at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        form.add_error(None, str(refused))
        fresh = request_of(row.account.number, row.reference)
        return _calls_page(request, fresh, form, status=409, version=fresh.version)
    told = _("%(n)s port calls are kept.") % {"n": len(calls)} if calls is not None else _("The port list is removed.")
    messages.success(request, told)
    return redirect("lane_port_calls", row.account.number, row.reference)


def _calls_page(
    request: AuthenticatedRequest, row: LaneRequest, form: PortListForm, *, status: int = 200, version: int = 0
) -> HttpResponse:
    calls = row.form.get("port_calls") or []
    context = {
        "account": row.account,
        "role": role_of(request, row.account),
        "row": row,
        "form": form,
        "calls": calls[:SHOWN_CALLS],
        "count": len(calls),
        "version": version or _version(request, row),
        "faults": [fault_words(fault) for fault in form.faults],
        "as_text": write_rows(PortCall, calls) if calls else "",
    }
    return render(request, "fastlane/lanes/port_calls.html", context, status=status)
