"""One filled-in example of every paper, with awkward names and long texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from trusted_trader import papers
from trusted_trader.papers import (
    AgreementPaper,
    Answer,
    BundleFile,
    CasePaper,
    CertificatePaper,
    EventLine,
    LetterKind,
    LetterPaper,
    ProfilePaper,
    Reason,
    ReceiptPaper,
    Section,
)
from trusted_trader.papers.contexts import Paper

AT = datetime(2026, 3, 9, 15, 30, tzinfo=UTC)
DIGEST = "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea"
MEMBER = {
    "company": "Harbor & Finch Imports, Inc.",
    "account": "TT-204518",
    "entity_type": "U.S. importer",
    "issued_at": AT,
    "help_contact": "help@example.org",
}
FACTS = (
    ("Legal name", "Harbor & Finch Imports, Inc."),
    ("Owners", "Żaneta Ó Briain (60 %)\nJosé Núñez (40 %)"),
    ("Overseas partners", ""),
)
ANSWERS = (
    Answer(
        number="1.1",
        criterion="The company's leaders sign a statement of support for security and show it at its sites.",
        must=True,
        state="Implemented",
        text="Our chief executive signed the statement on 12 January.\n\nIt hangs at both docks <and> in the canteen.",
        evidence=("Statement of support.pdf", "Photo of the south dock.jpg"),
        verdict="Accepted",
        comment="The statement is signed and current.",
    ),
    Answer(
        number="1.2",
        criterion="A team from all relevant departments works on supply chain security.",
        must=False,
        state="Not yet",
        text="We set the team up in May.",
        supplementary=True,
    ),
    Answer(number="1.3", criterion="An internal review is written down each year.", must=True, state="", text=""),
)
SECTIONS = (
    Section(title="Security vision and responsibility", answers=ANSWERS),
    Section(title="Risk", answers=ANSWERS),
)

CERTIFICATE = CertificatePaper(
    **MEMBER,
    number="TTC-2026-000187",
    trade_name="Finch Home",
    level="certified",
    tier=1,
    valid_from_date=date(2026, 3, 9),
    valid_until_date=date(2027, 3, 9),
    verify_url="https://portal.example.org/verify/TTC-2026-000187?code=K7QX-M2P9",
    code="K7QX-M2P9",
    signed_by="Margaret Oyelaran",
    signed_title="Field supervisor, Harbor Field Office",
    demo=True,
)
LETTER = LetterPaper(
    **MEMBER,
    kind=LetterKind.REFUSED,
    reference="TT-APP-000931",
    addressee="Ms. Ada Finch, Company officer",
    address=("12 Quay Street", "Baltimore, MD 21230"),
    written_at=AT,
    body="Dear Ms. Finch,\n\nWe have read your application and the evidence with care.\n\nWe cannot certify you now.",
    reasons=(
        Reason(
            sentence="The evidence does not show that the measures are in place.",
            authority="Minimum security criteria for importers, 7.1",
        ),
        Reason(sentence="The company did not answer an information request in time."),
    ),
    appeal_where="The programme's headquarters, in writing or by e-mail",
    appeal_until_date=date(2026, 6, 7),
    next_steps=("You may apply again at any time.", "Your answers stay in the portal."),
    signed_by="Margaret Oyelaran",
    signed_title="Field supervisor",
    demo=True,
)
RECEIPT = ReceiptPaper(
    **MEMBER,
    reference="TT-APP-000931",
    submitted_at=AT,
    submitted_by="Ada Finch, Company officer",
    sha256=DIGEST,
    edition="2021-1",
    sworn="I have read what is submitted here.\n\nIt is true and complete.",
    next_steps=("A specialist reads your application.", "You hear from us within 90 days."),
    facts=FACTS,
    sections=SECTIONS,
)
AGREEMENT = AgreementPaper(
    **MEMBER,
    agreement_title="Partner agreement",
    version="2026-1",
    text="This agreement is between the company and the programme.\n\n1. A voluntary partnership\nYour company joins.",
    sha256=DIGEST,
    signed_name="Ada Finch",
    signed_email="ada@finch.example",
    signed_at=AT,
    network_address="192.0.2.17",
)
PROFILE = ProfilePaper(
    **MEMBER, edition="2021-1", facts=FACTS, sections=SECTIONS, missing=("Criterion 1.3 has no answer.",)
)
CASE = CasePaper(
    **MEMBER,
    reference="TT-APP-000931",
    status="In review",
    facts=FACTS,
    sections=SECTIONS,
    events=(
        EventLine(at=AT, who="Ada Finch", sentence="Submitted the application.", hash=DIGEST),
        EventLine(
            at=AT,
            who="Sam Ortiz",
            on_behalf_of="Harbor & Finch Imports, Inc.",
            sentence="Asked for information on 1.2.",
            reason="The photo shows another site.",
            hash=DIGEST,
        ),
    ),
    files=(BundleFile(name="events.jsonl", description="Every event", size=48_213, sha256=DIGEST),),
    checking=("Unpack the bundle.", "Run the verifier on it."),
)

SAMPLES: dict[str, tuple[Callable[..., bytes], Paper]] = {
    "certificate": (papers.certificate, CERTIFICATE),
    "letter": (papers.letter, LETTER),
    "receipt": (papers.receipt, RECEIPT),
    "agreement": (papers.agreement, AGREEMENT),
    "profile": (papers.profile, PROFILE),
    "case": (papers.case, CASE),
}
