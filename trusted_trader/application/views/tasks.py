"""The task list of an application and its company-side tasks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader import agreement as texts
from trusted_trader import entity_types
from trusted_trader.application import operations, queries
from trusted_trader.application.forms import (
    AgreementForm,
    BusinessPartnerForm,
    ConveyanceForm,
    CopyForm,
    EligibilityForm,
    ProfileForm,
)
from trusted_trader.application.models import BusinessPartner, Conveyance
from trusted_trader.application.progress import progress
from trusted_trader.application.queries import programme_day
from trusted_trader.application.views.finding import account_of, address_of, application_of, role_of


def tasks(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    if request.method == "POST":
        try:
            operations.start(account=account, actor=request.user, at=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("tasks", number)
    application = application_of(account)
    if application.status == "waiting_for_company":
        return redirect("questions", number)
    if application.status != "draft":
        return redirect("case", number)
    now = progress(application, programme_day(timezone.now()))
    role = role_of(request, account)
    others = account.company_id and CopyForm(account=account).fields["source"].queryset.exists()  # type: ignore[attr-defined]
    context = {
        "account": account,
        "application": application,
        "progress": now,
        "role": role,
        "is_officer": role == Role.OFFICER,
        "can_copy": others and now.answered < now.asked,
    }
    return render(request, "trusted_trader/company/tasks.html", context)


def eligibility(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    application = application_of(account)
    form = EligibilityForm(request.POST or None, entity_type=account.entity_type, answers=application.eligibility)
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_eligibility(
                application=application, answers=form.cleaned_data, actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("eligibility" if False in form.cleaned_data.values() else "tasks", number)
    problems = entity_types.eligibility_problems(entity_types.EntityType(account.entity_type), application.eligibility)
    noes = [p for p in problems if p.code == "eligibility_no"]
    context = {"form": form, "account": account, "application": application, "noes": noes}
    return render(request, "trusted_trader/company/eligibility.html", context)


def profile_questions(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    application = application_of(account)
    form = ProfileForm(request.POST or None, answers=application.profile)
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_profile(
                application=application, answers=form.cleaned_data, actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("tasks", number)
    context = {"form": form, "account": account, "application": application}
    return render(request, "trusted_trader/company/profile_questions.html", context)


def agreement(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    signed = queries.agreement_of(account)
    text = texts.get(signed.version) if signed else texts.current()
    is_officer = role_of(request, account) == Role.OFFICER
    form = AgreementForm(request.POST or None, initial={"version": text.version})
    if request.method == "POST" and form.is_valid():
        try:
            operations.sign_agreement(
                account=account,
                version=form.cleaned_data["version"],
                typed_name=form.cleaned_data["typed_name"],
                actor=request.user,
                at=timezone.now(),
                address=address_of(request),
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The agreement is signed. You can read and print it here at any time."))
            return redirect("agreement", number)
    context = {"form": form, "account": account, "text": text, "signed": signed, "is_officer": is_officer}
    return render(request, "trusted_trader/company/agreement.html", context)


def business_partners(request: AuthenticatedRequest, number: str) -> HttpResponse:
    """Partners and means of transport: both lists, each with a form to add one."""
    account = account_of(number)
    is_conveyance = request.POST.get("what") == "conveyance"
    partner_form = BusinessPartnerForm(request.POST if request.method == "POST" and not is_conveyance else None)
    conveyance_form = ConveyanceForm(request.POST if request.method == "POST" and is_conveyance else None)
    form = conveyance_form if is_conveyance else partner_form
    if request.method == "POST" and form.is_valid():
        save = operations.save_conveyance if is_conveyance else operations.save_business_partner
        save(account=account, details=form.cleaned_data, actor=request.user, at=timezone.now())
        messages.success(request, _("Added."))
        return redirect("business_partners", number)
    context = {
        "account": account,
        "form": form,
        "partner_form": partner_form,
        "conveyance_form": conveyance_form,
        "partners": account.business_partners.order_by("name"),
        "conveyances": account.conveyances.order_by("kind"),
    }
    return render(request, "trusted_trader/company/business_partners.html", context)


def remove_business_partner(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    row = get_object_or_404(BusinessPartner.objects.select_related("account"), pk=pk, account__number=number)
    operations.remove_business_partner(row=row, actor=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is off the list.") % {"name": row.name})
    return redirect("business_partners", number)


def remove_conveyance(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    row = get_object_or_404(Conveyance.objects.select_related("account"), pk=pk, account__number=number)
    operations.remove_conveyance(row=row, actor=request.user, at=timezone.now())
    messages.success(request, _("%(kind)s is off the list.") % {"kind": row.kind})
    return redirect("business_partners", number)


def copy_answers(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    form = CopyForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            copied = operations.copy_answers(
                source=form.cleaned_data["source"], target=account, actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("%(count)s answers were copied. Check that each fits this account.") % {"count": copied}
            )
            return redirect("tasks", number)
    return render(request, "trusted_trader/company/copy_answers.html", {"form": form, "account": account})
