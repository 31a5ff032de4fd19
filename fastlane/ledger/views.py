"""The ledger's pages: an account's benefits with chart, table and CSV, and the programme's page over all members."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused
from accounts.roles import Role
from fastlane.ledger import operations, queries
from fastlane.ledger.forms import MeasuredCallForm
from fastlane.ledger.models import Benefit
from trusted_trader.application.views.finding import account_of
from trusted_trader.review.views.finding import staff_page

PERIODS = {"year": timedelta(days=365), "quarter": timedelta(days=91), "all": timedelta(days=36_500)}
GROUPS = ("port", "terminal", "tier")
WIDTH, HEIGHT, MOST_BARS = 640, 160, 24
# Benefits of the programme that nothing here measures yet; the page says so instead of showing a nought.
UNMEASURED = ("exams_avoided", "holds_limited")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart in its own units; the table under it holds the same figures."""

    x: float
    y: float
    width: float
    height: float
    benefit: Benefit


def benefits(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    period = _period(request)
    rows = queries.of_account(account, since=timezone.now() - PERIODS[period])
    context = {
        "account": account,
        "figures": queries.figures(rows),
        "rows": rows,
        "bars": bars([row for row in rows if row.kind == Benefit.Kind.MINUTES_SAVED]),
        "width": WIDTH,
        "height": HEIGHT,
        "period": period,
        "unmeasured": UNMEASURED,
        "since": (timezone.now() - PERIODS[period]).date() if period != "all" else None,
    }
    return render(request, "fastlane/ledger/benefits.html", context)


def _period(request: AuthenticatedRequest) -> str:
    wanted = request.GET.get("period", "")
    return wanted if wanted in PERIODS else "year"


def bars(rows: Sequence[Benefit]) -> list[Bar]:
    """The newest measured calls from old to new, as bars from the middle line: up is saved, down is lost."""
    shown = [row for row in rows if row.value is not None][:MOST_BARS][::-1]
    if not shown:
        return []
    most = max(abs(float(row.value or 0)) for row in shown) or 1.0
    step, middle = WIDTH / len(shown), HEIGHT / 2
    found = []
    for place, row in enumerate(shown):
        height = abs(float(row.value or 0)) / most * (middle - 4)
        top = middle - height if float(row.value or 0) >= 0 else middle
        found.append(
            Bar(round(place * step + step * 0.15, 1), round(top, 1), round(step * 0.7, 1), round(height, 1), row)
        )
    return found


def benefits_csv(request: AuthenticatedRequest, number: str) -> HttpResponse:
    """The rows of the page as CSV; a cell that a spreadsheet would take for a formula is quoted."""
    account = account_of(number)
    period = _period(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="benefits-{account.number}-{date.today()}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        ["happened_at", "kind", "about", "port", "terminal", "value", "measured", "baseline", "calls", "tier", "source"]
    )
    for row in queries.of_account(account, since=timezone.now() - PERIODS[period]):
        cells = [
            row.happened_at.isoformat(), row.kind, row.about, row.port, row.terminal, row.value, row.measured,
            row.baseline, row.calls, row.tier, row.source,
        ]  # fmt: skip
        writer.writerow([_plain(cell) for cell in cells])
    return response


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t"} else cell


def programme(request: AuthenticatedRequest) -> HttpResponse:
    """Median and spread over all members, by port, terminal and tier; and the terminals' own calls without the lane."""
    period = _period(request)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Benefit.Kind.values else Benefit.Kind.MINUTES_SAVED.value
    by = request.GET.get("by", "")
    by = by if by in GROUPS else "port"
    form = MeasuredCallForm(request.POST or None) if Role.PORT_OFFICER in request.user.staff_roles else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            operations.measure_call(**form.cleaned_data, actor=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The call is on record and counts for the terminal's baseline."))
            return redirect("admin:ledger")
    groups = queries.programme(kind, by, since=timezone.now() - PERIODS[period])
    context = {
        "groups": groups,
        "kinds": Benefit.Kind.choices,
        "kind": kind,
        "kind_title": Benefit.Kind(kind).label,
        "by": by,
        "period": period,
        "form": form,
        "unmeasured": UNMEASURED,
    }
    status = 422 if form is not None and form.errors else 200
    return staff_page(
        request, "ledger", context, title=_("What the status was worth"), status=status, folder="fastlane/ledger"
    )
