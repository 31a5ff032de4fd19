"""Reads of an application: the facts that rules judge, what is missing, what was submitted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from accounts.models import Account, Facility, Identifier, Person
from trusted_trader import checks, criteria
from trusted_trader.application.models import (
    OPEN,
    AgreementSignature,
    Application,
    BusinessPartner,
    Conveyance,
    Evidence,
    Response,
    ResponseEvidence,
)
from trusted_trader.checks.cross_company import (
    AddressMatch,
    IdentifierMatch,
    NameMatch,
    OfficerMatch,
    OthersFacts,
)
from trusted_trader.checks.facts import (
    AnswerFacts,
    CaseFacts,
    CompanyFacts,
    ConveyanceFacts,
    EvidenceFacts,
    FacilityFacts,
    IdentifierFacts,
    PartnerFacts,
    PersonFacts,
)
from trusted_trader.criteria import Criterion, Edition
from trusted_trader.entity_types import EntityType

PROGRAMME_ZONE = ZoneInfo(settings.TIME_ZONE)


def programme_day(at: datetime) -> date:
    """The programme's day (America/New_York) at a moment."""
    return at.astimezone(PROGRAMME_ZONE).date()


def open_application(account: Account) -> Application | None:
    return Application.objects.filter(account=account, status__in=OPEN).first()


def newest_application(account: Account) -> Application | None:
    return Application.objects.filter(account=account).order_by("-pk").first()


def agreement_of(account: Account) -> AgreementSignature | None:
    return AgreementSignature.objects.filter(account=account).select_related("signed_by").order_by("-signed_at").first()


def edition_of(application: Application) -> Edition:
    return criteria.edition(application.edition)


def criteria_of(application: Application) -> tuple[Criterion, ...]:
    return edition_of(application).for_entity(EntityType(application.account.entity_type))


def responses_of(account: Account) -> dict[str, Response]:
    rows = Response.objects.filter(account=account).select_related("updated_by").prefetch_related("evidence")
    return {row.number: row for row in rows}


def evidence_of(company_id: int) -> list[Evidence]:
    """The company's evidence that was not removed, newest first."""
    return list(
        Evidence.objects.filter(company_id=company_id, removed_at=None)
        .select_related("facility", "uploaded_by")
        .order_by("-uploaded_at")
    )


def case_facts(application: Application, on: date) -> CaseFacts:
    """Everything a validation rule may read about this case, as of now; a dozen queries whatever the size."""
    account = application.account
    company = account.company
    return CaseFacts(
        entity_type=EntityType(account.entity_type),
        on=on,
        edition=edition_of(application),
        company=CompanyFacts(
            company.legal_name,
            company.trade_name,
            company.ownership,
            str(company.country),
            company.website,
            company.started_on,
            company.employees,
            company.history,
        ),
        identifiers=tuple(
            IdentifierFacts(row.scheme, row.value) for row in Identifier.objects.filter(account=account).order_by("pk")
        ),
        facilities=tuple(
            FacilityFacts(str(f.pk), f.name, f.kind, str(f.country), f.address, f.staffed, f.handles_cargo)
            for f in Facility.objects.filter(company=company).order_by("pk")
        ),
        people=tuple(
            PersonFacts(str(p.pk), p.name, _roles(p), p.email, p.vetting_complete)
            for p in Person.objects.filter(company=company, erased_at=None).order_by("pk")
        ),
        partners=tuple(
            PartnerFacts(
                str(p.pk), p.name, str(p.country), p.kind, p.certified_claim, str(p.programme_country), p.certificate
            )
            for p in BusinessPartner.objects.filter(account=account).order_by("pk")
        ),
        conveyances=tuple(
            ConveyanceFacts(c.kind, c.count) for c in Conveyance.objects.filter(account=account).order_by("pk")
        ),
        profile=application.profile,
        eligibility=application.eligibility,
        answers=_answers(account),
        evidence={str(e.pk): _evidence_facts(e) for e in evidence_of(company.pk)},
        other_answers=_other_answers(account),
    )


def _roles(person: Person) -> frozenset[str]:
    held = {
        "officer": person.is_officer,
        "contact": person.is_contact,
        "owner": person.is_owner,
        "manager": person.is_manager,
    }
    return frozenset(role for role, has in held.items() if has)


def _answers(account: Account) -> dict[str, AnswerFacts]:
    linked: dict[int, list[str]] = {}
    links = ResponseEvidence.objects.filter(response__account=account, evidence__removed_at=None).order_by("pk")
    for response_id, evidence_id in links.values_list("response_id", "evidence_id"):
        linked.setdefault(response_id, []).append(str(evidence_id))
    return {
        row.number: AnswerFacts(row.number, row.state, row.text, row.because, tuple(linked.get(row.pk, ())))
        for row in Response.objects.filter(account=account)
    }


