"""The Global Business Identifier test: who may take part, and which identifiers name each party."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from stdnum import ean, lei

from fastlane.rules.facts import DECLARED, PORTAL, fact, items
from fastlane.rules.kinds import DAY, shaped, text, word
from fastlane.rules.outcome import Outcome
from fastlane.rules.rule import SOURCED, UNCONFIRMED, Listed, Missing, rule
from fastlane.rules.rule import gettext_noop as _

REQUIRED_ROLES = ("manufacturer", "shipper", "seller")
OPTIONAL_ROLES = ("exporter", "distributor", "packager")
MOST_PARTIES = 100
_FORMS = {
    "lei": re.compile(r"[A-Z0-9]{20}", re.ASCII),
    "duns": re.compile(r"[0-9]{9}", re.ASCII),
    "gln": re.compile(r"[0-9]{13}", re.ASCII),
    "altana": re.compile(r"\S.*"),
}
_BOTH_SIDES = frozenset({"before", "after"})


@dataclass(frozen=True, slots=True)
class Party:
    role: str | None = fact(word((*REQUIRED_ROLES, *OPTIONAL_ROLES)), DECLARED, _("a party's role"))
    lei: str | None = fact(text(40), DECLARED, _("a party's LEI"), _("20 letters and digits"), optional=True)
    duns: str | None = fact(text(40), DECLARED, _("a party's D-U-N-S number"), _("9 digits"), optional=True)
    gln: str | None = fact(text(40), DECLARED, _("a party's GLN"), _("13 digits"), optional=True)
    altana: str | None = fact(text(100), DECLARED, _("a party's Altana identifier"), optional=True)
    mid: str | None = fact(
        text(40), DECLARED, _("a party's manufacturer number"), _("never enough alone"), optional=True
    )


@dataclass(frozen=True, slots=True)
class GbiFacts:
    """One entry that takes part in the test."""

    arrival_date: date | None = fact(DAY, DECLARED, _("the date of arrival"))
    participant: str | None = fact(
        word(("importer_of_record", "customs_broker", "other")), PORTAL, _("the participant's role")
    )
    entry_type: str | None = fact(shaped(r"[0-9]{2}", "01"), DECLARED, _("the entry type"))
    parties: tuple[Party, ...] | None = items(Party, DECLARED, _("the parties"), MOST_PARTIES)


@rule(
    "GB-01", Outcome.INELIGIBLE, _("Only an importer of record or a licensed broker takes part."),
    "[S 39]", SOURCED, needs=("participant",), outside_law=_BOTH_SIDES,
)  # fmt: skip
def not_a_participant(role: str) -> bool:
    return role == "other"


@rule(
    "GB-02", Outcome.INELIGIBLE, _("The test takes entry types 01 and 11."),
    "[S 39]", SOURCED, needs=("entry_type",), outside_law=_BOTH_SIDES,
)  # fmt: skip
def wrong_entry_type(entry_type: str) -> bool:
    return entry_type not in {"01", "11"}


def _given(party: Party) -> Iterator[tuple[str, str]]:
    for scheme in _FORMS:
        if value := getattr(party, scheme):
            yield scheme, value


def _well_formed(scheme: str, value: str) -> bool:
    return _FORMS[scheme].fullmatch(value) is not None


def _holds(scheme: str, value: str) -> bool:
    digits_fit = {"lei": lei.is_valid, "gln": ean.is_valid}.get(scheme)
    return _well_formed(scheme, value) and (digits_fit is None or digits_fit(value))


@rule(
    "GB-03", Outcome.INCOMPLETE,
    _("Give each party an LEI, a D-U-N-S number, a GLN or an Altana identifier. Lacking: %(lacking)s."),
    "[S 39]; Altana's form [U]", SOURCED, needs=("parties",),
)  # fmt: skip
def party_without_identifier(parties: tuple[Party, ...]) -> Mapping[str, str] | Missing:
    if unsaid := tuple(f"parties.{number}.role" for number, party in enumerate(parties) if party.role is None):
        return Missing(unsaid)
    lacking = [party.role or "" for party in parties if not any(_well_formed(*one) for one in _given(party))]
    return {"lacking": ", ".join(lacking)} if lacking else {}


@rule(
    "GB-04", Outcome.INCOMPLETE, _("Name the manufacturer, the shipper and the seller. Lacking: %(lacking)s."),
    "[S 39]", SOURCED, needs=("parties",),
)  # fmt: skip
def role_lacking(parties: tuple[Party, ...]) -> Mapping[str, str]:
    there = {party.role for party in parties}
    lacking = [role for role in REQUIRED_ROLES if role not in there]
    return {"lacking": ", ".join(lacking)} if lacking else {}


@rule(
    "GB-05", Outcome.INCOMPLETE,
    _("Some identifiers have a wrong form or check digit. Compare them with the papers: %(wrong)s."),
    "LEI mod 97, GLN mod 10, D-U-N-S none: standard practice [U]", UNCONFIRMED, needs=("parties",),
)  # fmt: skip
def wrong_check_digit(parties: tuple[Party, ...]) -> Mapping[str, str]:
    wrong = [value for party in parties for scheme, value in _given(party) if not _holds(scheme, value)]
    return {"wrong": ", ".join(wrong)} if wrong else {}


RULES = (not_a_participant, wrong_entry_type, party_without_identifier, role_lacking, wrong_check_digit)

LISTED = (
    Listed(
        "GB-06",
        _("A manufacturer number (MID) is accepted beside the others, but is neither consistent nor unique."),
        "[S 39]",
        SOURCED,
        _("Parties are never matched by a manufacturer number alone."),
    ),
)

EXAMPLE: dict[str, object] = {
    "arrival_date": "2026-12-14",
    "participant": "importer_of_record",
    "entry_type": "01",
    "parties": [
        {"role": "manufacturer", "lei": "213800KUD8LAJWSQ9D15", "mid": "MXALPFAB12MON"},
        {"role": "shipper", "gln": "4006381333931"},
        {"role": "seller", "duns": "150483782"},
    ],
}
