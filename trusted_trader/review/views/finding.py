"""Fetch what a staff page is about, and render it inside the admin site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import queries as who
from accounts.http import AuthenticatedRequest
from trusted_trader.application.models import Application
from trusted_trader.review import queries
from trusted_trader.review.filters import Looking, QueueFilter

PEOPLE = ("reviewer", "recommender", "decided_by")


def looking_of(request: AuthenticatedRequest) -> Looking:
    return Looking(request.user.pk, request.user.staff_roles, timezone.now())


def case_of(request: AuthenticatedRequest, pk: int) -> Application:
    """The case; for who has a tie to its company it is as missing as one that isn't there, or not submitted yet."""
    rows = Application.objects.select_related("account__company", *PEOPLE).exclude(status="draft")
    case = rows.filter(pk=pk).first()
    if case is None or who.is_tied(request.user.pk, case.company_id):
        raise Http404
    case.company = case.account.company
    return case


def queue_of(request: HttpRequest) -> str:
    """The queue's filter as a query string, carried along so that one comes back to the same place."""
    return (request.POST.get("queue") or request.GET.get("queue", ""))[:300]


def filter_of(request: HttpRequest) -> QueueFilter:
    pairs = dict(part.partition("=")[::2] for part in queue_of(request).split("&") if "=" in part)
    return QueueFilter.read(pairs)


def case_url(pk: int, request: HttpRequest, *, anchor: str = "", **query: str) -> str:
    values = {name: value for name, value in (query | {"queue": queue_of(request)}).items() if value}
    url = reverse("admin:review_case", args=[pk])
    return f"{url}?{urlencode(values)}{anchor}" if values else f"{url}{anchor}"


def queue_url(request: HttpRequest) -> str:
    return f"{reverse('admin:review_queue')}?{queue_of(request) or 'view=all'}"


def on_to_the_next(request: AuthenticatedRequest, done: Application) -> HttpResponse:
    """Open the next case of the queue in which this person can do something; else the queue."""
    following = queries.next_case(looking_of(request), filter_of(request), done)
    return redirect(case_url(following, request) if following else queue_url(request))


def staff_page(
    request: AuthenticatedRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    status: int = 200,
    folder: str = "trusted_trader/staff",
) -> HttpResponse:
    """A page of the admin site, with what its frame needs."""
    frame = admin.site.each_context(request) | {
        "title": title,
        "queue": queue_of(request),
        "failed": status >= 400,
    }
    return render(request, f"{folder}/{template}.html", frame | dict(context), status=status)
