"""A validation: a specialist records it, a supervisor confirms it or turns it down."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused
from trusted_trader.review.forms import ValidationForm
from trusted_trader.review.views.standing import account_of, show
from trusted_trader.validation import operations
from trusted_trader.validation.models import Validation


def record(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(request, number)
    form = ValidationForm(request.POST, account=account)
    if form.is_valid():
        try:
            operations.record(account=account, **form.cleaned_data, actor=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The validation is on record. A supervisor must confirm it."))
            return redirect("admin:standing", number)
    return show(request, account, status=422, validation_form=form)


def confirm(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    return _conclude(request, number, pk, confirmed=True)


def reject(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    return _conclude(request, number, pk, confirmed=False)


def _conclude(request: AuthenticatedRequest, number: str, pk: int, *, confirmed: bool) -> HttpResponse:
    row = get_object_or_404(Validation, pk=pk, account=account_of(request, number))
    try:
        if confirmed:
            operations.confirm(validation=row, actor=request.user, at=timezone.now())
            messages.success(request, _("Confirmed. The member is validated, and partners see it at once."))
        else:
            reason = request.POST.get("reason", "")[:1000]
            operations.reject(validation=row, reason=reason, actor=request.user, at=timezone.now())
            messages.success(request, _("Turned down. The standing stays as it is."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("admin:standing", number)
