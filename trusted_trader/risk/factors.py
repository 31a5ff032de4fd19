"""One small function a factor: how much there is of it, and the reason in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.risk.facts import RiskFacts

YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Model:
    """The figures of model.toml; points run from 0 to 100."""

    version: str
    tiers: Mapping[str, int]
    weights: Mapping[str, int]
    full_at: Mapping[str, float]
    settled_years: float
    watched_countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Amount:
    """How strongly a factor speaks, 0 to 1, and why: a translatable template with its values."""

    level: float
    message: str
    params: Mapping[str, str | int]


def _level(count: float, full_at: float) -> float:
    return min(max(count / full_at, 0.0), 1.0)


def years_in_business(facts: RiskFacts, model: Model) -> Amount:
    """A young company has shown little; an unknown age counts as none."""
    if facts.started_on is None:
        return Amount(1.0, _("The start date is not known."), {})
    years = max((facts.on - facts.started_on).days / YEAR, 0.0)
    young = _level(model.settled_years - years, model.settled_years - model.full_at["years_in_business"])
    return Amount(young, _("%(years)s full years in business."), {"years": int(years)})


def uncertified_foreign_partners(facts: RiskFacts, model: Model) -> Amount:
    """Partners abroad whose security nobody has certified."""
    count = facts.uncertified_foreign_partners
    level = _level(count, model.full_at["uncertified_foreign_partners"])
    return Amount(level, _("%(count)s foreign partners without a certificate."), {"count": count})


def musts_not_implemented(facts: RiskFacts, model: Model) -> Amount:
    """Musts without an answer or not in place yet."""
    count = facts.musts_not_implemented
    level = _level(count, model.full_at["musts_not_implemented"])
    return Amount(level, _("%(count)s of %(musts)s musts are not in place."), {"count": count, "musts": facts.musts})


def evidence_missing(facts: RiskFacts, model: Model) -> Amount:
    """Musts that are said to be met with nothing to show for it."""
    count = facts.evidence_missing
    level = _level(count, model.full_at["evidence_missing"])
    return Amount(level, _("%(count)s musts are met without usable evidence."), {"count": count})


def evidence_old(facts: RiskFacts, model: Model) -> Amount:
    """Evidence that has expired or is no longer fresh."""
    count = facts.evidence_old
    level = _level(count, model.full_at["evidence_old"])
    return Amount(level, _("%(count)s findings of old or expired evidence."), {"count": count})


def partner_countries(facts: RiskFacts, model: Model) -> Amount:
    """Partners in countries on the watch list."""
    watched = [country for country in facts.partner_countries if country in model.watched_countries]
    level = _level(len(watched), model.full_at["partner_countries"])
    return Amount(level, _("%(count)s partner countries are on the demonstration watch list."), {"count": len(watched)})


def number_of_sites(facts: RiskFacts, model: Model) -> Amount:
    """The more sites, the more doors; the first one counts nothing."""
    level = _level(facts.sites - 1, model.full_at["number_of_sites"] - 1)
    return Amount(level, _("%(count)s sites."), {"count": facts.sites})


def findings(facts: RiskFacts, model: Model) -> Amount:
    """What the checks found, hints and old evidence apart."""
    level = _level(facts.findings, model.full_at["findings"])
    return Amount(level, _("%(count)s automatic findings that stop or need a look."), {"count": facts.findings})


def duplicates(facts: RiskFacts, model: Model) -> Amount:
    """Other companies with the same number or officer."""
    level = _level(facts.duplicates, model.full_at["duplicates"])
    return Amount(level, _("%(count)s other accounts share a number or an officer."), {"count": facts.duplicates})


def not_applicable_share(facts: RiskFacts, model: Model) -> Amount:
    """How much of the criteria is said not to apply without the business profile bearing it out."""
    level = _level(facts.not_applicable_share, model.full_at["not_applicable_share"])
    percent = round(facts.not_applicable_share * 100)
    return Amount(
        level,
        _("%(percent)s %% of the criteria are said not to apply, unexplained by the profile."),
        {"percent": percent},
    )


def subcontracting(facts: RiskFacts, model: Model) -> Amount:
    """Transport in other hands; not knowing counts half."""
    if facts.subcontracts is None:
        return Amount(0.5, _("It is not known whether transport is subcontracted."), {})
    level = _level(float(facts.subcontracts), model.full_at["subcontracting"])
    yes, no = _("Transport is subcontracted."), _("Transport is not subcontracted.")
    return Amount(level, yes if facts.subcontracts else no, {})


FACTORS: Mapping[str, Callable[[RiskFacts, Model], Amount]] = {
    factor.__name__: factor
    for factor in (
        years_in_business,
        uncertified_foreign_partners,
        musts_not_implemented,
        evidence_missing,
        evidence_old,
        partner_countries,
        number_of_sites,
        findings,
        duplicates,
        not_applicable_share,
        subcontracting,
    )
}
