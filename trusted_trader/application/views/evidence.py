"""The company's evidence library: upload, describe, remove, and open what passed its checks."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.models import Account
from accounts.refusals import Refused
from trusted_trader.application import evidence as operations
from trusted_trader.application import queries
from trusted_trader.application.forms import EvidenceDetailsForm, UploadForm
from trusted_trader.application.models import Evidence
from trusted_trader.application.views.finding import account_of


def library(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    form = UploadForm(request.POST or None, request.FILES or None, company=account.company)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = operations.upload(
                company=account.company,
                name=data["file"].name,
                chunks=data["file"].chunks(),
                title=data["title"],
                issued_on=data["issued_on"],
                expires_on=data["expires_on"],
                facility=data["facility"],
                actor=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error("file", ValidationError(str(refused), code=refused.code))
        else:
            messages.success(request, _("“%(title)s” is uploaded and being checked.") % {"title": row.title})
            return redirect("evidence", number)
    status = 413 if any(e["code"] == "too_large" for e in form.errors.get_json_data().get("file", [])) else 200  # type: ignore[attr-defined]
    return render(request, "trusted_trader/company/evidence.html", _context(account) | {"form": form}, status=status)


def rows(request: AuthenticatedRequest, number: str) -> HttpResponse:
    """The list alone, for the page that polls while files are being checked."""
    return render(request, "trusted_trader/company/evidence_rows.html", _context(account_of(number)))


def _context(account: Account) -> dict[str, object]:
    files = queries.evidence_of(account.company_id)
    return {"account": account, "files": files, "checking": any(f.state == "checking" for f in files)}


def edit(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    account = account_of(number)
    row = get_object_or_404(Evidence, pk=pk, company_id=account.company_id, removed_at=None)
    initial = {
        "title": row.title,
        "issued_on": row.issued_on,
        "expires_on": row.expires_on,
        "facility": row.facility_id,
    }
    form = EvidenceDetailsForm(request.POST or None, company=account.company, initial=initial)
    if request.method == "POST" and form.is_valid():
        operations.describe(evidence=row, actor=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("evidence", number)
    uses = row.responses.select_related("account").order_by("number")
    context = {"account": account, "form": form, "row": row, "uses": uses}
    return render(request, "trusted_trader/company/evidence_edit.html", context)


def remove(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    account = account_of(number)
    row = get_object_or_404(Evidence, pk=pk, company_id=account.company_id, removed_at=None)
    try:
        operations.remove(evidence=row, actor=request.user, at=timezone.now())
        messages.success(request, _("“%(title)s” is removed.") % {"title": row.title})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("evidence", number)


def file(request: AuthenticatedRequest, number: str, key: uuid.UUID) -> HttpResponseBase:
    """The file as an attachment, never before its checks; a foreign, missing or unchecked one is the same 404."""
    account = account_of(number)
    row = get_object_or_404(Evidence, key=key, company_id=account.company_id, state="ready")
    if not default_storage.exists(row.stored_as):
        raise Http404
    response = FileResponse(
        default_storage.open(row.stored_as), as_attachment=True, filename=row.filename, content_type=row.media_type
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
