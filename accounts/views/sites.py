"""A company's sites."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import operations
from accounts.forms import FacilityForm
from accounts.http import AuthenticatedRequest
from accounts.models import Company, Facility
from accounts.refusals import Refused, Stale
from accounts.views.companies import EDITORS


def facilities(request: AuthenticatedRequest, company: int) -> HttpResponse:
    row = get_object_or_404(Company, pk=company)
    form = FacilityForm(request.POST or None, company=row)
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_facility(company=row, actor=request.user, at=timezone.now(), details=form.details())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The site is added."))
            return redirect("facilities", company)
    context = {
        "company": row,
        "form": form,
        "sites": Facility.objects.filter(company=row).order_by("name"),
        "may_edit": request.asking.memberships.get(company) in EDITORS,
    }
    return render(request, "accounts/facilities.html", context)


def facility(request: AuthenticatedRequest, company: int, pk: int) -> HttpResponse:
    site = get_object_or_404(Facility.objects.select_related("company"), pk=pk, company_id=company)
    form = FacilityForm(request.POST or None, instance=site, company=site.company)
    conflict: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_facility(
                company=site.company,
                actor=request.user,
                at=timezone.now(),
                details=form.details(),
                facility=site,
                version=form.version,
            )
        except Stale as stale:
            conflict = form.differences(stale.current)
            form.start_from(stale.current, str(stale))
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("facilities", company)
    site.refresh_from_db()
    context = {"company": site.company, "form": form, "site": site, "conflict": conflict}
    return render(request, "accounts/facility.html", context, status=409 if form.is_stale else 200)


def remove(request: AuthenticatedRequest, company: int, pk: int) -> HttpResponse:
    site = get_object_or_404(Facility.objects.select_related("company"), pk=pk, company_id=company)
    operations.remove_facility(facility=site, actor=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is removed.") % {"name": site.name})
    return redirect("facilities", company)
