"""The partner console's pages: clients, secrets, consents, usage, sample code, the sandbox and its people."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.models import User
from accounts.refusals import Refused
from fastlane.console import access, charts, operations, queries
from fastlane.console.forms import MadeUpForm, StewardForm
from fastlane.console.models import ClientSteward
from fastlane.publishing import sandbox
from fastlane.publishing.models import SandboxMember
from fastlane.webhooks.operations import Acting

SAMPLES = Path(__file__).parent / "samples"
LANGUAGES = (("Python", "poll.py.txt", "python3 poll.py"), ("curl", "poll.sh.txt", "bash poll.sh"),
             ("Java", "Poll.java.txt", "java Poll.java"))  # fmt: skip


def partners(request: AuthenticatedRequest) -> HttpResponse:
    context = {"clients": access.clients_of(request), "is_administrator": access.is_administrator(request)}
    return render(request, "fastlane/console/clients.html", context)


def partner(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    row = access.client_of(request, pk)
    context = {
        "partner": row,
        "secret": access.shown_once(request),
        "last_used": queries.last_used(row),
        "spare_until": queries.spare_until(row, at=timezone.now()),
        "scopes": row.client.get_scopes(),
        "consents": queries.consents(row),
        "is_administrator": access.is_administrator(request),
    }
    return _private(render(request, "fastlane/console/client.html", context))


def rotate(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    row = access.client_of(request, pk)
    secret, _until = operations.rotate_secret(partner=row, actor=request.user, at=timezone.now())
    access.show_once(request, secret)
    return redirect("partner", pk)


def usage(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Calls of the last day, week or month (?days=); ?slot= opens one bar of the chart."""
    row = access.client_of(request, pk)
    now, zone = timezone.now(), timezone.get_default_timezone()
    days = next((days for days in charts.SPANS if request.GET.get("days") == str(days)), 7)
    slot = _moment(request.GET.get("slot", ""))
    rows = queries.usage(row, since=now - timedelta(days=days))
    bars = charts.slots(rows, days=days, now=now, zone=zone)  # type: ignore[arg-type]
    context = {
        "partner": row,
        "days": days,
        "spans": list(charts.SPANS),
        "bars": bars,
        "slot": slot,
        "rows": charts.behind(rows, days=days, slot=slot, now=now, zone=zone),  # type: ignore[arg-type]
        "well": sum(bar.well for bar in bars),
        "failed": sum(bar.failed for bar in bars),
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "as_of": now,
    }
    return render(request, "fastlane/console/usage.html", context)


def code(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    row = access.client_of(request, pk)
    samples = [(name, (SAMPLES / file).read_text(), file.removesuffix(".txt"), how) for name, file, how in LANGUAGES]
    context = {"partner": row, "samples": samples, "address": settings.PUBLIC_URL, "example": _example(row)}
    return render(request, "fastlane/console/code.html", context)


def made_up(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """The sandbox's members and their standing; a POST sets one of them."""
    row = access.client_of(request, pk)
    if not row.is_sandbox:
        raise Http404
    members = list(SandboxMember.objects.filter(partner=row).order_by("pk"))
    sent = next((m for m in members if str(m.pk) == request.POST.get("member")), None)
    forms = [(m, MadeUpForm(request.POST if m == sent else None, member=m)) for m in members]
    bound = next((form for m, form in forms if m == sent), None)
    if sent is not None and bound is not None and bound.is_valid():
        given = {"tier": sent.tier} | bound.cleaned_data
        given["tier"] = given["tier"] if given["level"] != "none" else None
        try:
            sandbox.change(member=sent, actor=Acting.person(request.user), at=timezone.now(), **given)
        except Refused as refused:
            bound.add_error(refused.field if refused.field in bound.fields else None, str(refused))
        else:
            messages.success(
                request, _("%(name)s stands as you set it. Ask for it, or read your feed.") % {"name": sent.name}
            )
            return redirect("partner_sandbox", pk)
    context = {"partner": row, "members": forms, "form": bound}
    return render(request, "fastlane/console/sandbox.html", context)


def people(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Who looks after the client; an administrator names them."""
    row = access.client_of(request, pk)
    if not access.is_administrator(request):
        raise PermissionDenied
    form = StewardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = User.objects.filter(email__iexact=form.cleaned_data["email"], is_active=True).first()
        if user is None:
            form.add_error("email", _("Nobody here has this address. Ask them to create an account first."))
        else:
            try:
                operations.name_steward(partner=row, user=user, actor=request.user, at=timezone.now())
            except Refused as refused:
                form.add_error(refused.field or None, str(refused))
            else:
                messages.success(request, _("%(who)s looks after this client now.") % {"who": user})
                return redirect("partner_people", pk)
    context = {"partner": row, "form": form, "stewards": queries.stewards(row), "is_administrator": True}
    return render(request, "fastlane/console/people.html", context)


def end_person(request: AuthenticatedRequest, pk: int, steward: int) -> HttpResponse:
    row = access.client_of(request, pk)
    if not access.is_administrator(request):
        raise PermissionDenied
    found = get_object_or_404(ClientSteward.objects.select_related("user"), pk=steward, partner=row)
    operations.end_steward(steward=found, actor=request.user, at=timezone.now())
    messages.success(request, _("%(who)s doesn't look after this client any more.") % {"who": found.user})
    return redirect("partner_people", pk)


def _example(row: object) -> str:
    """An account that the sample code can ask for."""
    first = SandboxMember.objects.filter(partner=row).order_by("pk").first()
    consents = [] if first else queries.consents(row)  # type: ignore[arg-type]
    return first.number if first else consents[0].number if consents else "TT-10000017"


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
