"""The letters of a decision and of a change of standing, as a first text that staff may edit."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from trusted_trader import programme
from trusted_trader.application.models import Application
from trusted_trader.entity_types import EntityType, for_type

ROMAN = {1: "I", 2: "II", 3: "III"}


def decision_letter(
    application: Application, outcome: str, reasons: Sequence[str], unmet: Sequence[tuple[str, str]] = ()
) -> str:
    """The letter for `certify` or `refuse`. `unmet` are numbers of answers not accepted, with the reviewer's comment."""
    if outcome == "certify":
        return _certified(application)
    return _refused(application, reasons, unmet)


def _certified(application: Application) -> str:
    account = application.account
    years = programme.terms().certificate_years
    tier = programme.terms().first_tier(account.entity_type)
    level = _("Tier %(tier)s, certified") % {"tier": ROMAN[tier]} if tier else _("certified")
    return _join(
        _("To %(company)s") % {"company": account.company.legal_name},
        _(
            "We have reviewed your application %(reference)s for the account %(account)s (%(kind)s). "
            "Your security profile meets the criteria, and the vetting is passed. Your company is now %(level)s."
        )
        % {"reference": application.reference, "account": account.number, "kind": _kind(application), "level": level},
        _(
            "What follows: your certificate comes with this letter and is valid for %(years)s year. "
            "Your standing can be checked from now on by the partners to whom you have given sight of it."
        )
        % {"years": years},
        _(
            "What we ask of you: keep your answers and evidence current, tell us about changes and incidents, "
            "and do the yearly review when we write to you. We will also arrange a visit to see your measures at work."
        ),
        _("With your questions, write to us from the page of your case."),
    )


def _refused(application: Application, reasons: Sequence[str], unmet: Sequence[tuple[str, str]]) -> str:
    account = application.account
    known = programme.refusal_reasons()
    terms = programme.terms()
    because = "\n".join(f"- {_(known[code])}" for code in reasons if code in known)
    found = "\n".join(f"- {number}: {comment}" for number, comment in unmet if comment)
    days = terms.false_information_days if "false_information" in reasons else terms.appeal_days
    return _join(
        _("To %(company)s") % {"company": account.company.legal_name},
        _(
            "We have reviewed your application %(reference)s for the account %(account)s (%(kind)s). We can't certify your company now."
        )
        % {"reference": application.reference, "account": account.number, "kind": _kind(application)},
        _("Our reasons:") + "\n" + (because or _("- (choose the reasons)")),
        (_("What we found, by criterion:") + "\n" + found) if found else "",
        _(
            "What you can do: mend these points and apply again at any time. Your answers are kept, so you can start from them."
        ),
        _(
            "You may also appeal within %(days)s days of the date of this decision. Send the appeal to: %(where)s. "
            "Name the reference %(reference)s, say which reason you disagree with and why, and add what shows it. "
            "We decide on appeals within %(decision_days)s days."
        )
        % {
            "days": days,
            "where": _(terms.appeal_where),
            "reference": application.reference,
            "decision_days": terms.appeal_decision_days,
        },
    )


def standing_letter(kind: str, *, company: str, account: str, reason: str) -> str:
    """The letter for `suspend` or `reinstate`."""
    reason = reason.strip() or _("(the reason)")
    terms = programme.terms()
    if kind == "suspend":
        return _join(
            _("To %(company)s") % {"company": company},
            _("Your membership under the account %(account)s is suspended from today. Our reason: %(reason)s")
            % {"account": account, "reason": reason},
            _(
                "What this means: your benefits rest, and partners who check your standing read that it is suspended. "
                "You keep your level, can sign in, read everything, answer us and send us evidence."
            ),
            _(
                "What you can do: mend the cause and write to us from your account. You may appeal within %(days)s days "
                "of the date of this letter. Send the appeal to: %(where)s."
            )
            % {"days": terms.appeal_days, "where": _(terms.appeal_where)},
        )
    return _join(
        _("To %(company)s") % {"company": company},
        _("Your membership under the account %(account)s is reinstated from today. Our reason: %(reason)s")
        % {"account": account, "reason": reason},
        _("Your benefits are back at once. Partners who check your standing read that it is good again."),
    )


def _kind(application: Application) -> str:
    return str(_(for_type(EntityType(application.account.entity_type)).title))


def _join(*paragraphs: str) -> str:
    return "\n\n".join(part for part in paragraphs if part)
