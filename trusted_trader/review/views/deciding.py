"""Recommend, decide, send back and undo; the letter is seen as the company will read it before it goes."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.clocks import programme_day
from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused
from trusted_trader import programme
from trusted_trader.application.models import Application
from trusted_trader.review import bench as benches
from trusted_trader.review import operations
from trusted_trader.review.forms import LetterForm, ReturnForm
from trusted_trader.review.models import Decision
from trusted_trader.review.views.finding import case_of, case_url, on_to_the_next
from trusted_trader.review.views.showing import letter_of, open_panel, show

# What says that the case has moved on since the page was opened.
OVERTAKEN = frozenset({"conflict", "state"})


def recommend(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return _send(request, case_of(request, pk), "recommend")


def decide(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return _send(request, case_of(request, pk), "decide")


def _send(request: AuthenticatedRequest, case: Application, acts: str) -> HttpResponse:
    """`step`: "fill" writes the letter from the reasons, "preview" shows it, anything else goes through with it."""
    form = LetterForm(request.POST)
    step = request.POST.get("step", "")
    if step in {"fill", "preview"}:
        return _reopen(request, case, acts, form, fill=step == "fill")
    if form.is_valid():
        operation = operations.decide if acts == "decide" else operations.recommend
        try:
            operation(application=case, **form.cleaned_data, actor=request.user, at=timezone.now())
        except Refused as refused:
            if refused.code in OVERTAKEN:
                return _overtaken(request, case, form, str(refused))
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _done(case, acts, form.cleaned_data["outcome"]))
            return on_to_the_next(request, case)
    return _reopen(request, case, acts, form, status=422)


def _done(case: Application, acts: str, outcome: str) -> str:
    values = {"company": case.company.legal_name, "reference": case.reference}
    if acts == "recommend":
        return _("%(company)s (%(reference)s) goes to the supervisors.") % values
    if outcome == "certify":
        return _("%(company)s (%(reference)s) is certified.") % values
    return _("%(company)s (%(reference)s) is refused.") % values


def _reopen(
    request: AuthenticatedRequest,
    case: Application,
    acts: str,
    form: LetterForm,
    *,
    fill: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The workbench with the letter still open, as typed or filled anew."""
    outcome = "refuse" if request.POST.get("outcome") == "refuse" else "certify"
    shown = benches.bench(case, request.user, timezone.now())
    if status == 200:
        reasons = [code for code in request.POST.getlist("reasons") if code in programme.refusal_reasons()]
        letter = letter_of(shown, outcome, reasons) if fill else request.POST.get("letter", "")
        form = LetterForm(initial={"outcome": outcome, "reasons": reasons, "letter": letter})
    return show(request, case, status=status, letter_panel=open_panel(shown, acts, outcome, form))


def _overtaken(request: AuthenticatedRequest, case: Application, form: LetterForm, why: str) -> HttpResponse:
    """Somebody was faster: their decision, and one's own text, which is kept to copy."""
    fresh = case_of(request, case.pk)
    theirs = Decision.objects.filter(application=case, undone_at=None).select_related("decided_by").first()
    return show(
        request, fresh, status=409, overtaken={"why": why, "decision": theirs, "letter": form.cleaned_data["letter"]}
    )


def preview(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """The letter as the company will read it, while it is being written. Nothing is kept."""
    case = case_of(request, pk)
    reasons = [code for code in request.POST.getlist("reasons") if code in programme.refusal_reasons()]
    outcome = "refuse" if request.POST.get("outcome") == "refuse" else "certify"
    context = {
        "letter": request.POST.get("letter", "")[:10_000],
        "case": case,
        "outcome": outcome,
        "appeal_until": appeal_until(outcome, reasons),
        "company": case.company,
    }
    return render(request, "trusted_trader/staff/letter.html", context)


def appeal_until(outcome: str, reasons: list[str]) -> date | None:
    return programme.appeal_until(programme_day(timezone.now()), reasons) if outcome == "refuse" else None


def return_to_review(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    form = ReturnForm(request.POST, auto_id="return_%s")
    if form.is_valid():
        try:
            operations.return_to_review(
                application=case, reason=form.cleaned_data["reason"], actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("%(reference)s is back with its reviewer.") % {"reference": case.reference})
            return on_to_the_next(request, case)
    return show(request, case, status=422, return_form=form)


def undo(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    try:
        operations.undo_decision(application=case, actor=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("The decision on %(reference)s is undone. No letter has left.") % {"reference": case.reference}
        )
    return redirect(case_url(pk, request, anchor="#decision"))
