"""Public checks: is this certificate real and what is its holder's standing now; does this statement hold."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import tenancy
from fastlane.publishing import keys, members, quota
from trusted_trader import entity_types
from trusted_trader.entity_types import EntityType
from trusted_trader.standing import queries as standings
from trusted_trader.standing.models import Certificate
from trusted_trader.statements import StatementRefused, verify

CHECKS_PER_MINUTE = 30
LONGEST_STATEMENT = 10_000

UNKNOWN = _("We can't confirm this certificate. Check its number and the code printed beside it, and try again.")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the public learns of a certificate whose code it holds. Days are days of the programme."""

    number: str
    company: str
    entity_type: str
    entity_title: str
    level: str
    tier: int | None
    valid_from: date
    valid_until: date  # the first day on which it no longer holds
    status: str
    in_good_standing: bool
    holds: bool
    reason: str
    as_of: datetime

    def as_json(self) -> dict[str, Any]:
        return {
            "certificate": self.number,
            "member": {"name": self.company, "entity_type": self.entity_type},
            "level": self.level,
            "tier": self.tier,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "status": self.status,
            "in_good_standing": self.in_good_standing,
            "holds": self.holds,
            "reason": self.reason,
            "as_of": members.moment(self.as_of),
        }


@require_safe
def certificate(request: HttpRequest, certificate: str) -> HttpResponse:
    if (limited := _limited(request)) is not None:
        return limited
    found = check(certificate, request.GET.get("code", ""), now=timezone.now())
    status = 200 if found else 404
    if _wants_json(request):
        content = found.as_json() if found else {"certificate": None, "detail": str(UNKNOWN)}
        response: HttpResponse = JsonResponse(content, status=status)
    else:
        response = render(request, "fastlane/certificate.html", {"found": found, "unknown": UNKNOWN}, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Cookie"
    return response


def check(number: str, code: str, *, now: datetime) -> Checked | None:
    """The certificate with this number and code. A wrong code and an unknown number are the same None."""
    with tenancy.enter(tenancy.Scope.PUBLIC):
        rows = Certificate.objects.select_related("account__company").filter(withdrawn_at=None)
        found = rows.filter(number=number.strip().upper()).first() if "\0" not in number else None
        given = code.strip().upper().encode("utf-8", "replace")
        # Compared also where there is nothing to compare with, so that the time tells nothing.
        right = hmac.compare_digest((found.code if found else "-" * 10).encode(), given)
        if found is None or not right:
            return None
        return _checked(found, now)


def _checked(found: Certificate, now: datetime) -> Checked:
    account = found.account
    standing = standings.standing(account, at=now)
    within = found.valid_from <= timezone.localdate(now) < found.valid_until
    return Checked(
        number=found.number,
        company=account.company.legal_name,
        entity_type=account.entity_type,
        entity_title=entity_types.for_type(EntityType(account.entity_type)).title,
        level=found.level,
        tier=found.tier,
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        status=standing.status,
        in_good_standing=standing.in_good_standing,
        holds=within and standing.in_good_standing,
        reason=members.REASONS[members.reason_code(standing)],
        as_of=now,
    )


class StatementForm(forms.Form):
    statement = forms.CharField(
        label=_("Statement"),
        help_text=_("Paste the whole text: three parts with a dot between them."),
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a pasted statement: signature, time and content, each for itself."""

    signed: bool
    signature: str
    in_time: bool | None
    time: str
    content: list[tuple[str, str]]


@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and (limited := _limited(request)) is not None:
        return limited
    form = StatementForm(request.POST or None)
    told = tell(form.cleaned_data["statement"], now=timezone.now()) if form.is_valid() else None
    response = render(
        request, "fastlane/statement.html", {"form": form, "told": told}, status=422 if form.errors else 200
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def tell(text: str, *, now: datetime) -> Told:
    """Judge a pasted statement. Its content is told only when the signature holds."""
    try:
        content = verify("".join(text.split()), keys.jwks())
    except StatementRefused as refused:
        return Told(False, str(refused), None, str(_("The time is not judged, as the signature doesn't hold.")), [])
    until = _moment(content.get("valid_until"))
    since = _moment(content.get("as_of"))
    if until is None or since is None:
        in_time, time_words = False, _("The statement names no time. Do not rely on it.")
    elif now >= until:
        in_time, time_words = False, _("The statement has expired. It was true when it was signed; ask for a new one.")
    else:
        in_time, time_words = True, _("The statement is within its time.")
    return Told(
        True,
        str(_("The signature holds: this portal signed it, and nothing was changed.")),
        in_time,
        str(time_words),
        list(_lines(content)),
    )


def _lines(content: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for name, value in content.items():
        label = f"{prefix}{name}".replace("_", " ")
        if isinstance(value, dict):
            lines += _lines(value, f"{label}: ")
        elif name == "reasons" and isinstance(value, list):
            lines.append((label, " ".join(str(reason.get("text", "")) for reason in value)))
        else:
            lines.append((label, "–" if value is None else str(value)))
    return lines


def _moment(text: object) -> datetime | None:
    found = parse_datetime(text) if isinstance(text, str) else None
    return found if found is not None and timezone.is_aware(found) else None


def _limited(request: HttpRequest) -> HttpResponse | None:
    """A 429 when this address has checked too often in this minute."""
    state = quota.charge(f"public-{request.META.get('REMOTE_ADDR', '')}", CHECKS_PER_MINUTE, now=time.time())
    if not state.exceeded:
        return None
    words = _("You have checked many certificates in a short time. Wait a minute and try again.")
    headers = {**state.headers(), "Retry-After": str(state.resets_in), "Cache-Control": "no-store"}
    if _wants_json(request):
        return JsonResponse({"detail": str(words)}, status=429, headers=headers)
    response = render(request, "fastlane/too_many.html", {"words": words, "wait": state.resets_in}, status=429)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
