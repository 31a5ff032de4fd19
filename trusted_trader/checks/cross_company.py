"""Duplicates of other companies: looked for at submission alone and shown to reviewers alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from trusted_trader.checks.finding import HOUSE, Finding, Hit, Rule, Severity, rule
from trusted_trader.checks.finding import gettext_noop as _

LOOK = Severity.LOOK
ALIKE = 0.6  # trigram similarity from which two names are worth a look
VERY_ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class IdentifierMatch:
    """Another company's account with the same number."""

    scheme: str
    value: str
    account_number: str
    company_name: str


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Another company whose name looks alike; similarity is pg_trgm's, 0 to 1."""

    company_name: str
    similarity: float
    account_number: str


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """Another company with a facility at the same address."""

    address: str
    account_number: str
    company_name: str


@dataclass(frozen=True, slots=True)
class OfficerMatch:
    """Another company with the same officer, found by keyed hash of name and birth date."""

    officer: str
    account_number: str
    company_name: str


@dataclass(frozen=True, slots=True)
class OthersFacts:
    """What the queries layer found at other companies, in the system's own context."""

    same_identifier: tuple[IdentifierMatch, ...] = ()
    similar_names: tuple[NameMatch, ...] = ()
    same_address: tuple[AddressMatch, ...] = ()
    same_officer: tuple[OfficerMatch, ...] = ()


# The number itself is left out of the sentence: tax numbers stay out of findings, logs and letters.
@rule(
    "DUP-01", LOOK, HOUSE,
    _("Another company has the same number"),
    _("Compare with %(company)s, account %(account)s: it has the same %(scheme)s."),
    internal=True,
)  # fmt: skip
def same_identifier(others: OthersFacts) -> Iterator[Hit]:
    for match in others.same_identifier:
        scheme = match.scheme.replace("_", " ").upper()
        params = {"company": match.company_name, "account": match.account_number, "scheme": scheme}
        yield Hit("company:identifiers", params)


@rule(
    "DUP-02", LOOK, HOUSE,
    _("Another company's name is nearly the same"),
    _("Compare with %(company)s, account %(account)s: the names are nearly the same, %(percent)s %% alike."),
    internal=True,
)  # fmt: skip
def nearly_same_name(others: OthersFacts) -> Iterator[Hit]:
    return (_named(match) for match in others.similar_names if match.similarity >= VERY_ALIKE)


@rule(
    "DUP-03", Severity.HINT, HOUSE,
    _("Another company's name is similar"),
    _("Compare with %(company)s, account %(account)s: the names are %(percent)s %% alike."),
    internal=True,
)  # fmt: skip
def similar_name(others: OthersFacts) -> Iterator[Hit]:
    return (_named(match) for match in others.similar_names if ALIKE <= match.similarity < VERY_ALIKE)


def _named(match: NameMatch) -> Hit:
    params: dict[str, str | int] = {
        "company": match.company_name,
        "account": match.account_number,
        "percent": round(match.similarity * 100),
    }
    return Hit("company:details", params)


@rule(
    "DUP-04", LOOK, HOUSE,
    _("Another company is at the same address"),
    _("Compare with %(company)s, account %(account)s: it has a site at the same address."),
    internal=True,
)  # fmt: skip
def same_address(others: OthersFacts) -> Iterator[Hit]:
    for match in others.same_address:
        yield Hit("company:facilities", {"company": match.company_name, "account": match.account_number})


@rule(
    "DUP-05", LOOK, HOUSE,
    _("Another company has the same officer"),
    _("Compare with %(company)s, account %(account)s: %(officer)s is an officer there too."),
    internal=True,
)  # fmt: skip
def same_officer(others: OthersFacts) -> Iterator[Hit]:
    for match in others.same_officer:
        params = {"company": match.company_name, "account": match.account_number, "officer": match.officer}
        yield Hit("company:people", params)


RULES: tuple[Rule[OthersFacts], ...] = (same_identifier, nearly_same_name, similar_name, same_address, same_officer)


def run(others: OthersFacts) -> tuple[Finding, ...]:
    """Return every internal finding about other companies, in the order of RULES."""
    return tuple(finding for each in RULES for finding in each.find(others))
