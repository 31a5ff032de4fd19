"""A request's papers, for its company and for the staff who handle it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts import queries as who
from accounts.http import AuthenticatedRequest
from fastlane.lanes import papers
from fastlane.lanes.models import LaneDecision, LaneRequest
from fastlane.lanes.views.finding import request_of
from trusted_trader.application.views.submission import pdf


def form_pdf(request: AuthenticatedRequest, number: str, reference: str) -> HttpResponse:
    row = _readable(request, number, reference)
    return pdf(papers.form(row, timezone.now()), f"form-3171-{row.reference}.pdf")


def decision_pdf(request: AuthenticatedRequest, number: str, reference: str, pk: int) -> HttpResponse:
    row = _readable(request, number, reference)
    kept = get_object_or_404(LaneDecision.objects.select_related("request__account__company"), pk=pk, request=row)
    return pdf(papers.decision(kept), f"decision-{row.reference}-{kept.number}.pdf")


def _readable(request: AuthenticatedRequest, number: str, reference: str) -> LaneRequest:
    row = request_of(number, reference)
    if request.asking.is_staff and who.is_tied(request.user.pk, row.company_id):
        raise Http404
    return row
