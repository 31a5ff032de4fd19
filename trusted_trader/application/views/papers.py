"""The account's history, letters and certificate, as its company sees them."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.http import AuthenticatedRequest
from trusted_trader import history
from trusted_trader.application.views.finding import account_of
from trusted_trader.application.views.submission import pdf
from trusted_trader.review.letters import make_letter
from trusted_trader.review.models import Decision
from trusted_trader.standing.models import Certificate, StandingChange
from trusted_trader.standing.papers import change_paper, make_certificate


def account_history(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    context = {"account": account, "lines": history.of_account(account, internal=False, limit=500)}
    return render(request, "trusted_trader/company/history.html", context)


def certificate_pdf(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    account = account_of(number)
    row = get_object_or_404(
        Certificate.objects.select_related("account__company", "application__decided_by"),
        pk=pk,
        account=account,
        withdrawn_at=None,
    )
    _left(row.application_id)
    return pdf(_stored(make_certificate(row).stored_as), f"certificate-{row.number}.pdf")


def letter_pdf(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    account = account_of(number)
    row = get_object_or_404(
        Decision.objects.select_related("application__account__company", "decided_by"),
        pk=pk,
        application__account=account,
        undone_at=None,
        letters_at__lte=timezone.now(),
    )
    return pdf(_stored(make_letter(row).letter_stored_as), f"letter-{row.application.reference}.pdf")


def change_pdf(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    account = account_of(number)
    row = get_object_or_404(
        StandingChange.objects.select_related("account__company", "concluded_by"),
        pk=pk,
        account=account,
        status="confirmed",
    )
    return pdf(change_paper(row), f"letter-{number}-{row.pk}.pdf")


def _left(application_id: int) -> None:
    """A certificate can be read when its decision can't be undone any more."""
    if not Decision.objects.filter(
        application_id=application_id, undone_at=None, letters_at__lte=timezone.now()
    ).exists():
        raise Http404


def _stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        data: bytes = file.read()
    return data
