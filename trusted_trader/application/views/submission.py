"""Check everything, swear and submit; answer the reviewer's questions; withdraw; the papers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.policy import Factor
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader import agreement as texts
from trusted_trader.application import operations, printing, queries
from trusted_trader.application.forms import ReasonForm, SubmitForm
from trusted_trader.application.models import Snapshot
from trusted_trader.application.progress import level_word, progress
from trusted_trader.application.views.finding import account_of, address_of, application_of, role_of
from trusted_trader.entity_types import EntityType
from trusted_trader.review.models import InformationRequest


def check(request: AuthenticatedRequest, number: str) -> HttpResponse:
    """The page before submission: everything, what is missing as links, what is sworn; the button for officers."""
    account = account_of(number)
    application = application_of(account)
    statement = texts.current_statement()
    is_officer = role_of(request, account) == Role.OFFICER
    form = SubmitForm(request.POST or None, initial={"sworn_version": statement.version})
    if request.method == "POST" and form.is_valid():
        try:
            snapshot = operations.submit(
                application=application,
                actor=request.user,
                at=timezone.now(),
                address=address_of(request),
                sworn_version=form.cleaned_data["sworn_version"],
                fresh_factor=request.asking.factor == Factor.FRESH,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("receipt_page", number, snapshot.pk)
    if application.status != "draft":
        return redirect("case", number)
    now = progress(application, queries.programme_day(timezone.now()))
    context = {
        "account": account,
        "application": application,
        "form": form,
        "progress": now,
        "statement": statement,
        "is_officer": is_officer,
        "sections": _sections(application),
        "signed": queries.agreement_of(account),
    }
    return render(request, "trusted_trader/company/check.html", context)


def _sections(application: Any) -> list[tuple[Any, list[tuple[Any, str, Any]]]]:
    account = application.account
    responses = queries.responses_of(account)
    groups = queries.edition_of(application).by_category(EntityType(account.entity_type))
    return [
        (category, [(c, level_word(c, account.entity_type), responses.get(c.number)) for c in asked])
        for category, asked in groups.items()
    ]


def receipt_page(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    account = account_of(number)
    snapshot = get_object_or_404(
        Snapshot.objects.select_related("application", "signed_by"), pk=pk, application__account=account
    )
    context = {
        "account": account,
        "snapshot": snapshot,
        "application": snapshot.application,
        "steps": printing.next_steps(),
    }
    return render(request, "trusted_trader/company/receipt.html", context)


def questions(request: AuthenticatedRequest, number: str) -> HttpResponse:
    """The reviewer's questions: only these answers are open; answers go back together."""
    account = account_of(number)
    application = application_of(account)
    asked = InformationRequest.objects.filter(application=application).order_by("-pk").first()
    if asked is None:
        raise Http404
    if request.method == "POST":
        try:
            operations.answer_request(
                application=application, actor=request.user, at=timezone.now(), address=address_of(request)
            )
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("questions", number)
        messages.success(request, _("Your answers are on their way to the reviewer. The decision clock runs again."))
        return redirect("case", number)
    edition = queries.edition_of(application)
    responses = queries.responses_of(account)
    rows = [(item, edition.get(item.number), responses.get(item.number)) for item in asked.answers.order_by("pk")]
    context = {
        "account": account,
        "application": application,
        "request_row": asked,
        "rows": rows,
        "ready": all(item.touched_at for item, _c, _r in rows),
    }
    return render(request, "trusted_trader/company/questions.html", context)


def withdraw(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    application = application_of(account)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.withdraw(
                application=application, reason=form.cleaned_data["reason"], actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The application is withdrawn. Your answers are kept."))
            return redirect("case", number)
    context = {"account": account, "application": application, "form": form}
    return render(request, "trusted_trader/company/withdraw.html", context)


def receipt_pdf(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    account = account_of(number)
    snapshot = get_object_or_404(
        Snapshot.objects.select_related("application__account__company", "signed_by"),
        pk=pk,
        application__account=account,
    )
    return pdf(printing.receipt(snapshot), f"receipt-{snapshot.application.reference}-{snapshot.number}.pdf")


def profile_pdf(request: AuthenticatedRequest, number: str) -> HttpResponse:
    application = application_of(account_of(number))
    return pdf(printing.profile(application, timezone.now()), f"profile-{number}.pdf")


def agreement_pdf(request: AuthenticatedRequest, number: str) -> HttpResponse:
    signature = queries.agreement_of(account_of(number))
    if signature is None:
        raise Http404
    return pdf(printing.agreement(signature), f"agreement-{number}.pdf")


def pdf(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
