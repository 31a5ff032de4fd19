"""Fetch what a page of the lanes is about; the policy table has let the request in, so a miss is a 404."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django_countries import countries

from accounts.models import Account
from fastlane.lanes.models import LaneRequest
from fastlane.rulebook import queries as rulebook
from fastlane.rules import Reference
from trusted_trader.application.views.finding import account_of


def carrier_of(number: str) -> Account:
    """The account of a sea carrier; other accounts ask for no lane here."""
    account = account_of(number)
    if account.entity_type != "sea_carrier":
        raise Http404
    return account


def request_of(number: str, reference: str) -> LaneRequest:
    """A request of this account, with the account and its company."""
    rows = LaneRequest.objects.select_related("account__company", "filed_by")
    return get_object_or_404(rows, account__number=number, reference=reference)


def suggestions(at: datetime) -> dict[str, Any]:
    """What the browser may offer while one types: ports, terminals, countries."""
    reference = rulebook.in_force(at).reference
    return {
        "ports": [(port.code, port.name) for port in reference.port_rows],
        "terminals": [
            (row.code, row.name, known.name if (known := reference.port(row.port)) else row.port)
            for row in reference.terminal_rows
        ],
        "countries": list(countries),
    }


def port_name(code: str, reference: Reference) -> str:
    known = reference.port(code)
    return known.name if known else code


def terminal_name(code: str, reference: Reference) -> str:
    known = reference.terminals.get(code)
    return known.name if known else code
