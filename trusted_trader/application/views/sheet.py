"""The profile as a spreadsheet: out, back, preview, take over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused
from trusted_trader.application import queries, sheet
from trusted_trader.application.forms import SheetForm
from trusted_trader.application.models import SheetImport
from trusted_trader.application.views.finding import account_of, application_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 5 * 1024 * 1024


def home(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    application = application_of(account)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > LARGEST:
            form.add_error(
                "file", _("The file is larger than 5 MB. A profile is far smaller: check that it is the right file.")
            )
        else:
            try:
                row = sheet.bring_back(application=application, data=file.read(), actor=request.user, at=timezone.now())
            except Refused as refused:
                form.add_error(refused.field or None, str(refused))
            else:
                return redirect("sheet_preview", number, row.pk)
    context = {"account": account, "application": application, "form": form}
    return render(request, "trusted_trader/company/sheet.html", context)


def out(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(number)
    response = HttpResponse(sheet.take_out(application_of(account)), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="profile-{number}.xlsx"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def preview(request: AuthenticatedRequest, number: str, pk: int) -> HttpResponse:
    account = account_of(number)
    row = get_object_or_404(SheetImport.objects.select_related("account__company"), pk=pk, account=account)
    if request.method == "POST":
        try:
            taken = sheet.take_over(
                sheet=row, numbers=request.POST.getlist("number"), actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("sheet_preview", number, pk)
        messages.success(request, _("%(count)s answers were taken over.") % {"count": taken})
        return redirect("tasks", number)
    edition = queries.edition_of(application_of(account))
    found = [(d, edition.get(d.number)) for d in sheet.preview(row) if d.kind != "same"]
    context = {"account": account, "row": row, "differences": found, "same": len(row.rows) - len(found)}
    return render(request, "trusted_trader/company/sheet_preview.html", context)
