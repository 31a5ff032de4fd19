"""The demonstration's two pages: its people with their sign-ins, and the mail that stays on this machine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.roles import COMPANY_ROLES, label
from fastlane.demo import awaiting
from portal import demo_client
from portal.environment import local_secret
from trusted_trader.demo import people as cast
from trusted_trader.demo import story
from trusted_trader.demo.companies import identifier, plans

MOST_MAILS = 100
LONGEST_MAIL = 200_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as the page shows them; `code` is the one-time code that holds now."""

    role: str
    name: str
    email: str
    password: str
    code: str
    awaits: str
    tries: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A local message; everything in it is text."""

    name: str
    to: str
    subject: str
    sent_at: datetime | None
    body: str = ""


def people(request: HttpRequest) -> HttpResponse:
    """Everyone who can sign in, with what awaits them. 404 outside the demonstration."""
    _only_in_demonstration()
    key = local_secret("demo")
    lines = awaiting.lines(cast.CAST, at=timezone.now())
    counter, gone = divmod(int(time.time()), app_settings.TOTP_PERIOD)
    shown = [(person.role in COMPANY_ROLES, _shown(person, key, counter, lines)) for person in cast.CAST]
    lines |= {person.email: demo_client.AWAITS for person in demo_client.PEOPLE}
    partners = [_shown(person, key, counter, lines) for person in demo_client.PEOPLE]
    there, all_of_them = story.progress()
    example = next(plan for plan in plans() if plan.key == "brightharbor")
    return render(
        request,
        "demo/people.html",
        {
            "groups": [
                ("Companies", [row for company, row in shown if company]),
                ("The government side", [row for company, row in shown if not company]),
                ("Partner systems", partners),
            ],
            "seconds": app_settings.TOTP_PERIOD - gone,
            "there": there,
            "all": all_of_them,
            "client_id": demo_client.client_id(key),
            "client_secret": demo_client.client_secret(key),
            "member": f"duns/{identifier(example, 'duns').replace('-', '')}",
            "member_name": example.legal_name,
            "address": settings.PUBLIC_URL,
        },
    )


def _only_in_demonstration() -> None:
    if not settings.DEMO:
        raise Http404


def _shown(person: cast.Person, key: str, counter: int, lines: dict[str, str]) -> Shown:
    code = format_hotp_value(hotp_value(cast.totp_secret(key, person.email), counter))
    return Shown(
        label(person.role),
        person.name,
        person.email,
        cast.password(key, person.email),
        code,
        lines[person.email],
        person.tries,
    )


def mail(request: HttpRequest) -> HttpResponse:
    """Messages sent on this machine, newest first, and one of them opened (?open=). 404 outside the demonstration."""
    _only_in_demonstration()
    # Names sort by time. Only a name that the folder itself lists is opened.
    files = sorted(Path(settings.MAIL_DIR).glob("*.eml"), reverse=True)
    wanted = request.GET.get("open", "")
    opened = next((_read(file, whole=True) for file in files if file.name == wanted), None)
    if wanted and opened is None:
        raise Http404
    rows = [_read(file) for file in files[:MOST_MAILS]]
    return render(request, "demo/mail.html", {"mails": rows, "opened": opened, "count": len(files)})


def _read(file: Path, *, whole: bool = False) -> Mail:
    message = message_from_bytes(file.read_bytes()[:LONGEST_MAIL], policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes no other
    try:
        sent_at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        sent_at = None
    part = message.get_body(("plain", "html")) if whole else None
    body = str(part.get_content()) if part else ""
    return Mail(file.name, str(message["To"] or ""), str(message["Subject"] or ""), sent_at, body)
