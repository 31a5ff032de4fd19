"""The start page: for visitors what this is; for people who are signed in, their own first room."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.http import AuthenticatedRequest
from accounts.policy.principals import Asking
from accounts.roles import Role
from fastlane.console.access import clients_of


def home(request: AuthenticatedRequest) -> HttpResponse:
    asking: Asking = request.asking
    if asking.user is None:
        return render(request, "home.html")
    if asking.staff_roles == {Role.AUDITOR}:
        return redirect("audit")
    if not asking.is_staff and not asking.memberships and clients_of(request):
        return redirect("partners")
    return redirect("admin:index" if asking.is_staff else "companies")
