"""The account: open one, give its numbers, and its home page that says where the case is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import operations as who
from accounts.http import AuthenticatedRequest
from accounts.models import Company
from accounts.refusals import Refused
from trusted_trader import entity_types
from trusted_trader.application import operations, queries
from trusted_trader.application.forms import IdentifiersForm, OpenAccountForm
from trusted_trader.application.situation import company_case
from trusted_trader.application.views.finding import account_of, role_of
from trusted_trader.entity_types import EntityType
from trusted_trader.standing.queries import history, newest_certificate, standing

COMPANY_PARTS = {"details": "company_details", "facilities": "facilities", "people": "people"}


def open_account(request: AuthenticatedRequest, company: int) -> HttpResponse:
    row = get_object_or_404(Company, pk=company)
    form = OpenAccountForm(request.POST or None, company=row)
    if request.method == "POST" and form.is_valid():
        try:
            account = who.open_account(
                company=row, entity_type=form.cleaned_data["entity_type"], actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            operations.start(account=account, actor=request.user, at=timezone.now())
            messages.success(
                request, _("Your account %(number)s is open. Begin with the first task.") % {"number": account.number}
            )
            return redirect("tasks", account.number)
    kinds = [entity_types.for_type(EntityType(value)) for value, _title in form.fields["entity_type"].choices]  # type: ignore[attr-defined]
    context = {"form": form, "company": row, "kinds": kinds}
    return render(request, "trusted_trader/company/open_account.html", context)


def identifiers(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    form = IdentifiersForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            for scheme, raw in form.changes().items():
                who.set_identifier(account=account, scheme=scheme, raw=raw, actor=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The numbers are saved."))
            return redirect("tasks", number)
    return render(request, "trusted_trader/company/identifiers.html", {"form": form, "account": account})


def company_part(request: AuthenticatedRequest, number: str, part: str) -> HttpResponse:
    """Lead from an account's task to the company's page that all its accounts share."""
    account = account_of(number)
    return redirect(COMPANY_PARTS.get(part, "company_details"), account.company_id)


def case(request: AuthenticatedRequest, number: str) -> HttpResponse:
    """Where the case is, who acts next, by when, what pauses the clock; letters, certificate, changes."""
    account = account_of(number)
    now = timezone.now()
    application = queries.open_application(account) or queries.newest_application(account)
    context = {
        "account": account,
        "entity": entity_types.for_type(EntityType(account.entity_type)),
        "application": application,
        "case": company_case(application, at=now) if application else None,
        "standing": standing(account, at=now),
        "history": history(account),
        "certificate": newest_certificate(account),
        "role": role_of(request, account),
        "now": now,
    }
    return render(request, "trusted_trader/company/case.html", context)
