"""Whose client a page is about: the people named for it and administrators see it, for all others it isn't there."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import secrecy
from accounts.http import AuthenticatedRequest
from accounts.models import PartnerClient
from accounts.roles import Role
from fastlane.console.models import ClientSteward

SHOWN_ONCE = "shown_once"


def is_administrator(request: AuthenticatedRequest) -> bool:
    return Role.ADMINISTRATOR in request.asking.staff_roles


def clients_of(request: AuthenticatedRequest) -> list[PartnerClient]:
    """The clients that this person looks after; an administrator's are all."""
    rows = PartnerClient.objects.select_related("client").order_by("organisation", "pk")
    if not is_administrator(request):
        own = ClientSteward.objects.filter(user=request.user, ended_at=None).values("partner_id")
        rows = rows.filter(pk__in=own)
    return list(rows)


def client_of(request: AuthenticatedRequest, pk: int) -> PartnerClient:
    """The client, for these eyes. Raises Http404."""
    row = get_object_or_404(PartnerClient.objects.select_related("client"), pk=pk)
    own = ClientSteward.objects.filter(partner=row, user=request.user, ended_at=None)
    if not is_administrator(request) and not own.exists():
        raise Http404
    return row


def show_once(request: AuthenticatedRequest, secret: str) -> None:
    """Hand a secret over to the next page of this session, sealed, and to no other."""
    request.session[SHOWN_ONCE] = secrecy.seal(secret)


def shown_once(request: AuthenticatedRequest) -> str:
    """The secret that the page before handed over; asking again gives nothing."""
    sealed = request.session.pop(SHOWN_ONCE, "")
    return secrecy.unseal(sealed) if sealed else ""
