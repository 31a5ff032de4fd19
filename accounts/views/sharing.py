"""Which partner systems may see an account's standing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import operations
from accounts.forms import ConsentForm
from accounts.http import AuthenticatedRequest
from accounts.models import Account, Consent
from accounts.roles import Role


def consents(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = get_object_or_404(Account.objects.select_related("company"), number=number)
    form = ConsentForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        partner = form.cleaned_data["partner"]
        operations.grant_consent(account=account, actor=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("%(partner)s can see the standing of this account now.") % {"partner": partner})
        return redirect("consents", number)
    rows = Consent.objects.filter(account=account).select_related("partner", "granted_by").order_by("-granted_at")
    context = {
        "account": account,
        "form": form,
        "consents": rows,
        "is_officer": request.asking.memberships.get(account.company_id) == Role.OFFICER,
    }
    return render(request, "accounts/consents.html", context)


def revoke(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    row = get_object_or_404(Consent.objects.select_related("partner"), pk=pk, account__number=number)
    operations.revoke_consent(consent=row, actor=request.user, at=timezone.now())
    messages.success(request, _("%(partner)s can't see the standing any more.") % {"partner": row.partner})
    return redirect("consents", number)
