"""Look at a case: the workbench, versions side by side, evidence previews, and who else is here."""

from __future__ import annotations

import uuid

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from trusted_trader import history
from trusted_trader.application.models import Evidence
from trusted_trader.review import presence
from trusted_trader.review.compare import compare_answers
from trusted_trader.review.views.finding import case_of, case_url, staff_page
from trusted_trader.review.views.showing import show

PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


def case(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return show(request, case_of(request, pk))


def here(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Who else has the case open; the page asks every half minute, which is also this person's own sign of life."""
    application = case_of(request, pk)
    others = presence.beat(application.pk, request.user, timezone.now())
    return render(request, "trusted_trader/staff/presence.html", {"others": others, "now": timezone.now()})


def compare(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Any two versions of what was submitted; the first is compared with nothing, so all of it is new."""
    application = case_of(request, pk)
    snapshots = {
        snapshot.number: snapshot for snapshot in application.snapshots.select_related("signed_by").order_by("number")
    }
    if not snapshots:
        raise Http404
    newest = max(snapshots)
    new = _number(request.GET.get("new", ""), snapshots.keys() or {newest}, newest)
    old = _number(request.GET.get("old", ""), {0, *snapshots}, new - 1)
    before = snapshots[old].content["answers"] if old else {}
    changes = compare_answers(before, snapshots[new].content["answers"], only_changed=not request.GET.get("all"))
    context = {
        "case": application,
        "snapshots": snapshots.values(),
        "old": old,
        "new": new,
        "changes": changes,
        "count": sum(change.changed for change in changes),
        "all": bool(request.GET.get("all")),
        "back": case_url(application.pk, request),
    }
    title = _("What changed in %(reference)s") % {"reference": application.reference}
    return staff_page(request, "compare", context, title=title)


def _number(raw: str, known: object, otherwise: int) -> int:
    number = int(raw) if raw.isdecimal() and len(raw) < 6 else otherwise
    return number if number in known else otherwise  # type: ignore[operator]


def past(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """The whole history of the case's account."""
    application = case_of(request, pk)
    lines = history.of_account(application.account, internal=True, limit=500)
    context = {"case": application, "lines": lines, "back": case_url(application.pk, request)}
    return staff_page(
        request, "history", context, title=_("History of %(account)s") % {"account": application.account.number}
    )


def evidence_picture(request: AuthenticatedRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
    """A picture that passed its checks, to be shown in place; anything else is the same 404."""
    application = case_of(request, pk)
    row = get_object_or_404(Evidence, key=key, company=application.company_id, state="ready", media_type__in=PICTURES)
    if not default_storage.exists(row.stored_as):
        raise Http404
    response = FileResponse(default_storage.open(row.stored_as), content_type=row.media_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def evidence_text(request: AuthenticatedRequest, pk: int, key: uuid.UUID) -> HttpResponse:
    """What a document says, as text: the preview of everything that is not a picture."""
    application = case_of(request, pk)
    row = get_object_or_404(
        Evidence.objects.select_related("facility"), key=key, company=application.company_id, state="ready"
    )
    context = {
        "case": application,
        "file": row,
        "is_picture": row.media_type in PICTURES,
        "back": case_url(application.pk, request),
    }
    if request.headers.get("HX-Request"):
        return render(request, "trusted_trader/staff/evidence_text.html", context)
    return staff_page(request, "evidence", context, title=row.title)
