"""The rules of low-value goods (Section 321 and entry type 86). Which of them are in force is the law table's to say.

Each rule has a column form in low_value_columns.py; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from fastlane.rules.low_value_facts import (
    ALCOHOL_PERFUME,
    BROKER,
    EXCLUDED_GOODS,
    HTS_DIGITS,
    NO_EXCEPTION,
    OWNERS,
    TYPE_86,
)
from fastlane.rules.outcome import Outcome
from fastlane.rules.reference import Reference
from fastlane.rules.rule import SOURCED, Law, Listed, rule
from fastlane.rules.rule import gettext_noop as _

INELIGIBLE = Outcome.INELIGIBLE
LIMIT = "S3-01"
BY_TYPE_86 = ("entry_type", TYPE_86)


def last_limit(reference: Reference) -> int:
    """Return the dollars a person and day that the exemption last allowed; 0 when no law names any."""
    periods = reference.law.get(LIMIT, ())
    return (periods[-1].amount or 0) if periods else 0


@rule(
    LIMIT, INELIGIBLE,
    _("This person's goods of that day are worth more than $%(limit)s."),
    "19 CFR 10.151 [S 31]", SOURCED,
    needs=("fair_retail_value_usd", "day_total_usd"), law=True, outside_law=frozenset({"before"}),
)  # fmt: skip
def over_the_limit(law: Law, value: float, day_total: float) -> Mapping[str, int]:
    limit = law.amount or 0
    return {"limit": limit} if max(value, day_total) > limit else {}


@rule(
    "S3-02", INELIGIBLE, _("One order may not be split into several lots to gain free entry."),
    "19 CFR 10.151 [S 31]", SOURCED, needs=("split_order",),
)  # fmt: skip
def split_order(split: bool) -> bool:
    return split


@rule(
    "S3-03", INELIGIBLE,
    _("These goods, or a consolidated shipment of this value, are outside of the exemption."),
    "19 CFR 10.153 as summarised [S 32]", SOURCED,
    needs=("goods", "fair_retail_value_usd", "consolidated_total_usd"), law=True,
)  # fmt: skip
def excluded_goods(law: Law, goods: str, value: float, consolidated: float) -> bool:
    limit = law.reference.law_on(LIMIT, law.on)
    perfume = goods == ALCOHOL_PERFUME and value > (law.amount or 0)
    return goods in EXCLUDED_GOODS or perfume or consolidated > ((limit and limit.amount) or 0)


@rule(
    "S3-04", INELIGIBLE, _("Goods under antidumping or countervailing duty, or with any duty due, can't enter free."),
    "[S 33]", SOURCED, needs=("antidumping_or_countervailing", "duty_tax_or_fee_due"),
)  # fmt: skip
def duty_due(antidumping: bool, duty: bool) -> bool:
    return antidumping or duty


@rule(
    "S3-05", INELIGIBLE,
    _("Free entry of low-value goods has ended for every country and mode. File entry type 01 or 11."),
    "EO 14324; CSMS 66065494, 67845486 [S 34]; excepted goods within the last limit [D]", SOURCED,
    needs=("exception", "fair_retail_value_usd", "day_total_usd"), law=True,
)  # fmt: skip
def free_entry_ended(law: Law, exception: str, value: float, day_total: float) -> bool:
    return exception == NO_EXCEPTION or max(value, day_total) > last_limit(law.reference)


@rule(
    "S3-06", INELIGIBLE, _("The end of free entry goes on under the order of February 2026."),
    "EO 14388 [S 34,35]", SOURCED, needs=("exception",),
)  # fmt: skip
def suspension_continued(exception: str) -> bool:
    return exception == NO_EXCEPTION


@rule(
    "S3-07", INELIGIBLE,
    _("The regulation itself suspends free entry. Mail has its own informal entry or the type 13 test."),
    "19 CFR 10.151 and 145.31; 91 FR 37789, 37801, 38007 [S 35]; exceptions as before [D]", SOURCED,
    needs=("exception",),
)  # fmt: skip
def suspended_by_regulation(exception: str) -> bool:
    return exception == NO_EXCEPTION


@rule(
    "S3-08", INELIGIBLE, _("The statute no longer knows an exemption for commercial goods of low value."),
    "2025 tax act [S 36]; excepted goods count as not commercial [D]", SOURCED, needs=("exception",),
)  # fmt: skip
def ended_by_statute(exception: str) -> bool:
    return exception == NO_EXCEPTION


@rule(
    "E8-01", INELIGIBLE,
    _("Type 86 is filed by owner, purchaser, or a broker with power of attorney, with a 10-digit tariff number."),
    "CBP FAQ [S 33]", SOURCED,
    needs=("filer", "power_of_attorney", "hts_code"), when=BY_TYPE_86, outside_law=frozenset({"before"}),
)  # fmt: skip
def not_filed_as_asked(filer: str, power_of_attorney: bool, hts_code: str) -> bool:
    may_file = filer in OWNERS or (filer == BROKER and power_of_attorney)
    return not may_file or len(hts_code) != HTS_DIGITS


@rule(
    "E8-02", INELIGIBLE, _("Type 86 was filed too late for its date of arrival."),
    "89 FR 2630, CSMS 59889329 [S 37]", SOURCED, needs=("filed_on", "arrival_date"), when=BY_TYPE_86, law=True,
)  # fmt: skip
def filed_late(law: Law, filed_on: date, arrival: date) -> bool:
    return filed_on - arrival > timedelta(days=law.amount or 0)


@rule(
    "E8-03", INELIGIBLE, _("The agency's system rejects type 86 and Section 321. File entry type 01 or 11."),
    "CSMS 66065494 [S 34]; excepted goods may still be manifested [D]", SOURCED, needs=("entry_type", "exception"),
)  # fmt: skip
def rejected_by_the_system(entry_type: str, exception: str) -> bool:
    return entry_type == TYPE_86 or exception == NO_EXCEPTION


RULES = (
    over_the_limit, split_order, excluded_goods, duty_due, free_entry_ended, suspension_continued,
    suspended_by_regulation, ended_by_statute, not_filed_as_asked, filed_late, rejected_by_the_system,
)  # fmt: skip

LISTED = (
    Listed(
        "S3-09",
        _("Misuse of the exemption costs up to $5,000, then up to $10,000 each time."),
        "[S 36]",
        SOURCED,
        _("A consequence case, once misuse is found; no fact of a parcel says so."),
    ),
)
