"""What is known about one parcel of low value. The facts are flat: each is a column of a bulk file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastlane.rules.facts import DECLARED, fact
from fastlane.rules.kinds import AMOUNT, DAY, FLAG, shaped, word
from fastlane.rules.rule import gettext_noop as _

SECTION_321, TYPE_86 = "section_321", "type_86"
ALCOHOL_PERFUME = "alcohol_perfume"
EXCLUDED_GOODS = ("alcohol", "cigars", "cigarettes", "quota")
NO_EXCEPTION = "none"
OWNERS, BROKER = ("owner", "purchaser"), "broker"
HTS_DIGITS = 10


@dataclass(frozen=True, slots=True)
class LowValueFacts:
    """One parcel. Amounts are US dollars, fair retail value in the country of shipment."""

    arrival_date: date | None = fact(DAY, DECLARED, _("the date of arrival"))
    entry_type: str | None = fact(word((SECTION_321, TYPE_86)), DECLARED, _("the way of entry"))
    fair_retail_value_usd: float | None = fact(
        AMOUNT, DECLARED, _("the parcel's value"), _("fair retail value in the country of shipment")
    )
    day_total_usd: float | None = fact(
        AMOUNT,
        DECLARED,
        _("the person's total of the day"),
        _("all that this person imports that day, this parcel too"),
    )
    split_order: bool | None = fact(
        FLAG, DECLARED, _("one order in several lots"), _("this parcel is one of several lots of one order")
    )
    goods: str | None = fact(
        word(("general", ALCOHOL_PERFUME, *EXCLUDED_GOODS)),
        DECLARED,
        _("the kind of goods"),
        _("quota for goods under an absolute or tariff-rate quota"),
    )
    consolidated_total_usd: float | None = fact(
        AMOUNT, DECLARED, _("the consolidated shipment's value"), _("for one consignee; 0 when the parcel came alone")
    )
    antidumping_or_countervailing: bool | None = fact(FLAG, DECLARED, _("antidumping or countervailing duty"))
    duty_tax_or_fee_due: bool | None = fact(FLAG, DECLARED, _("a duty, tax or fee that is due"))
    exception: str | None = fact(
        word((NO_EXCEPTION, "donation", "information_material", "personal_baggage")),
        DECLARED,
        _("the exception"),
        _("goods that 50 USC 1702(b) leaves free, or none"),
    )
    filed_on: date | None = fact(DAY, DECLARED, _("the day of filing"), _("for type 86"))
    filer: str | None = fact(word((*OWNERS, BROKER, "consignee", "other")), DECLARED, _("the filer"), _("for type 86"))
    power_of_attorney: bool | None = fact(FLAG, DECLARED, _("the broker's power of attorney"), _("for type 86"))
    hts_code: str | None = fact(
        shaped(r"[0-9]{1,10}", "6109100012"), DECLARED, _("the tariff number"), _("for type 86, 10 digits")
    )


EXAMPLE: dict[str, object] = {
    "arrival_date": "2025-08-20",
    "entry_type": TYPE_86,
    "fair_retail_value_usd": 64.5,
    "day_total_usd": 64.5,
    "split_order": False,
    "goods": "general",
    "consolidated_total_usd": 0,
    "antidumping_or_countervailing": False,
    "duty_tax_or_fee_due": False,
    "exception": NO_EXCEPTION,
    "filed_on": "2025-08-19",
    "filer": BROKER,
    "power_of_attorney": True,
    "hts_code": "6109100012",
}  # fmt: skip
