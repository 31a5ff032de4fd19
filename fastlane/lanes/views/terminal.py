"""The terminal operator's page: which approved ships come to its terminals, and which approvals have fallen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import tenancy
from accounts.http import AuthenticatedRequest
from fastlane.lanes import queries, showing
from fastlane.lanes.filters import TERMINAL_GROUPS, RequestFilter
from fastlane.lanes.life import NO_YES
from fastlane.lanes.models import LaneRequest
from fastlane.lanes.views.finding import port_name
from fastlane.rulebook import queries as rulebook
from fastlane.rules import Reference
from trusted_trader.application.views.finding import account_of, role_of

PAGE = 25


def terminal_calls(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    if account.entity_type != "marine_port_terminal_operator":
        raise Http404
    now = timezone.now()
    reference = rulebook.in_force(now).reference
    chosen = RequestFilter.read(request.GET, TERMINAL_GROUPS)
    told = LaneRequest.objects.told_to_terminals().filter(operator=account)
    page = Paginator(told.filter(chosen.condition()).order_by("-eta", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "account": account,
        "page": page,
        "rows": _lines(list(page), reference, now),
        "tabs": chosen.tabs(),
        "carried": chosen.query(chosen.group),
        "any": told.exists(),
        "terminals": [
            (row.code, row.name) for row in reference.terminal_rows if row.operator_account == account.number
        ],
        "role": role_of(request, account),
    }
    return render(request, "fastlane/lanes/terminal_calls.html", context)


def _lines(rows: list[LaneRequest], reference: Reference, now: datetime) -> list[Mapping[str, Any]]:
    """Calls in words. Why an approval has ended stands in the carrier's decision: public words alone are taken."""
    ended = [row for row in rows if row.status in NO_YES]
    with tenancy.enter(tenancy.Scope.SYSTEM):
        decisions = queries.newest_of(ended)
    return [
        {
            "row": row,
            "now_at": showing.situation(row, now),
            "port": port_name(row.port, reference),
            "rules": showing.rule_lines(decisions[row.pk].rules, whole=False) if row.pk in decisions else (),
        }
        for row in rows
    ]
