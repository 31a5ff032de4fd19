"""My companies, registering one, and its details."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import operations, queries
from accounts.forms import CompanyForm, RegisterForm
from accounts.http import AuthenticatedRequest
from accounts.models import Account, Company, Invitation, Membership
from accounts.refusals import Stale
from accounts.roles import Role

EDITORS = {Role.OFFICER, Role.CONTACT}


def companies(request: AuthenticatedRequest) -> HttpResponse:
    memberships = Membership.objects.in_force().filter(user=request.user).select_related("company")
    accounts: dict[int, list[Account]] = {}
    for account in Account.objects.filter(company__in=[m.company_id for m in memberships]).order_by("number"):
        accounts.setdefault(account.company_id, []).append(account)
    rows = [(m, accounts.get(m.company_id, [])) for m in memberships.order_by("company__legal_name")]
    context = {"rows": rows, "invitations": queries.invitations_to(request.user.email, at=timezone.now())}
    return render(request, "accounts/companies.html", context)


def register(request: AuthenticatedRequest) -> HttpResponse:
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        company = operations.found_company(actor=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your company is registered. Now open its first account."))
        return redirect("account_open", company.pk)
    return render(request, "accounts/register.html", {"form": form})


def details(request: AuthenticatedRequest, company: int) -> HttpResponse:
    row = get_object_or_404(Company, pk=company)
    may_edit = request.asking.memberships.get(company) in EDITORS
    form = CompanyForm(request.POST or None, instance=row, may_edit=may_edit)
    conflict: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            operations.update_company(
                company_id=company,
                version=form.version,
                actor=request.user,
                at=timezone.now(),
                details=form.details(),
            )
        except Stale as stale:
            conflict = form.differences(stale.current)
            form.start_from(stale.current, str(stale))
        else:
            messages.success(request, _("Saved."))
            return redirect("company_details", company)
    context = {"company": row, "form": form, "conflict": conflict, "may_edit": may_edit}
    return render(request, "accounts/company.html", context, status=409 if form.is_stale else 200)


def open_invitations(company: Company) -> list[Invitation]:
    now = timezone.now()
    rows = Invitation.objects.filter(company=company, accepted_at=None, revoked_at=None, expires_at__gt=now)
    return list(rows.order_by("-created_at"))
