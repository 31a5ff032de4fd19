"""The request as views see it, behind the policy table."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from accounts.policy.principals import Asking


class AuthenticatedRequest(HttpRequest):
    """A request whose user is a User, and whose principal the policy middleware has read."""

    user: User
    asking: Asking
