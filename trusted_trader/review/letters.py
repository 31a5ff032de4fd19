"""What leaves after a decision's undo time: the letter, the certificate, and the notice that carries them."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import effects
from accounts.effects.models import Effect
from trusted_trader import papers, programme
from trusted_trader.application.telling import tell_company
from trusted_trader.papers import signing
from trusted_trader.review.models import Decision
from trusted_trader.standing.models import Certificate
from trusted_trader.standing.papers import keep, letter_head, make_certificate, signer


@effects.handler("decision.letters")
def send(effect: Effect) -> str:
    """Make and sign the papers and tell the company. An undone decision sends nothing."""
    decision = Decision.objects.select_related("application__account__company", "decided_by").get(
        pk=effect.payload["decision"]
    )
    if decision.undone_at:
        return "undone"
    application = decision.application
    certified = decision.outcome == "certify"
    if certified:
        certificate = Certificate.objects.select_related("account__company", "application__decided_by").get(
            application=application, withdrawn_at=None
        )
        make_certificate(certificate)
    make_letter(decision)
    subject = (
        _("Your company is certified: application %(reference)s")
        if certified
        else _("Your application %(reference)s is refused")
    ) % {"reference": application.reference}
    tell_company(
        application,
        f"decision.{decision.outcome}",
        subject,
        words(decision),
        at=effect.not_before,
        attachment=f"letter:{decision.pk}",
    )
    return "sent"


def words(decision: Decision) -> str:
    """The letter as the notice carries it: its own text, and the exact last day for an appeal."""
    if decision.appeal_until is None:
        return decision.letter
    last = _("The last day to appeal is %(day)s.") % {"day": date_format(decision.appeal_until, "DATE_FORMAT")}
    return f"{decision.letter}\n\n{last}"


def make_letter(decision: Decision) -> Decision:
    """Render, sign and keep the letter. A second run finds it done."""
    if decision.letter_stored_as:
        return decision
    data = signing.sign(letter_pdf(decision), reason=_("Letter"), at=decision.decided_at, signer=signer())
    decision.letter_stored_as = keep(f"papers/{decision.company_id}/letter-{decision.pk}.pdf", data)
    decision.save(update_fields=["letter_stored_as"])
    return decision


def letter_pdf(decision: Decision) -> bytes:
    """The letter as the company reads it, unsigned. Its own text gives the reasons; the paper adds the appeal's last day."""
    application = decision.application
    paper = papers.LetterPaper(
        **letter_head(application.account, decision.decided_at),
        kind=papers.LetterKind.CERTIFIED if decision.outcome == "certify" else papers.LetterKind.REFUSED,
        reference=application.reference,
        body=decision.letter,
        signed_by=str(decision.decided_by),
        signed_title=_("Supervisor"),
        appeal_where=_(programme.terms().appeal_where) if decision.appeal_until else "",
        appeal_until_date=decision.appeal_until,
    )
    return papers.letter(paper)
