"""Are the numbers there that this entity type needs, and are they well formed?"""

from collections import Counter
from collections.abc import Iterator

from accounts.identifiers import SCHEMES, check, normalise
from trusted_trader.checks.facts import CaseFacts
from trusted_trader.checks.finding import ELIGIBILITY, HOUSE, Hit, Severity, rule
from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.entity_types import EntityType, missing_identifiers

STOPS, LOOK, HINT = Severity.STOPS, Severity.LOOK, Severity.HINT
PLACE = "company:identifiers"
# Types for which Mexican firms add their tax number (their own list names it for no other country).
MEXICAN_TAX_NUMBER = frozenset({EntityType.HIGHWAY_CARRIER, EntityType.FOREIGN_MANUFACTURER})


def _title(scheme: str) -> str:
    return SCHEMES[scheme].title if scheme in SCHEMES else scheme


@rule(
    "IDN-01", STOPS, ELIGIBILITY,
    _("A required number is missing"),
    _("Add your %(scheme)s. It is required for your kind of business."),
)  # fmt: skip
def identifier_missing(facts: CaseFacts) -> Iterator[Hit]:
    held = {number.scheme for number in facts.identifiers if number.value.strip()}
    for need in missing_identifiers(facts.entity_type, held):
        schemes = (need,) if isinstance(need, str) else need
        yield Hit(PLACE, {"scheme": " / ".join(map(_title, schemes))})


@rule(
    "IDN-02", STOPS, HOUSE,
    _("A number is ill-formed"),
    _("Correct your %(scheme)s. The number does not have the right form or check digit."),
)  # fmt: skip
def identifier_ill_formed(facts: CaseFacts) -> Iterator[Hit]:
    for number in facts.identifiers:
        if number.value.strip() and check(number.scheme, number.value) is not None:
            yield Hit(PLACE, {"scheme": _title(number.scheme)})


@rule(
    "IDN-03", LOOK, HOUSE,
    _("The same number twice"),
    _("Remove one of the numbers that are the same: %(schemes)s. Each scheme gives its own number."),
)  # fmt: skip
def identifier_twice(facts: CaseFacts) -> Iterator[Hit]:
    counts = Counter(normalise(number.scheme, number.value) for number in facts.identifiers)
    for value, count in counts.items():
        schemes = sorted(
            {number.scheme for number in facts.identifiers if normalise(number.scheme, number.value) == value}
        )
        # A tax number rightly stands inside the importer number built from it.
        if value and count > 1 and set(schemes) != {"ein", "ior"}:
            yield Hit(PLACE, {"schemes": ", ".join(map(_title, schemes))})


@rule(
    "IDN-04", LOOK, HOUSE,
    _("A number looks made up"),
    _("Check your %(scheme)s. It looks like a sample number."),
)  # fmt: skip
def identifier_made_up(facts: CaseFacts) -> Iterator[Hit]:
    for number in facts.identifiers:
        value = normalise(number.scheme, number.value)
        alike = len(set(value)) == 1
        in_order = value in "01234567890123456789" or value in "98765432109876543210"
        if len(value) >= 6 and (alike or in_order):
            yield Hit(PLACE, {"scheme": _title(number.scheme)})


@rule(
    "IDN-05", STOPS, ELIGIBILITY,
    _("A Mexican firm without its tax number"),
    _("Add your RFC. Mexican companies of your kind have to give it."),
)  # fmt: skip
def mexican_tax_number_missing(facts: CaseFacts) -> Iterator[Hit]:
    held = {number.scheme for number in facts.identifiers if number.value.strip()}
    if facts.company.country == "MX" and facts.entity_type in MEXICAN_TAX_NUMBER and "rfc" not in held:
        yield Hit(PLACE)


@rule(
    "IDN-06", LOOK, HOUSE,
    _("The manufacturer number names another country"),
    _("Check your MID. It begins with the code of a country where you have no site."),
)  # fmt: skip
def manufacturer_number_from_elsewhere(facts: CaseFacts) -> Iterator[Hit]:
    countries = {facility.country for facility in facts.facilities} | {facts.company.country}
    for number in facts.identifiers:
        code = number.value.strip().upper()[:2]
        # Canadian numbers begin with X and the province [K].
        canadian = code.startswith("X") and "CA" in countries
        if number.scheme == "mid" and code and code not in countries and not canadian:
            yield Hit(PLACE)


RULES = (
    identifier_missing,
    identifier_ill_formed,
    identifier_twice,
    identifier_made_up,
    mexican_tax_number_missing,
    manufacturer_number_from_elsewhere,
)
