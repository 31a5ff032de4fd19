"""Writes of a company's application: answers, evidence links, signatures, submission, withdrawal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import effects, events, tenancy
from accounts import queries as who
from accounts.models import Account, User
from accounts.refusals import Refused, Stale
from accounts.roles import Role
from trusted_trader import agreement, checks, criteria, moves
from trusted_trader.application import queries
from trusted_trader.application.models import (
    AgreementSignature,
    Application,
    BusinessPartner,
    Conveyance,
    Evidence,
    Response,
    ResponseEvidence,
    Snapshot,
)
from trusted_trader.checks.finding import Severity
from trusted_trader.review import intake
from trusted_trader.review.models import InformationRequest, RequestedAnswer

EDITABLE = ("draft", "waiting_for_company")


@transaction.atomic
def start(*, account: Account, actor: User, at: datetime) -> Application:
    """Begin the account's application in the edition in force. Raises Refused while one is open."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)  # pressed twice, it begins once
    if queries.open_application(account):
        raise Refused(_("This account already has an open application. Go on with that one."), code="conflict")
    edition = criteria.current(queries.programme_day(at))
    row = Application.objects.create(
        company_id=account.company_id, account=account, edition=edition.id, started_at=at, changed_at=at
    )
    moves.record(row, "application.start", actor=actor, at=at, changes=events.created(row, "status", "edition"))
    return row


@transaction.atomic
def save_eligibility(
    *, application: Application, answers: Mapping[str, bool | None], actor: User, at: datetime
) -> Application:
    """Keep the answers to the eligibility questions, the noes as well."""
    return _save_json(application, "eligibility", answers, actor=actor, at=at)


@transaction.atomic
def save_profile(
    *, application: Application, answers: Mapping[str, bool | None], actor: User, at: datetime
) -> Application:
    """Keep the yes/no answers that tell which criteria can apply."""
    return _save_json(application, "profile", answers, actor=actor, at=at)


def _save_json(
    application: Application, field: str, answers: Mapping[str, bool | None], *, actor: User, at: datetime
) -> Application:
    row = moves.locked(application)
    if row.status != "draft":
        raise Refused(_("The application was submitted. These answers can't be changed any more."), code="frozen")
    before: dict[str, Any] = dict(getattr(row, field))
    after = before | dict(answers)
    changes = {
        f"{field}.{name}": {"old": before.get(name), "new": value}
        for name, value in after.items()
        if before.get(name) != value
    }
    if changes:
        setattr(row, field, after)
        moves.record(row, f"{field}.save", actor=actor, at=at, changes=changes)
        row.changed_at = at
        row.save()
    return row


@transaction.atomic
def sign_agreement(
    *, account: Account, version: str, typed_name: str, actor: User, at: datetime, address: str
) -> AgreementSignature:
    """The officer signs the partner agreement. Raises Refused for anyone else, or when the text has changed since."""
    _officer(actor, account)
    text = agreement.current()
    if version != text.version:
        raise Refused(_("The agreement has a newer version. Read it and sign that one."), code="stale")
    if " ".join(typed_name.split()).casefold() != " ".join(actor.name.split()).casefold():
        raise Refused(
            _("Type your full name as it stands in your account: %(name)s.") % {"name": actor.name}, field="typed_name"
        )
    row = AgreementSignature.objects.create(
        company_id=account.company_id,
        account=account,
        version=text.version,
        sha256=text.sha256,
        typed_name=typed_name.strip(),
        signed_by=actor,
        signed_at=at,
        address=address or None,
    )
    moves.record_account(
        account, "agreement.sign", actor=actor, at=at, about=row, changes=events.created(row, "version", "sha256")
    )
    return row


@transaction.atomic
def save_answer(
    *, account: Account, number: str, state: str, text: str, because: str, version: int, actor: User, at: datetime
) -> Response:
    """Save the answer to one criterion (also while it is being written).

    `version` is the one the page was opened with, 0 for a new answer. Raises Stale, with the newer answer, when
    somebody else has saved since, and Refused when the answer is not open now.
    """
    application = _open_for(account, number)
    row = Response.objects.select_for_update().filter(account=account, number=number).first()
    current = row.version if row else 0
    if version != current:
        raise Stale(
            _("Somebody else saved this answer since you opened it. Both texts are kept below: choose, then save."),
            current=row,
        )
    row = row or Response(company_id=account.company_id, account=account, number=number, version=0, updated_at=at)
    changes = events.changed(row, state=state, text=text, because=because)
    if not changes:
        return row
    row.version += 1
    row.updated_by, row.updated_at = actor, at
    row.save()
    moves.record(application, "answer.save", actor=actor, at=at, about=row, changes=_numbered(number, changes))
    _touch(application, number, at)
    return row


