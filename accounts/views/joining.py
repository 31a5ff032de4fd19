"""Accept an invitation: known, used, ended or someone else's, each with the way forward."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import operations, queries, tenancy
from accounts.http import AuthenticatedRequest
from accounts.models import User
from accounts.policy import Factor
from accounts.refusals import Refused


def invitation(request: AuthenticatedRequest, token: str) -> HttpResponse:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        found = queries.invitation_by_token(token)
    context = {"invitation": found, "now": timezone.now(), "token": token}
    context["open"] = bool(found and found.is_open(timezone.now()))
    if request.method == "POST":
        if not isinstance(request.user, User) or request.asking.factor == Factor.NONE:
            return redirect("account_login")
        try:
            membership = operations.accept_invitation(token=token, actor=request.user, at=timezone.now())
        except Refused as refused:
            return render(request, "accounts/invitation.html", context | {"refused": refused}, status=409)
        messages.success(request, _("Welcome to %(company)s.") % {"company": membership.company})
        return redirect("companies")
    return render(request, "accounts/invitation.html", context, status=200 if found else 404)
