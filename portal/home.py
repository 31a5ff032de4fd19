"""The start page: for visitors what this is; for people who are signed in, their own first room."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.policy.principals import Asking
from accounts.roles import Role


def home(request: HttpRequest) -> HttpResponse:
    asking: Asking = request.asking  # type: ignore[attr-defined]
    if asking.user is None:
        return render(request, "home.html")
    if asking.staff_roles == {Role.AUDITOR}:
        return redirect("audit")
    return redirect("admin:index" if asking.is_staff else "companies")
