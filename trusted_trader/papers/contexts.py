"""What each paper shows: one frozen dataclass a paper. Callers fill it in; nothing here looks anything up.

Every `_at` is an aware datetime, shown in New York time and in UTC; every `_date` is a programme day. Words for states,
roles and entity types come in as the reader should see them, already translated. Nothing internal may stand in a paper
for a company: leave it out of the dataclass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext as _

ROMAN = {1: "I", 2: "II", 3: "III"}


class LetterKind(StrEnum):
    """What a letter tells; each kind has its own heading."""

    CERTIFIED = "certified"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What every paper carries. `account` is the account number, `issued_at` the date in the file's metadata."""

    company: str
    account: str
    entity_type: str
    issued_at: datetime
    help_contact: str
    demo: bool = False
    language: str = "en"
    size: Literal["Letter", "A4"] = "Letter"

    @property
    def title(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePaper(Paper):
    """A certificate. `valid_until_date` is the first day on which it no longer holds; the paper shows the day before.

    `level` is `certified` or `validated`, `tier` 1 to 3 or None. `verify_url` is the whole public address that the QR
    code opens, `code` what a reader types in there. `signed_by` and `signed_title` name who decided.
    """

    number: str
    level: str
    tier: int | None
    valid_from_date: date
    valid_until_date: date
    verify_url: str
    code: str
    signed_by: str
    signed_title: str
    trade_name: str = ""

    @property
    def title(self) -> str:
        return _("Certificate %(number)s for %(company)s") % {"number": self.number, "company": self.company}

    @property
    def level_words(self) -> str:
        level = {"certified": _("Certified"), "validated": _("Validated")}[self.level]
        return _("%(level)s (Tier %(tier)s)") % {"level": level, "tier": ROMAN[self.tier]} if self.tier else level

    @property
    def last_date(self) -> date:
        return self.valid_until_date - timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason as the company reads it, with the rule it rests on."""

    sentence: str
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPaper(Paper):
    """A letter about a decision. `body` is the letter's own text: paragraphs parted by an empty line.

    `appeal_until_date` is the last day on which an appeal is in time; None where there is nothing to appeal.
    """

    kind: LetterKind
    reference: str
    addressee: str
    address: tuple[str, ...]
    written_at: datetime
    body: str
    signed_by: str
    signed_title: str
    reasons: tuple[Reason, ...] = ()
    appeal_where: str = ""
    appeal_until_date: date | None = None
    next_steps: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        return {
            LetterKind.CERTIFIED: _("Your company is certified"),
            LetterKind.REFUSED: _("Your application is refused"),
            LetterKind.SUSPENDED: _("Your membership is suspended"),
            LetterKind.REINSTATED: _("Your membership is reinstated"),
        }[self.kind]

    @property
    def title(self) -> str:
        return f"{self.heading}: {self.company}, {self.reference}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One criterion with the company's answer. `state` is the word for implemented, not yet or not applicable.

    `supplementary` marks a house number. `verdict` and `comment` are for case bundles.
    """

    number: str
    criterion: str
    must: bool
    state: str
    text: str
    evidence: tuple[str, ...] = ()
    supplementary: bool = False
    verdict: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One of the twelve categories with its answers, in the order of the edition."""

    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPaper(Paper):
    """The receipt for a submission, with a whole copy of what was submitted.

    `sha256` is the snapshot's digest, `sworn` the exact text that was sworn, `facts` label and value of the profile.
    """

    reference: str
    submitted_at: datetime
    submitted_by: str
    sha256: str
    edition: str
    sworn: str
    next_steps: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    @property
    def title(self) -> str:
        return _("Receipt %(reference)s for %(company)s") % {"reference": self.reference, "company": self.company}


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of an agreement: its numbered heading, or none, and its words."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPaper(Paper):
    """An agreement as it was signed: exact text and version, who, when, from which network address, and the digest."""

    agreement_title: str
    version: str
    text: str
    sha256: str
    signed_name: str
    signed_email: str
    signed_at: datetime
    network_address: str

    @property
    def title(self) -> str:
        return f"{self.agreement_title}, {self.version}: {self.company}"

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The text in order; a paragraph whose first line reads like "3. True statements" has that as its heading."""
        return tuple(_clause(paragraph) for paragraph in re.split(r"\n\s*\n", self.text.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePaper(Paper):
    """The whole security profile in print. `missing` are sentences on what is still open."""

    edition: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    missing: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return _("Security profile of %(company)s") % {"company": self.company}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One event of the chain as a plain sentence, with who, for whom, why and its hash."""

    at: datetime
    who: str
    sentence: str
    hash: str
    on_behalf_of: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """A file of the bundle: its name there, what it is, its size in bytes and its digest."""

    name: str
    description: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePaper(Paper):
    """The cover of a case bundle: facts, answers with verdicts, events, files and how to check them."""

    reference: str
    status: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    events: tuple[EventLine, ...]
    files: tuple[BundleFile, ...]
    checking: tuple[str, ...]

    @property
    def title(self) -> str:
        return _("Case %(reference)s of %(company)s") % {"reference": self.reference, "company": self.company}


def _clause(paragraph: str) -> Clause:
    first, _newline, rest = paragraph.partition("\n")
    return Clause(first, rest) if rest and re.match(r"\d+\. ", first) else Clause("", paragraph)
