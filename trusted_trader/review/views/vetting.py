"""The vetting officers' pages: their list, and one company's people, numbers and history with the conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import operations as people
from accounts.http import AuthenticatedRequest
from accounts.models import Person
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader.application.models import Application
from trusted_trader.entity_types import EntityType, for_type
from trusted_trader.review import bench as benches
from trusted_trader.review import operations, queries
from trusted_trader.review.forms import ConcludeForm, ReasonForm, RevealForm
from trusted_trader.review.models import Vetting
from trusted_trader.review.views.finding import case_of, looking_of, staff_page

LIST = 50
STATES = {"open": gettext_lazy("Open"), "cleared": gettext_lazy("Passed"), "failed": gettext_lazy("Not passed")}
PERSONAL_WORDS = {
    "birth_date": gettext_lazy("Date of birth"),
    "birth_country": gettext_lazy("Country of birth"),
    "citizenship": gettext_lazy("Citizenship"),
    "document_kind": gettext_lazy("Document"),
    "document_number": gettext_lazy("Number of the document"),
    "national_number": gettext_lazy("National number"),
}


@dataclass(frozen=True, slots=True)
class VettingRow:
    """One vetting in the list, ready to read."""

    case: Application
    kind: str
    age: str
    due: str
    late: bool
    status_word: str
    officer: str


def vettings(request: AuthenticatedRequest) -> HttpResponse:
    """The vettings in a state, most urgent first. Companies to which one has a tie are left out."""
    looking = looking_of(request)
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    rows = queries.vettings(looking, state)
    place = queries.read_key(request.GET.get("after", ""))
    found = list((queries.vettings_beyond(rows, place) if place else rows)[: LIST + 1])
    shown = [_row(vetting, looking.at) for vetting in found[:LIST]]
    later = f"{found[LIST - 1].application.urgency}.{found[LIST - 1].application_id}" if len(found) > LIST else ""
    counts = queries.vetting_counts(looking)
    tabs = [
        {"state": name, "title": title, "count": counts[name], "current": name == state}
        for name, title in STATES.items()
    ]
    return staff_page(
        request, "vettings", {"rows": shown, "tabs": tabs, "later": later, "state": state}, title=_("Vetting")
    )


def _row(vetting: Vetting, at: Any) -> VettingRow:
    case = vetting.application
    due, late = queries.due_words(case, at)
    kind = _(for_type(EntityType(case.account.entity_type)).title)
    return VettingRow(
        case,
        kind,
        queries.days_words(vetting.opened_at, at),
        due,
        late,
        str(STATES[vetting.status]),
        str(vetting.officer or ""),
    )


def vetting(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return _show(request, case_of(request, pk))


def _show(request: AuthenticatedRequest, case: Application, *, status: int = 200, **more: Any) -> HttpResponse:
    row = _vetting_of(case)
    at = timezone.now()
    due, late = queries.due_words(case, at)
    snapshot = case.snapshots.order_by("-number").first()
    is_officer = Role.VETTING_OFFICER in request.user.staff_roles
    context = {
        "case": case,
        "company": case.company,
        "account": case.account,
        "vetting": row,
        "due": due,
        "late": late,
        "kind": _(for_type(EntityType(case.account.entity_type)).title),
        "status_word": STATES[row.status],
        "people": Person.objects.filter(company=case.company_id, erased_at=None).order_by("pk"),
        "identifiers": case.account.identifiers.order_by("scheme"),
        "facts": snapshot.content if snapshot else {},
        "findings": benches.findings_across(case),
        "is_officer": is_officer,
        "may_open_case": queries.may_read_case(request.user),
        "conclude_form": ConcludeForm(auto_id="conclude_%s") if is_officer and row.status == "open" else None,
        "reopen_form": ReasonForm(auto_id="reopen_%s") if is_officer and row.status != "open" else None,
        "reveal_form": RevealForm(auto_id="reveal_%s"),
        "revealed": {},
        "open_person": _number(request.GET.get("person", "")),
    }
    title = _("Vetting of %(company)s") % {"company": case.company.legal_name}
    response = staff_page(request, "vetting", context | more, title=title, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _number(raw: str) -> int:
    return int(raw) if raw.isdecimal() and len(raw) < 19 else 0


def _vetting_of(case: Application) -> Vetting:
    row = Vetting.objects.select_related("officer").filter(application=case).first()
    if row is None:
        raise Http404
    return row


def reveal(request: AuthenticatedRequest, pk: int, person: int) -> HttpResponse:
    """Show one person's sealed values on this answer alone; who looked and why stays on record."""
    case = case_of(request, pk)
    _vetting_of(case)
    who = get_object_or_404(Person, pk=person, company=case.company_id, erased_at=None)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if form.is_valid():
        try:
            values = people.reveal_person(
                person=who, actor=request.user, reason=form.cleaned_data["reason"], at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            shown = [(PERSONAL_WORDS.get(name, name), value) for name, value in values.items()]
            return _show(request, case, revealed={who.pk: shown}, open_person=who.pk)
    return _show(request, case, status=422, reveal_form=form, open_person=who.pk)


def conclude(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    row = _vetting_of(case)
    form = ConcludeForm(request.POST, auto_id="conclude_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.conclude_vetting(
                vetting=row,
                cleared=data["cleared"] == "yes",
                conclusion=data["conclusion"],
                actor=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(
                request, _("The vetting of %(company)s is concluded.") % {"company": case.company.legal_name}
            )
            following = queries.vettings(looking_of(request), "open").values_list("application", flat=True).first()
            return redirect(
                reverse("admin:vetting_case", args=[following]) if following else reverse("admin:vetting_list")
            )
    return _show(request, case, status=422, conclude_form=form)


def reopen(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    row = _vetting_of(case)
    form = ReasonForm(request.POST, auto_id="reopen_%s")
    if form.is_valid():
        try:
            operations.reopen_vetting(
                vetting=row, reason=form.cleaned_data["reason"], actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The vetting is open again."))
            return redirect("admin:vetting_case", pk)
    return _show(request, case, status=422, reopen_form=form)
