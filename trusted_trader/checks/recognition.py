"""Do claims that a partner is certified hold against the list of recognised programmes?"""

from collections.abc import Iterator
from datetime import date

from trusted_trader.checks.facts import NOT_APPLICABLE, CaseFacts, PartnerFacts
from trusted_trader.checks.finding import RECOGNITION, Hit, Severity, at_criterion, rule
from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.checks.words import listed
from trusted_trader.mutual_recognition import complete_until, recognised

LOOK, HINT = Severity.LOOK, Severity.HINT
PLACE = "company:partners"
OWN_PROGRAMME = "US"


def _holds(partner: PartnerFacts, on: date) -> bool:
    return partner.programme_country == OWN_PROGRAMME or recognised(partner.programme_country, on) is not None


def _claims(facts: CaseFacts) -> Iterator[PartnerFacts]:
    return (partner for partner in facts.partners if partner.certified_claim)


@rule(
    "REC-01", LOOK, RECOGNITION,
    _("A claim to a programme that is not recognised"),
    _("Check %(partner)s: no arrangement with %(country)s is on our list, which is complete to %(until)s."),
)  # fmt: skip
def programme_not_recognised(facts: CaseFacts) -> Iterator[Hit]:
    for partner in _claims(facts):
        if partner.programme_country and not _holds(partner, date.max):
            until = complete_until().isoformat()
            yield Hit(PLACE, {"partner": partner.name, "country": partner.programme_country, "until": until})


@rule(
    "REC-02", LOOK, RECOGNITION,
    _("A claim to a programme that is recognised only later"),
    _("Check %(partner)s: the arrangement with %(country)s was not signed yet on the day of this case."),
)  # fmt: skip
def programme_recognised_later(facts: CaseFacts) -> Iterator[Hit]:
    for partner in _claims(facts):
        if partner.programme_country and not _holds(partner, facts.on) and _holds(partner, date.max):
            yield Hit(PLACE, {"partner": partner.name, "country": partner.programme_country})


@rule(
    "REC-03", LOOK, RECOGNITION,
    _("A claim without a certificate number"),
    _("Give the certificate number of %(partner)s. Criterion 3.4 asks for proof that it is certified."),
)  # fmt: skip
def claim_without_certificate(facts: CaseFacts) -> Iterator[Hit]:
    return (Hit(PLACE, {"partner": p.name}) for p in _claims(facts) if not p.certificate.strip())


@rule(
    "REC-04", LOOK, RECOGNITION,
    _("A claim without the programme's country"),
    _("Choose the country whose programme certified %(partner)s. Only some are recognised."),
)  # fmt: skip
def claim_without_country(facts: CaseFacts) -> Iterator[Hit]:
    return (Hit(PLACE, {"partner": p.name}) for p in _claims(facts) if not p.programme_country)


@rule(
    "REC-05", HINT, RECOGNITION,
    _("A partner certified in another country than its own"),
    _("Check the programme of %(partner)s: it sits in %(home)s, but its certificate is from %(country)s."),
)  # fmt: skip
def certified_elsewhere(facts: CaseFacts) -> Iterator[Hit]:
    for partner in _claims(facts):
        elsewhere = partner.programme_country not in ("", OWN_PROGRAMME, partner.country)
        # One entry stands for all member states of the European Union.
        if elsewhere and partner.country and partner.programme_country != "EU":
            params = {"partner": partner.name, "home": partner.country, "country": partner.programme_country}
            yield Hit(PLACE, params)


@rule(
    "REC-06", LOOK, RECOGNITION,
    _("Uncertified partners, yet checking them does not apply"),
    _("Check %(number)s, %(topic)s: %(partners)s is not certified, so it has to be checked."),
)  # fmt: skip
def uncertified_partners_not_checked(facts: CaseFacts) -> Iterator[Hit]:
    uncertified = [partner.name for partner in facts.partners if not partner.certified_claim]
    for criterion, _answer in facts.answered(NOT_APPLICABLE):
        if criterion.number == "3.5" and uncertified:
            yield at_criterion(criterion, partners=listed(uncertified))


RULES = (
    programme_not_recognised,
    programme_recognised_later,
    claim_without_certificate,
    claim_without_country,
    certified_elsewhere,
    uncertified_partners_not_checked,
)
