"""The pages of parcel files: the list with its upload, one file while it is decided and after, and what may be taken out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.models import Account
from accounts.refusals import Refused
from fastlane.parcels import columns, operations, queries, showing, store
from fastlane.parcels.forms import UploadForm
from fastlane.parcels.life import FILERS, KEPT, SENDERS, State
from fastlane.parcels.models import ParcelFile
from fastlane.rules import Outcome
from trusted_trader.application.views.finding import account_of, role_of

PAGE = 25
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
STATUS = {"too_large": 413}


def sender_of(number: str) -> Account:
    """An account of a kind that enters or carries parcels; others have no such page."""
    account = account_of(number)
    if account.entity_type not in SENDERS:
        raise Http404
    return account


def file_of(number: str, pk: int) -> ParcelFile:
    return get_object_or_404(queries.of_account(sender_of(number)), pk=pk)


def parcel_files(request: AuthenticatedRequest, number: str) -> HttpResponse:
    """Earlier files, and the form for the next one."""
    account = sender_of(number)
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    status = 200
    if sent and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            row = operations.upload(
                account=account, name=upload.name, file=upload, actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error("file" if refused.field else None, ValidationError(str(refused), code=refused.code))
            status = STATUS.get(refused.code, 422)
        else:
            return redirect("parcel_file", number, row.pk)
    elif form.errors:
        status = 422
    page = Paginator(queries.of_account(account), PAGE).get_page(request.GET.get("page"))
    context = {
        "account": account,
        "form": form,
        "page": page,
        "rows": [(row, showing.word(row), showing.shares(row)) for row in page],
        "columns": list(columns.columns()),
        "can_file": role_of(request, account) in FILERS,
        "kept_days": KEPT.days,
    }
    return render(request, "fastlane/parcels/files.html", context, status=status)


def parcel_template_csv(request: AuthenticatedRequest, number: str) -> HttpResponse:
    sender_of(number)
    response = HttpResponse(columns.template(), content_type=MEDIA_TYPES["csv"])
    response.headers["Content-Disposition"] = 'attachment; filename="parcels.csv"'
    return response


def parcel_file(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    row = file_of(number, pk)
    return render(request, "fastlane/parcels/file.html", _context(request, row))


def parcel_progress(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    """The page's changing part, for the page that asks every second; nothing when it shows that already."""
    row = file_of(number, pk)
    if showing.is_live(row) and request.GET.get("seen") == str(row.steps):
        return HttpResponse(status=204)
    return render(request, "fastlane/parcels/_state.html", _context(request, row) | {"told": True})


def _context(request: AuthenticatedRequest, row: ParcelFile) -> dict[str, Any]:
    lines = showing.reasons(row)
    return {
        "account": row.account,
        "row": row,
        "word": showing.word(row),
        "live": showing.is_live(row),
        "percent": showing.done_percent(row),
        "decided": row.rows_done - row.bad,
        "shares": showing.shares(row),
        "why_not": [line for line in lines if line.outcome != Outcome.INCOMPLETE],
        "missing": [line for line in lines if line.outcome == Outcome.INCOMPLETE],
        "seconds": _seconds(row),
        "can_file": role_of(request, row.account) in FILERS,
        "kept_days": KEPT.days,
    }


def _seconds(row: ParcelFile) -> float | None:
    if row.began_at is None or row.finished_at is None:
        return None
    return round((row.finished_at - row.began_at).total_seconds(), 1)


def parcel_cancel(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    row = file_of(number, pk)
    try:
        operations.cancel(file=row, actor=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("“%(name)s” is stopped. Nothing of it is kept.") % {"name": row.filename})
    return redirect("parcel_file", number, pk)


def parcel_result_file(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponseBase:
    row = file_of(number, pk)
    return _taken_out(row, store.result_of(row), row.result_name, MEDIA_TYPES[row.kind])


def parcel_bad_rows_csv(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponseBase:
    row = file_of(number, pk)
    return _taken_out(row, store.BAD_ROWS, f"bad-rows-{row.pk}.csv", MEDIA_TYPES["csv"])


def _taken_out(row: ParcelFile, name: str, shown: str, media_type: str) -> HttpResponseBase:
    """A file as an attachment; one that is not made, or not kept any more, is a 404."""
    stored = store.name_of(row, name)
    if row.status != State.DONE or not default_storage.exists(stored):
        raise Http404
    response = FileResponse(default_storage.open(stored), as_attachment=True, filename=shown, content_type=media_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
