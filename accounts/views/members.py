"""Who works for a company in the portal: roles, invitations, and leaving."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import operations
from accounts.clocks import end_of
from accounts.forms import InviteForm, RoleForm
from accounts.http import AuthenticatedRequest
from accounts.models import Company, Invitation, Membership
from accounts.refusals import Refused
from accounts.roles import Role
from accounts.views.companies import open_invitations


def members(request: AuthenticatedRequest, company: int) -> HttpResponse:
    row = get_object_or_404(Company, pk=company)
    form = InviteForm(request.POST or None, company=row)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.invite(
                company=row,
                email=given["email"],
                role=Role(given["role"]),
                actor=request.user,
                at=timezone.now(),
                until=end_of(given["until"]) if given["until"] else None,
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": given["email"]})
            return redirect("members", company)
    rows = Membership.objects.filter(company=row, ended_at=None).select_related("user").order_by("started_at")
    context = {
        "company": row,
        "form": form,
        "members": [(m, RoleForm(initial={"role": m.role}, auto_id=f"role_{m.pk}_%s")) for m in rows],
        "invitations": open_invitations(row),
        "is_officer": request.asking.memberships.get(company) == Role.OFFICER,
    }
    return render(request, "accounts/members.html", context)


def change_role(request: AuthenticatedRequest, company: int, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership, pk=pk, company_id=company, ended_at=None)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            operations.change_role(
                membership=membership, role=Role(form.cleaned_data["role"]), actor=request.user, at=timezone.now()
            )
            messages.success(request, _("The role is changed."))
        except Refused as refused:
            messages.error(request, str(refused))
    else:
        messages.error(request, _("Choose a role from the list."))
    return redirect("members", company)


def end(request: AuthenticatedRequest, company: int, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership, pk=pk, company_id=company, ended_at=None)
    own = membership.user_id == request.user.pk
    if not own and request.asking.memberships.get(company) != Role.OFFICER:
        raise PermissionDenied
    try:
        operations.end_membership(membership=membership, actor=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("members", company)
    messages.success(request, _("The membership has ended."))
    return redirect("companies" if own else "members", *([] if own else [company]))


def revoke(request: AuthenticatedRequest, company: int, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, company_id=company)
    try:
        operations.revoke_invitation(invitation=invitation, actor=request.user, at=timezone.now())
        messages.success(request, _("The invitation is taken back."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("members", company)
