"""Fill in the company's papers from rows: receipt, agreement, whole profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Account
from trusted_trader import agreement as texts
from trusted_trader import criteria, entity_types, papers
from trusted_trader.application import queries
from trusted_trader.application.models import AgreementSignature, Application, Response, Snapshot
from trusted_trader.application.progress import progress
from trusted_trader.application.wording import PROFILE_TEXTS
from trusted_trader.criteria import Level
from trusted_trader.entity_types import EntityType
from trusted_trader.review.models import Verdict


def carried(account: Account, issued_at: datetime) -> dict[str, Any]:
    """What every paper carries."""
    return {
        "company": account.company.legal_name,
        "account": account.number,
        "entity_type": _(entity_types.for_type(EntityType(account.entity_type)).title),
        "issued_at": issued_at,
        "help_contact": settings.SUPPORT_EMAIL,
        "demo": settings.DEMO,
    }


def receipt(snapshot: Snapshot) -> bytes:
    """The receipt, from the snapshot alone: what was submitted, not what stands there now."""
    application = snapshot.application
    content = snapshot.content
    paper = papers.ReceiptPaper(
        **carried(application.account, snapshot.signed_at),
        reference=application.reference,
        submitted_at=snapshot.signed_at,
        submitted_by=str(snapshot.signed_by),
        sha256=snapshot.sha256,
        edition=content["edition"],
        sworn=texts.get_statement(snapshot.sworn_version).text if snapshot.sworn_version else "",
        next_steps=next_steps(),
        facts=facts(content),
        sections=sections(content["edition"], content["entity_type"], content["answers"]),
    )
    return papers.receipt(paper)


def next_steps() -> tuple[str, ...]:
    return (
        _("A specialist reviews your security profile. The vetting of the company and its people runs beside it."),
        _("If an answer is not clear, we ask. Only that answer opens again, and our clock waits for you."),
        _("We decide within 90 days of the submission, as far as practicable."),
        _("You find every step, letter and date on your account's page."),
    )


def agreement(signature: AgreementSignature) -> bytes:
    text = texts.get(signature.version)
    paper = papers.AgreementPaper(
        **carried(signature.account, signature.signed_at),
        agreement_title=text.title,
        version=text.version,
        text=text.text,
        sha256=signature.sha256,
        signed_name=signature.typed_name,
        signed_email=signature.signed_by.email,
        signed_at=signature.signed_at,
        network_address=signature.address or "",
    )
    return papers.agreement(paper)


def profile(application: Application, at: datetime) -> bytes:
    """The whole profile as it stands now, with what is still missing."""
    day = queries.programme_day(at)
    content = queries.submission(application, queries.case_facts(application, day)).content
    missing = tuple(item.text for item in progress(application, day).stops) if application.status == "draft" else ()
    paper = papers.ProfilePaper(
        **carried(application.account, at),
        edition=application.edition,
        facts=facts(content),
        sections=sections(application.edition, content["entity_type"], content["answers"]),
        missing=missing,
    )
    return papers.profile(paper)


def facts(content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Label and value of what the company said about itself."""
    company = content["company"]
    yes_no = {True: _("Yes"), False: _("No"), None: _("Not answered")}
    lines = [
        (_("Legal name"), company["legal_name"]),
        (_("Trade name"), company["trade_name"] or "–"),
        (_("In business since"), company["started_on"] or "–"),
        (_("Employees"), str(company["employees"] if company["employees"] is not None else "–")),
        (_("Numbers"), ", ".join(f"{row['scheme'].upper()} {row['value']}" for row in content["identifiers"]) or "–"),
        (_("Sites"), "; ".join(f"{row['name']}: {row['address']}" for row in content["facilities"]) or "–"),
        (_("Business partners"), "; ".join(f"{row['name']} ({row['country']})" for row in content["partners"]) or "–"),
        (_("Means of transport"), "; ".join(f"{row['count']} {row['kind']}" for row in content["conveyances"]) or "–"),
    ]
    lines += [(str(text), str(yes_no[content["profile"].get(code)])) for code, text in PROFILE_TEXTS.items()]
    return tuple(lines)


def sections(
    edition_id: str, entity_type: str, answers: Mapping[str, Any], verdicts: Mapping[str, Verdict] | None = None
) -> tuple[papers.Section, ...]:
    """The answers under their categories; with verdicts where the reader is of the staff."""
    words = dict(Response.State.choices)
    groups = criteria.edition(edition_id).by_category(EntityType(entity_type))
    return tuple(
        papers.Section(
            title=_(category.name),
            answers=tuple(
                _answer(c, answers.get(c.number), entity_type, words, (verdicts or {}).get(c.number)) for c in asked
            ),
        )
        for category, asked in groups.items()
    )


def _answer(
    criterion: criteria.Criterion,
    answer: Mapping[str, Any] | None,
    entity_type: str,
    words: Mapping[Any, Any],
    verdict: Verdict | None,
) -> papers.Answer:
    answer = answer or {"state": "", "text": "", "because": "", "evidence": []}
    return papers.Answer(
        number=criterion.number,
        criterion=_(criterion.question),
        must=criterion.level(EntityType(entity_type)) == Level.MUST,
        state=str(words[answer["state"]]),
        text=answer["text"] if answer["state"] != "not_applicable" else answer["because"],
        evidence=tuple(document["title"] for document in answer["evidence"]),
        supplementary=criterion.supplementary,
        verdict=verdict.get_word_display() if verdict else "",
        comment=verdict.comment if verdict else "",
    )
