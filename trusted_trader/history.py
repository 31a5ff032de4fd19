"""The history of an account in plain sentences: who, for whom, what, old and new, why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import events
from accounts.models import Account, Company, Event, User

SENTENCES = {
    "access.refused": gettext_noop("tried something that is not allowed"),
    "account.open": gettext_noop("opened the account"),
    "agreement.sign": gettext_noop("signed the partner agreement"),
    "answer.save": gettext_noop("changed an answer"),
    "answers.copy": gettext_noop("copied answers from another account"),
    "application.answer": gettext_noop("sent the answers back to the reviewer"),
    "application.ask": gettext_noop("put the case on hold until the company answers"),
    "application.certify": gettext_noop("decided to certify"),
    "application.claim": gettext_noop("took the case for review"),
    "application.lapse": gettext_noop("took the case up again without an answer"),
    "application.reassign": gettext_noop("gave the case to another reviewer"),
    "application.recommend_certify": gettext_noop("recommended to certify"),
    "application.recommend_refuse": gettext_noop("recommended to refuse"),
    "application.refuse": gettext_noop("decided to refuse"),
    "application.release": gettext_noop("gave the case back to the pool"),
    "application.return_to_review": gettext_noop("sent the case back to the reviewer"),
    "application.start": gettext_noop("started an application"),
    "application.submit": gettext_noop("submitted the application"),
    "application.undo_decision": gettext_noop("took the decision back"),
    "application.withdraw": gettext_noop("withdrew the application"),
    "business_partner.add": gettext_noop("added a business partner"),
    "business_partner.change": gettext_noop("changed a business partner"),
    "business_partner.remove": gettext_noop("removed a business partner"),
    "case.bundle": gettext_noop("took the case out as a bundle"),
    "case.assess": gettext_noop("assessed the risk"),
    "case.route": gettext_noop("routed the case"),
    "company.change": gettext_noop("changed the company's details"),
    "company.found": gettext_noop("registered the company"),
    "consent.grant": gettext_noop("let a partner system see the standing"),
    "consent.revoke": gettext_noop("took a partner system's sight away"),
    "conveyance.add": gettext_noop("added means of transport"),
    "conveyance.change": gettext_noop("changed means of transport"),
    "conveyance.remove": gettext_noop("removed means of transport"),
    "eligibility.save": gettext_noop("answered eligibility questions"),
    "evidence.check": gettext_noop("checked a document"),
    "evidence.describe": gettext_noop("changed what is said about a document"),
    "evidence.link": gettext_noop("linked documents to an answer"),
    "evidence.remove": gettext_noop("removed a document"),
    "evidence.upload": gettext_noop("uploaded a document"),
    "facility.add": gettext_noop("added a site"),
    "facility.change": gettext_noop("changed a site"),
    "facility.remove": gettext_noop("removed a site"),
    "flag.clear": gettext_noop("cleared a flag"),
    "flag.raise": gettext_noop("raised a flag"),
    "identifier.remove": gettext_noop("removed a number"),
    "identifier.set": gettext_noop("entered a number"),
    "invitation.revoke": gettext_noop("took an invitation back"),
    "invitation.send": gettext_noop("invited someone"),
    "membership.begin": gettext_noop("joined the company"),
    "membership.change": gettext_noop("changed a member's role"),
    "membership.lapse": gettext_noop("let a delegation end, as its time was over"),
    "membership.end": gettext_noop("ended a membership"),
    "note.add": gettext_noop("wrote a note"),
    "person.add": gettext_noop("added a person"),
    "person.change": gettext_noop("changed a person's details"),
    "person.erase": gettext_noop("erased a person"),
    "person.remove": gettext_noop("removed a person"),
    "person.reveal": gettext_noop("looked at a person's vetting details"),
    "profile.save": gettext_noop("said how the company works"),
    "request.answer": gettext_noop("answered the information request"),
    "request.close": gettext_noop("closed the information request"),
    "request.lapse": gettext_noop("let the information request lapse"),
    "request.send": gettext_noop("asked for information"),
    "sheet.bring": gettext_noop("brought a spreadsheet back to look at"),
    "sheet.import": gettext_noop("brought answers back from a spreadsheet"),
    "standing.change": gettext_noop("changed the standing"),
    "standing.propose": gettext_noop("proposed a change of standing"),
    "standing.reinstate": gettext_noop("reinstated the member"),
    "standing.reject": gettext_noop("turned a proposed change of standing down"),
    "standing.suspend": gettext_noop("suspended the member"),
    "user.rename": gettext_noop("changed the own name"),
    "validation.confirm": gettext_noop("confirmed the validation"),
    "validation.record": gettext_noop("recorded a validation"),
    "validation.reject": gettext_noop("turned the recorded validation down"),
    "verdict.give": gettext_noop("judged an answer"),
    "vetting.conclude": gettext_noop("concluded the vetting"),
    "vetting.open": gettext_noop("opened the vetting"),
    "vetting.reopen": gettext_noop("reopened the vetting"),
}

SEALED = "sealed:"


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event, ready to read. `at` is an aware time."""

    at: datetime
    who: str
    on_behalf_of: str
    what: str
    changes: Sequence[Change]
    reason: str
    internal: bool
    sequence: int
    subject: str
    hash: str
    operation: str


def tell(sentences: Mapping[str, str]) -> None:
    """Later apps add the sentences of their own operations."""
    SENTENCES.update(sentences)


def of_account(account: Account, *, internal: bool, limit: int = 200) -> list[Line]:
    """The account's and its company's events, newest first; `internal` ones for staff alone (the database agrees)."""
    subjects = [events.account_subject(account.number), f"company:{account.company_id}"]
    rows = Event.objects.filter(subject__in=subjects)
    if not internal:
        rows = rows.filter(internal=False)
    return lines(rows.order_by("-at", "-pk")[:limit])


def lines(rows: Iterable[Event]) -> list[Line]:
    """Events as plain sentences, with two look-ups for all of them."""
    found = list(rows)
    people = {
        str(u.pk): str(u)
        for u in User.objects.filter(pk__in={int(e.actor_id) for e in found if e.actor_kind == "user"})
    }
    companies = {
        c.pk: c.legal_name for c in Company.objects.filter(pk__in={e.on_behalf_of for e in found if e.on_behalf_of})
    }
    return [
        Line(
            at=event.at,
            who=people.get(event.actor_id, event.actor_id) if event.actor_kind == "user" else _("The portal"),
            on_behalf_of=companies.get(event.on_behalf_of or 0, ""),
            what=_(SENTENCES.get(event.operation, event.operation)),
            changes=[Change(name, _shown(c.get("old")), _shown(c.get("new"))) for name, c in event.changes.items()],
            reason=event.reason,
            internal=event.internal,
            sequence=event.sequence,
            subject=event.subject,
            hash=event.hash,
            operation=event.operation,
        )
        for event in found
    ]


def _shown(value: Any) -> str:
    """A value in words; personal ones stay sealed and are told apart."""
    if value is None or value == "":
        return "–"
    if value is True:
        return str(_("yes"))
    if value is False:
        return str(_("no"))
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    text = str(value)
    return str(_("(personal, sealed)")) if text.startswith(SEALED) else text
