"""Who calls the API: a partner's system by its bearer token; and whether its scopes suffice for the route."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import machines
from accounts.machines import Machine
from accounts.policy import Row, Who
from accounts.policy.principals import NOBODY, Asking
from fastlane.publishing.problems import REALM


class BearerAuthentication(BaseAuthentication):
    """Gives `request.user` the principal and `request.auth` the machine that the policy middleware has found."""

    def authenticate(self, request: Request) -> tuple[Asking, Machine] | None:
        asking: Asking = getattr(request._request, "asking", NOBODY)
        machine = machines.of(request._request)
        if machine is not None and asking.client_id == machine.client_id:
            return asking, machine
        if request.META.get("HTTP_AUTHORIZATION"):
            raise AuthenticationFailed
        return None

    def authenticate_header(self, request: Request) -> str:
        return f'Bearer realm="{REALM}"'


class NoQuestion(BaseAuthentication):
    """For open calls: whoever the session names stays named, for the layers around the view; nobody is asked."""

    def authenticate(self, request: Request) -> tuple[Any, None]:
        return request._request.user, None


class HasScope(BasePermission):
    """The route's row in the policy table names the scopes; without a row nobody may."""

    def has_permission(self, request: Request, view: Any) -> bool:
        row: Row | None = getattr(request._request, "policy_row", None)
        if row is None and request.method not in view.allowed_methods:
            raise MethodNotAllowed(str(request.method))
        if row is not None and Who.ANYONE in row.who:
            return True
        if not isinstance(request.auth, Machine):
            raise NotAuthenticated
        return row is not None and may(request.auth, row)


def may(machine: Machine, row: Row) -> bool:
    """Does one of the machine's scopes open this row?"""
    return any(f"scope:{scope}" in row.who for scope in machine.scopes)
