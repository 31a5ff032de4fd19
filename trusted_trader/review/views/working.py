"""The reviewer's steps: take the case, judge answers, ask the company, write notes, raise flags."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused
from trusted_trader.application.models import Application
from trusted_trader.application.queries import criteria_of
from trusted_trader.review import bench as benches
from trusted_trader.review import operations
from trusted_trader.review.forms import AskForm, FlagForm, NoteForm, ReasonForm, ReassignForm, VerdictForm
from trusted_trader.review.models import Flag
from trusted_trader.review.views.finding import case_of, case_url, on_to_the_next, queue_of, queue_url
from trusted_trader.review.views.showing import show


def attempt(request: AuthenticatedRequest, step: Callable[[], object], done: str) -> bool:
    """Take a step; say that it is done, or why not."""
    try:
        step()
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True


def claim(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    at = timezone.now()
    done = _("%(reference)s is yours now.") % {"reference": case.reference}
    taken = attempt(request, lambda: operations.claim(application=case, actor=request.user, at=at), done)
    if request.POST.get("from") == "queue":
        return redirect(queue_url(request))
    return redirect(case_url(pk, request) if taken or case.reviewer_id else queue_url(request))


def release(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    at = timezone.now()
    done = _("%(reference)s is back in the pool. Your verdicts stay.") % {"reference": case.reference}
    if attempt(request, lambda: operations.release(application=case, actor=request.user, at=at), done):
        return redirect(queue_url(request))
    return redirect(case_url(pk, request))


def reassign(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    form = ReassignForm(request.POST, auto_id="reassign_%s")
    if form.is_valid():
        try:
            operations.reassign(application=case, **form.cleaned_data, actor=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(
                request,
                _("%(reference)s is with %(who)s now.")
                % {"reference": case.reference, "who": form.cleaned_data["reviewer"]},
            )
            return redirect(case_url(pk, request))
    return show(request, case, status=422, reassign_form=form)


# --- Judging answers --------------------------------------------------------------------------------------------


def verdict(request: AuthenticatedRequest, pk: int, number: str) -> HttpResponse:
    """Judge one answer. With script only the answer's part of the page comes back."""
    case = case_of(request, pk)
    if all(number != criterion.number for criterion in criteria_of(case)):
        raise Http404
    form = VerdictForm(request.POST)
    errors = [str(e) for es in form.errors.values() for e in es]
    if not errors:
        try:
            operations.give_verdict(
                application=case, number=number, **form.cleaned_data, actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            errors = [str(refused)]
    typed = {number: request.POST} if errors else {}
    if request.headers.get("HX-Request"):
        return _part(request, case, number, {number: errors} if errors else {}, typed)
    if errors:
        return show(request, case, status=422, verdict_errors={number: errors}, typed=typed)
    return redirect(case_url(pk, request, anchor=f"#answer-{number.replace('.', '-')}"))


def _part(
    request: AuthenticatedRequest,
    case: Application,
    number: str,
    errors: dict[str, list[str]],
    typed: dict[str, object],
) -> HttpResponse:
    shown = benches.bench(case, request.user, timezone.now())
    card = next(card for card in shown.cards if card.number == number)
    context = {
        "case": case,
        "bench": shown,
        "card": card,
        "mine": True,
        "verdict_errors": errors,
        "typed": typed,
        "queue": queue_of(request),
        "offers": shown.offers,
        "in_part": True,
    }
    return render(request, "trusted_trader/staff/verdict.html", context)


def accept(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Accept the answers whose numbers stood in the list that was shown."""
    case = case_of(request, pk)
    known = {criterion.number for criterion in criteria_of(case)}
    numbers = [number for number in request.POST.getlist("number") if number in known]
    try:
        count = operations.accept_suggested(application=case, numbers=numbers, actor=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            ngettext("%(count)s answer is accepted.", "%(count)s answers are accepted.", count) % {"count": count},
        )
    return redirect(case_url(pk, request, anchor="#decision"))


def ask(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Send the questions written at the answers; `step` preview shows first what the company will read."""
    case = case_of(request, pk)
    form = AskForm(request.POST, numbers=[criterion.number for criterion in criteria_of(case)])
    questions = {}
    if form.is_valid():
        questions = form.questions
        preview = request.POST.get("step") == "preview"
        if preview and questions:
            return show(request, case, ask_form=form, questions=questions, ask_preview=True)
        try:
            operations.ask(
                application=case,
                questions=questions,
                message=form.cleaned_data["message"],
                actor=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                _("The questions for %(reference)s are sent. The clock waits for the company.")
                % {"reference": case.reference},
            )
            return on_to_the_next(request, case)
    return show(request, case, status=422, ask_form=form, questions=questions)


# --- Notes and flags --------------------------------------------------------------------------------------------


def note(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    form = NoteForm(request.POST, auto_id="note_%s")
    if form.is_valid():
        try:
            written = operations.add_note(
                application=case, text=form.cleaned_data["text"], actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            told = ", ".join(map(str, written.mentions.all()))
            messages.success(
                request, _("The note is kept, and %(who)s is told.") % {"who": told} if told else _("The note is kept.")
            )
            return redirect(case_url(pk, request, anchor="#notes"))
    return show(request, case, status=422, note_form=form)


def flag(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    form = FlagForm(request.POST)
    if form.is_valid():
        try:
            operations.raise_flag(application=case, **form.cleaned_data, actor=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The flag is raised."))
            return redirect(case_url(pk, request, anchor="#flags"))
    return show(request, case, status=422, flag_form=form)


def clear_flag(request: AuthenticatedRequest, pk: int, flag: int) -> HttpResponse:
    case = case_of(request, pk)
    row = Flag.objects.filter(pk=flag, application=case).first()
    if row is None:
        raise Http404
    form = ReasonForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        attempt(
            request,
            lambda: operations.clear_flag(flag=row, reason=reason, actor=request.user, at=timezone.now()),
            _("The flag is cleared."),
        )
    else:
        messages.error(request, _("Say why the flag can go."))
    return redirect(case_url(pk, request, anchor="#flags"))
