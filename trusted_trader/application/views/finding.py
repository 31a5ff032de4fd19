"""Fetch what a page is about; the policy table has let the request in, so a miss is a 404."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.http import AuthenticatedRequest
from accounts.models import Account
from accounts.roles import Role
from trusted_trader.application import queries
from trusted_trader.application.models import Application


def account_of(number: str) -> Account:
    return get_object_or_404(Account.objects.select_related("company"), number=number)


def application_of(account: Account) -> Application:
    """The account's open application, else its newest. Raises Http404 before the first."""
    found = queries.open_application(account) or queries.newest_application(account)
    if found is None:
        raise Http404
    found.account = account
    return found


def role_of(request: AuthenticatedRequest, account: Account) -> Role | None:
    """The user's role in the account's company, as the policy middleware read it for this request."""
    role: Role | None = request.asking.memberships.get(account.company_id)
    return role


def address_of(request: HttpRequest) -> str:
    """The network address that goes with a signature."""
    return str(request.META.get("REMOTE_ADDR", ""))