def _numbered(number: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{number} {name}": value for name, value in changes.items()}


def _open_for(account: Account, number: str) -> Application:
    """The open application in which this answer may be changed now; locked. Raises Refused."""
    application = Application.objects.select_for_update().filter(account=account, status__in=queries.OPEN).first()
    if application is None:
        raise Refused(_("Start an application first."), code="frozen")
    known = {c.number for c in queries.criteria_of(application)}
    if number not in known:
        raise Refused(_("This criterion is not asked of your entity type."), code="scope")
    if application.status == "draft":
        return application
    if application.status == "waiting_for_company" and number in asked_numbers(application):
        return application
    raise Refused(
        _("This answer was submitted and is frozen. It opens again when the reviewer asks about it."), code="frozen"
    )


def asked_numbers(application: Application) -> frozenset[str]:
    """The criteria that the open information request reopened."""
    rows = RequestedAnswer.objects.filter(request__application=application, request__status="open")
    return frozenset(rows.values_list("number", flat=True))


def _touch(application: Application, number: str, at: datetime) -> None:
    application.changed_at = at
    application.save(update_fields=["changed_at"])
    if application.status == "waiting_for_company":
        RequestedAnswer.objects.filter(request__application=application, request__status="open", number=number).update(
            touched_at=at
        )


@transaction.atomic
def link_evidence(
    *, account: Account, number: str, evidence: Iterable[Evidence], actor: User, at: datetime
) -> Response:
    """Make these the documents of the answer; each may serve many answers."""
    application = _open_for(account, number)
    row, _fresh = Response.objects.select_for_update().get_or_create(
        account=account,
        number=number,
        defaults={"company_id": account.company_id, "updated_at": at, "updated_by": actor},
    )
    wanted = {item.pk: item for item in evidence}
    links = {
        link.evidence_id: link for link in ResponseEvidence.objects.filter(response=row).select_related("evidence")
    }
    gone = [links[key] for key in links.keys() - wanted.keys()]
    new = [wanted[key] for key in wanted.keys() - links.keys()]
    if not gone and not new:
        return row
    for link in gone:
        link.delete()
    ResponseEvidence.objects.bulk_create(
        ResponseEvidence(company_id=account.company_id, response=row, evidence=item) for item in new
    )
    changes = {
        f"{number} evidence": {
            "old": sorted(link.evidence.title for link in links.values()),
            "new": sorted(item.title for item in wanted.values()),
        }
    }
    row.updated_by, row.updated_at = actor, at
    row.save(update_fields=["updated_by", "updated_at"])
    moves.record(application, "evidence.link", actor=actor, at=at, about=row, changes=changes)
    _touch(application, number, at)
    return row


@transaction.atomic
def copy_answers(*, source: Account, target: Account, actor: User, at: datetime) -> int:
    """Start a second account's profile from the first one's answers; what is answered already is left alone."""
    if source.company_id != target.company_id:
        raise Refused(_("Answers are copied within one company only."))
    application = queries.open_application(target)
    if application is None or application.status != "draft":
        raise Refused(_("Answers can be copied into a draft only."), code="frozen")
    asked = {c.number for c in queries.criteria_of(application)}
    there = set(Response.objects.filter(account=target).exclude(state="").values_list("number", flat=True))
    copied = 0
    for old in Response.objects.filter(account=source).exclude(state="").prefetch_related("evidence"):
        if old.number not in asked or old.number in there:
            continue
        version = (
            Response.objects.filter(account=target, number=old.number).values_list("version", flat=True).first() or 0
        )
        save_answer(
            account=target,
            number=old.number,
            state=old.state,
            text=old.text,
            because=old.because,
            version=version,
            actor=actor,
            at=at,
        )
        link_evidence(account=target, number=old.number, evidence=old.evidence.all(), actor=actor, at=at)
        copied += 1
    moves.record(
        application, "answers.copy", actor=actor, at=at, changes={"answers": {"old": source.number, "new": copied}}
    )
    return copied


@transaction.atomic
def save_business_partner(
    *, account: Account, details: Mapping[str, Any], actor: User, at: datetime, row: BusinessPartner | None = None
) -> BusinessPartner:
    partner = row or BusinessPartner(company_id=account.company_id, account=account)
    changes = events.changed(partner, **details)
    if changes:
        partner.save()
        moves.record_account(
            account,
            "business_partner.change" if row else "business_partner.add",
            actor=actor,
            at=at,
            about=partner,
            changes=changes,
        )
    return partner


@transaction.atomic
def remove_business_partner(*, row: BusinessPartner, actor: User, at: datetime) -> None:
    if BusinessPartner.objects.select_for_update().filter(pk=row.pk).first() is None:
        return  # a second press came after the first: there is nothing left to tell
    changes = {"name": {"old": row.name, "new": None}}
    moves.record_account(row.account, "business_partner.remove", actor=actor, at=at, about=row, changes=changes)
    row.delete()


@transaction.atomic
def save_conveyance(
    *, account: Account, details: Mapping[str, Any], actor: User, at: datetime, row: Conveyance | None = None
) -> Conveyance:
    conveyance = row or Conveyance(company_id=account.company_id, account=account)
    changes = events.changed(conveyance, **details)
    if changes:
        conveyance.save()
        moves.record_account(
            account,
            "conveyance.change" if row else "conveyance.add",
            actor=actor,
            at=at,
            about=conveyance,
            changes=changes,
        )
    return conveyance


@transaction.atomic
def remove_conveyance(*, row: Conveyance, actor: User, at: datetime) -> None:
    if Conveyance.objects.select_for_update().filter(pk=row.pk).first() is None:
        return  # a second press came after the first: there is nothing left to tell
    changes = {"kind": {"old": row.kind, "new": None}}
    moves.record_account(row.account, "conveyance.remove", actor=actor, at=at, about=row, changes=changes)
    row.delete()


@transaction.atomic
def submit(
    *, application: Application, actor: User, at: datetime, address: str, sworn_version: str, fresh_factor: bool
) -> Snapshot:
    """The officer submits: the case is frozen as a snapshot with a hash, assessed and routed. Raises Refused."""
    row = moves.locked(application)
    facts = queries.case_facts(row, queries.programme_day(at))
    found = checks.run(facts)
    stops = [finding for finding in found if finding.severity == Severity.STOPS]
    case = moves.case_view(row, stopping=len(stops))
    moves.check("submit", row, case=case, actor=moves.actor_view(actor, row, at, fresh_factor=fresh_factor))
    if sworn_version != agreement.current_statement().version:
        raise Refused(_("The statement has a newer version. Read it and submit again."), code="stale")
    snapshot = _freeze(row, facts, actor=actor, at=at, address=address, sworn_version=sworn_version)
    changes = events.changed(row, status="submitted", submitted_at=row.submitted_at or at, changed_at=at)
    moves.record(
        row,
        "application.submit",
        actor=actor,
        at=at,
        changes=changes | {"sha256": {"old": None, "new": snapshot.sha256}},
    )
    row.save()
    with tenancy.enter(tenancy.Scope.SYSTEM):
        intake.receive(row, snapshot, facts, found, at=at)
    effects.add("application.receipt", row.reference, snapshot.number, at=at, payload={"snapshot": snapshot.pk})
    return snapshot


def _freeze(
    row: Application, facts: checks.CaseFacts, *, actor: User, at: datetime, address: str, sworn_version: str = ""
) -> Snapshot:
    submitted = queries.submission(row, facts)
    return Snapshot.objects.create(
        company_id=row.company_id,
        application=row,
        number=row.snapshots.count() + 1,
        content=submitted.content,
        sha256=submitted.sha256,
        sworn_version=sworn_version,
        signed_by=actor,
        signed_at=at,
        address=address or None,
    )


@transaction.atomic
def answer_request(*, application: Application, actor: User, at: datetime, address: str) -> Snapshot:
    """Send the reopened answers back to the reviewer; the clock runs again. Raises Refused while one is untouched."""
    row = moves.locked(application)
    acting = moves.actor_view(actor, row, at)
    moves.check("answer", row, case=moves.case_view(row), actor=acting)
    request = InformationRequest.objects.select_for_update().get(application=row, status="open")
    facts = queries.case_facts(row, queries.programme_day(at))
    snapshot = _freeze(row, facts, actor=actor, at=at, address=address)
    moves.move_request(request, "answer", actor=actor, at=at, acting=acting, answered_at=at, answered_by=actor)
    moves.move(row, "answer", "in_review", actor=actor, at=at)
    with tenancy.enter(tenancy.Scope.SYSTEM):
        intake.reassess(row, snapshot, facts, checks.run(facts), at=at)
    effects.add("request.answered", f"request:{request.pk}", 1, at=at, payload={"request": request.pk})
    return snapshot


@transaction.atomic
def withdraw(*, application: Application, reason: str, actor: User, at: datetime) -> Application:
    """Take the application back. Returning later means a new application."""
    row = moves.locked(application)
    acting = moves.actor_view(actor, row, at)
    moves.check("withdraw", row, case=moves.case_view(row), actor=acting)
    if len(reason.strip()) < 3:
        raise Refused(_("Say in a few words why you withdraw."), field="reason")
    open_request = InformationRequest.objects.filter(application=row, status="open").first()
    if open_request:
        moves.move_request(open_request, "close", actor=actor, at=at, acting=acting)
    moves.move(row, "withdraw", "withdrawn", actor=actor, at=at, reason=reason)
    effects.add("application.withdrawn", row.reference, 1, at=at, payload={"application": row.pk})
    return row


def _officer(actor: User, account: Account) -> None:
    if who.role_in(actor, account.company_id) != Role.OFFICER:
        raise Refused(_("Only a company officer may sign. Ask your officer to do this step."), code="role")
