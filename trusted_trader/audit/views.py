"""The auditor's pages. They read; a bundle taken out leaves an event."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts import queries as who
from accounts.events import HASHED
from accounts.events.verifying import chain_faults
from accounts.http import AuthenticatedRequest
from accounts.models import Account, Event, Person
from accounts.sealing.keys import seal_key
from accounts.sealing.writing import read_seals, sealed_heads
from trusted_trader import history, moves
from trusted_trader.application.models import Application, Snapshot
from trusted_trader.audit import bundle

PAGE = 50


def accounts(request: AuthenticatedRequest) -> HttpResponse:
    """Find an account by its number, by any identifier or by the company's name."""
    words = request.GET.get("q", "").strip()
    rows = Account.objects.select_related("company").order_by("number")
    if words:
        by_number = [
            a.pk
            for scheme in ("account", "ein", "duns", "scac", "fmc")
            for a in who.account_by_identifier(scheme, words)
        ]
        rows = rows.filter(
            Q(pk__in=by_number) | Q(company__legal_name__icontains=words) | Q(company__trade_name__icontains=words)
        )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "trusted_trader/audit/accounts.html", {"page": page, "words": words})


def account(request: AuthenticatedRequest, number: str) -> HttpResponse:
    """The whole history of an account, its chain checked on the spot."""
    row = get_object_or_404(Account.objects.select_related("company"), number=number)
    rows = Event.objects.filter(subject=f"account:{number}").order_by("sequence").values(*HASHED, "hash")
    faults = chain_faults(rows, {})
    context = {
        "account": row,
        "lines": history.of_account(row, internal=True, limit=1000),
        "faults": faults,
        "events": len(rows),
        "cases": Application.objects.filter(account=row).exclude(submitted_at=None).order_by("-pk"),
    }
    return render(request, "trusted_trader/audit/account.html", context)


def reveals(request: AuthenticatedRequest) -> HttpResponse:
    """Who looked at personal data, whose, when and why."""
    rows = Event.objects.filter(operation="person.reveal").order_by("-at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    people = {
        str(p.pk): p for p in Person.objects.select_related("company").filter(pk__in=[int(r.object_id) for r in page])
    }
    shown = [(line, people.get(event.object_id)) for line, event in zip(history.lines(page), page, strict=True)]
    return render(request, "trusted_trader/audit/reveals.html", {"page": page, "rows": shown})


def chain(request: AuthenticatedRequest) -> HttpResponse:
    """The state of the seals, and whether the newest sealed heads still stand in the database."""
    seals, faults = read_seals(Path(settings.SEALS_DIR), seal_key())
    heads = sealed_heads(seals)
    missing = _heads_not_found(heads)
    context = {
        "seals": seals[-20:][::-1],
        "count": len(seals),
        "faults": faults,
        "missing": missing,
        "subjects": len(heads),
        "events": Event.objects.count(),
        "now": timezone.now(),
    }
    return render(request, "trusted_trader/audit/chain.html", context)


def _heads_not_found(heads: dict[str, tuple[int, str]]) -> list[str]:
    rows = Event.objects.filter(hash__in=[digest for _sequence, digest in heads.values()]).values_list(
        "subject", "sequence", "hash"
    )
    there = {(subject, sequence): digest for subject, sequence, digest in rows}
    return sorted(subject for subject, (sequence, digest) in heads.items() if there.get((subject, sequence)) != digest)


def case_bundle(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    application = get_object_or_404(
        Application.objects.select_related("account__company"), pk=pk, account__number=number
    )
    now = timezone.now()
    try:
        data = bundle.make(application, at=now)
    except Snapshot.DoesNotExist as error:
        raise Http404 from error
    moves.record(application, "case.bundle", actor=request.user, at=now, internal=True)
    response = HttpResponse(data, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{application.reference}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
