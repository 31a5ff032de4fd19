"""The certificate's paper and the letters of standing: made by effects, signed, kept, and told."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import effects
from accounts.effects.models import Effect
from accounts.models import Account
from trusted_trader import papers
from trusted_trader.application.printing import carried
from trusted_trader.application.telling import tell_company
from trusted_trader.papers import signing
from trusted_trader.standing.models import Certificate, StandingChange


@lru_cache(maxsize=1)
def signer() -> signing.Signer:
    """The key that signs papers: a real one by setting, else a local one made at first need."""
    return signing.choose_signer(
        Path(settings.KEYS_DIR), p12=settings.PDF_SIGNING_P12, passphrase=settings.PDF_SIGNING_PASSPHRASE
    )


def verify_url(certificate: Certificate) -> str:
    """The public address that the certificate's QR code opens."""
    return f"{settings.PUBLIC_URL}{reverse('verify_certificate', args=[certificate.number])}?code={certificate.code}"


def make_certificate(certificate: Certificate) -> Certificate:
    """Render, sign and keep the certificate's PDF. A second run finds it done."""
    if certificate.stored_as:
        return certificate
    decider = certificate.application.decided_by
    paper = papers.CertificatePaper(
        **carried(certificate.account, certificate.issued_at),
        number=certificate.number,
        level=certificate.level,
        tier=certificate.tier,
        valid_from_date=certificate.valid_from,
        valid_until_date=certificate.valid_until,
        verify_url=verify_url(certificate),
        code=certificate.code,
        signed_by=str(decider or ""),
        signed_title=_("Supervisor"),
        trade_name=certificate.account.company.trade_name,
    )
    data = signing.sign(
        papers.certificate(paper), reason=_("Certificate issued"), at=certificate.issued_at, signer=signer()
    )
    certificate.stored_as = keep(f"papers/{certificate.company_id}/certificate-{certificate.number}.pdf", data)
    certificate.sha256 = hashlib.sha256(data).hexdigest()
    certificate.save(update_fields=["stored_as", "sha256"])
    return certificate


def keep(name: str, data: bytes) -> str:
    """Keep a paper under its name; one that lies there already is replaced, as a second run makes the same."""
    if default_storage.exists(name):
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(data))


@effects.handler("standing.letter")
def change_letter(effect: Effect) -> str:
    """The company reads that it is suspended or reinstated: why, since when, and how to appeal."""
    change = StandingChange.objects.select_related("account__company", "concluded_by").get(pk=effect.payload["change"])
    application = change.account.applications.order_by("-pk").first()
    subject = (
        _("Your membership is suspended: account %(number)s")
        if change.kind == "suspend"
        else _("Your membership is reinstated: account %(number)s")
    ) % {"number": change.account.number}
    if application is not None:
        application.account = change.account
        tell_company(
            application,
            f"standing.{change.kind}",
            subject,
            change.letter,
            at=effect.not_before,
            attachment=f"change:{change.pk}",
        )
    return "told"


def letter_head(account: Account, written_at: datetime) -> dict[str, Any]:
    """What every letter to a company carries."""
    company = account.company
    place = " ".join(part for part in (company.city, company.region, company.postal_code) if part)
    lines = (company.street, place, str(company.country.name or ""))
    return carried(account, written_at) | {
        "addressee": company.legal_name,
        "address": tuple(line for line in lines if line),
        "written_at": written_at,
    }


def change_paper(change: StandingChange) -> bytes:
    """The letter of a suspension or reinstatement as a signed PDF."""
    kind = papers.LetterKind.SUSPENDED if change.kind == "suspend" else papers.LetterKind.REINSTATED
    written = change.concluded_at or change.proposed_at
    paper = papers.LetterPaper(
        **letter_head(change.account, written),
        kind=kind,
        reference=f"{change.account.number}/{change.pk}",
        body=change.letter,
        signed_by=str(change.concluded_by or ""),
        signed_title=_("Director"),
        reasons=(papers.Reason(sentence=change.reason),),
    )
    return signing.sign(papers.letter(paper), reason=_("Letter"), at=written, signer=signer())
