"""A company's officers, contacts, owners and managers. What was given for vetting is never shown again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import operations, queries
from accounts.forms import PersonForm
from accounts.http import AuthenticatedRequest
from accounts.models import Company, Person
from accounts.refusals import Refused, Stale
from accounts.views.companies import EDITORS


def people(request: AuthenticatedRequest, company: int) -> HttpResponse:
    row = get_object_or_404(Company, pk=company)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.save_person(company=row, actor=request.user, at=timezone.now(), details=form.details())
        messages.success(request, _("Added."))
        return redirect("people", company)
    rows = Person.objects.filter(company=row, erased_at=None).order_by("name")
    may_edit = request.asking.memberships.get(company) in EDITORS
    context = {"company": row, "form": form, "people": rows, "may_edit": may_edit}
    return render(request, "accounts/people.html", context)


def person(request: AuthenticatedRequest, company: int, pk: int) -> HttpResponse:
    row = get_object_or_404(Person.objects.select_related("company"), pk=pk, company_id=company, erased_at=None)
    form = PersonForm(request.POST or None, instance=row, given=queries.given_details(row))
    conflict: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_person(
                company=row.company,
                actor=request.user,
                at=timezone.now(),
                details=form.details(),
                person=row,
                version=form.version,
            )
        except Stale as stale:
            conflict = form.differences(stale.current)
            form.start_from(stale.current, str(stale))
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("people", company)
    row.refresh_from_db()
    context = {"company": row.company, "form": form, "person": row, "conflict": conflict}
    return render(request, "accounts/person.html", context, status=409 if form.is_stale else 200)


def remove(request: AuthenticatedRequest, company: int, pk: int) -> HttpResponse:
    row = get_object_or_404(Person.objects.select_related("company"), pk=pk, company_id=company)
    name = row.name
    operations.remove_person(person=row, actor=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is removed.") % {"name": name})
    return redirect("people", company)
