"""CTPAT Trade Compliance: who may join it, and the benefits that tiers bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastlane.rules.aqua_facts import SNAKE
from fastlane.rules.facts import DECLARED, PORTAL, fact, group
from fastlane.rules.kinds import DAY, FLAG, count, word
from fastlane.rules.outcome import Outcome
from fastlane.rules.rule import SOURCED, Listed, rule
from fastlane.rules.rule import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Importer:
    business_type: str | None = fact(SNAKE, PORTAL, _("the business type"))
    tier: int | None = fact(count(3), PORTAL, _("the tier"), _("1 to 3; 0 without a tier"))
    in_good_standing: bool | None = fact(FLAG, PORTAL, _("the good standing"))


@dataclass(frozen=True, slots=True)
class TradeComplianceFacts:
    """One importer's wish to join."""

    asked_on: date | None = fact(DAY, PORTAL, _("the day of the request"))
    importer: Importer = group(Importer, PORTAL, _("the importer"))
    every_question_yes: bool | None = fact(
        FLAG, DECLARED, _("the eligibility questions"), _("every one of them answered yes")
    )
    agreement_signed: bool | None = fact(FLAG, DECLARED, _("the memorandum of understanding"), _("signed"))
    started_by: str | None = fact(
        word(("officer", "contact", "company_user", "consultant", "other")), PORTAL, _("who started it")
    )
    annual_letter_current: bool | None = fact(
        FLAG, DECLARED, _("the annual notification letter"), _("sent in time, or not yet due")
    )


@rule(
    "TC-01", Outcome.INELIGIBLE,
    _("Trade Compliance isn't open to this importer yet. Lacking: %(lacking)s."), "[S 29]", SOURCED,
    needs=(
        "asked_on", "importer.business_type", "importer.tier", "importer.in_good_standing", "every_question_yes",
        "agreement_signed", "started_by", "annual_letter_current",
    ),
)  # fmt: skip
def not_open_yet(
    asked_on: date, kind: str, tier: int, good: bool, answers: bool, agreement: bool, starter: str, letter: bool
) -> Mapping[str, str]:
    conditions = (
        (kind == "importer", _("an importer")),
        (tier >= 2, _("tier 2 or 3")),
        (good, _("good standing")),
        (answers, _("yes to every eligibility question")),
        (agreement, _("a signed memorandum")),
        (starter == "officer", _("a start by the company officer")),
        (letter, _("the annual notification letter")),
    )
    lacking = [title for met, title in conditions if not met]
    return {"lacking": ", ".join(lacking)} if lacking else {}


RULES = (not_open_yet,)

LISTED = (
    Listed(
        "TI-01", _("Tier 1: the targeting score falls by at most 20 percent of the high-risk threshold."),
        "SAFE Port Act s.214 [S 26]", SOURCED,
        _("A benefit: targeting weighs it. Certification within 90 days where practicable."),
    ),
    Listed(
        "TI-02", _("Tier 2: follows an on-site validation."),
        "s.215 [S 26]; 4-year revalidation cycle, CBP FAQ [S 27]", SOURCED,
        _("Standing: recording and confirming a validation raises the tier."),
    ),
    Listed(
        "TI-03", _("Tier 3: faster release, fewer exams, exam priority and a lower risk score are possible."),
        "s.216 [S 26]", SOURCED, _("A benefit: targeting and inspections weigh it."),
    ),
    Listed(
        "TI-04", _("Only the targeted container is held; the rest of the entry may move."), "[S 28]", SOURCED,
        _("A benefit: the ledger counts holds that stayed with one container."),
    ),
)  # fmt: skip

EXAMPLE: dict[str, object] = {
    "asked_on": "2026-12-01",
    "importer": {"business_type": "importer", "tier": 2, "in_good_standing": True},
    "every_question_yes": True,
    "agreement_signed": True,
    "started_by": "officer",
    "annual_letter_current": True,
}