def _other_answers(account: Account) -> dict[str, str]:
    """Texts of the same company's other accounts, so that a copy can be told from an answer."""
    rows = Response.objects.filter(company_id=account.company_id).exclude(account=account).exclude(text="")
    return {f"{row.account_id}:{row.number}": row.text for row in rows.only("account_id", "number", "text")}


def _evidence_facts(row: Evidence) -> EvidenceFacts:
    facility = str(row.facility_id) if row.facility_id else ""
    return EvidenceFacts(
        str(row.pk),
        row.title,
        row.filename,
        row.media_type,
        row.state,
        row.issued_on,
        row.expires_on,
        facility,
        row.text,
        row.pages,
    )


def findings(application: Application, on: date) -> tuple[checks.Finding, ...]:
    """What the automatic checks say to the company now."""
    return checks.run(case_facts(application, on))


def others_facts(application: Application) -> OthersFacts:
    """Other companies that share a number, a name by trigram, an address or an officer with this one.

    Runs in the portal's own tenancy, at submission; shown to reviewers alone.
    """
    company = application.account.company
    own = Identifier.objects.filter(account__company=company)
    same = (
        Identifier.objects.filter(lookup__in=own.values("lookup"))
        .exclude(company=company)
        .select_related("account__company")
    )
    identifiers = tuple(
        IdentifierMatch(row.scheme, row.shown, row.account.number, row.account.company.legal_name) for row in same[:20]
    )
    return OthersFacts(
        same_identifier=identifiers,
        similar_names=tuple(NameMatch(name, alike, number) for name, alike, number in _similar_names(company.pk)),
        same_address=tuple(AddressMatch(*row) for row in _same_addresses(company.pk)),
        same_officer=tuple(OfficerMatch(*row) for row in _same_officers(company.pk)),
    )


def _rows(sql: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def _similar_names(company_id: int) -> list[tuple[Any, ...]]:
    return _rows(
        "select o.legal_name, similarity(o.legal_name, c.legal_name), min(a.number) from accounts_company c"
        " join accounts_company o on o.id <> c.id and o.legal_name %% c.legal_name"
        " join accounts_account a on a.company_id = o.id where c.id = %s"
        " group by o.legal_name, c.legal_name order by 2 desc limit 10",
        [company_id],
    )


def _same_addresses(company_id: int) -> list[tuple[Any, ...]]:
    return _rows(
        "select f.street || ', ' || f.city, min(a.number), o.legal_name from accounts_facility f"
        " join accounts_facility g on g.company_id <> f.company_id and lower(g.street) = lower(f.street)"
        "  and lower(g.city) = lower(f.city) and g.country = f.country"
        " join accounts_company o on o.id = g.company_id join accounts_account a on a.company_id = o.id"
        " where f.company_id = %s group by 1, 3 limit 10",
        [company_id],
    )


def _same_officers(company_id: int) -> list[tuple[Any, ...]]:
    return _rows(
        "select left(p.name, 1) || '.', min(a.number), o.legal_name from accounts_person p"
        " join accounts_person q on q.company_id <> p.company_id and q.lookup = p.lookup"
        " join accounts_company o on o.id = q.company_id join accounts_account a on a.company_id = o.id"
        " where p.company_id = %s and p.lookup <> '' group by 1, 3 limit 10",
        [company_id],
    )


# --- The snapshot ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Submission:
    """Canonical content of what is submitted, and its SHA-256."""

    content: dict[str, Any]
    sha256: str


def submission(application: Application, facts: CaseFacts) -> Submission:
    """Freeze the facts as submitted: everything the officer swears to, evidence by name and hash."""
    account = application.account
    hashes = dict(Evidence.objects.filter(company_id=account.company_id).values_list("pk", "sha256"))
    content = {
        "account": account.number,
        "application": application.reference,
        "entity_type": account.entity_type,
        "edition": application.edition,
        "company": _plain(asdict(facts.company)),
        "identifiers": [
            {"scheme": row.scheme, "value": row.shown} for row in account.identifiers.order_by("scheme", "pk")
        ],
        "facilities": [_plain(asdict(f)) for f in facts.facilities],
        "people": [{"key": p.key, "roles": sorted(p.roles)} for p in facts.people],
        "partners": [_plain(asdict(p)) for p in facts.partners],
        "conveyances": [_plain(asdict(c)) for c in facts.conveyances],
        "profile": dict(sorted(facts.profile.items())),
        "eligibility": dict(sorted(facts.eligibility.items())),
        "answers": {number: _answer(facts, facts.answers[number], hashes) for number in sorted(facts.answers)},
    }
    return Submission(content, content_hash(content))


def _answer(facts: CaseFacts, answer: AnswerFacts, hashes: Mapping[int, str]) -> dict[str, Any]:
    return {
        "state": answer.state,
        "text": answer.text,
        "because": answer.because,
        "evidence": [
            {"id": key, "title": facts.evidence[key].title, "sha256": hashes.get(int(key), "")}
            for key in answer.evidence
            if key in facts.evidence
        ],
    }


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else sorted(value) if isinstance(value, frozenset) else value
        for name, value in values.items()
    }
