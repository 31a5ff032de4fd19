"""Do the answers agree with one another and with what the company says about itself?"""

from collections.abc import Iterator

from trusted_trader.checks.facts import IMPLEMENTED, NOT_APPLICABLE, NOT_YET, TIES, CaseFacts, chapter
from trusted_trader.checks.finding import ELIGIBILITY, HOUSE, Hit, Severity, at_criterion, rule
from trusted_trader.checks.finding import gettext_noop as _
from trusted_trader.checks.words import listed
from trusted_trader.entity_types import EntityType

STOPS, LOOK, HINT = Severity.STOPS, Severity.LOOK, Severity.HINT

CARRIERS = frozenset(
    {
        EntityType.HIGHWAY_CARRIER,
        EntityType.MEXICAN_LONG_HAUL_CARRIER,
        EntityType.RAIL_CARRIER,
        EntityType.SEA_CARRIER,
        EntityType.AIR_CARRIER,
    }
)
SEALS = "seals"
SEAL_CHAPTER = "6"  # elsewhere seals are one part of a check that makes sense without them
TRAINING = "12"
# Part loads and open equipment are rare enough that saying they don't occur is no contradiction.
RARE = frozenset({"6.51", "6.52", "6.54"})

# A later step and the step that it stands on, where saying yes to the first alone makes no sense.
BASIS = {
    "2.3": "2.1",
    "3.6": "3.5",
    "3.7": "3.5",
    "4.6": "4.1",
    "6.6": "6.1",
    "9.8": "9.7",
    "9.10": "9.7",
    "9.14": "9.12",
    "9.15": "9.12",
    "9.16": "9.12",
    "12.4": "12.1",
    "12.9": "9.7",
}
MOST_NOT_APPLICABLE = 0.4


def _denied(facts: CaseFacts, tag: str) -> Iterator[Hit]:
    """Yield what is in place although the business profile says that its subject does not occur."""
    if facts.profile.get(TIES[tag]) is False:
        for criterion, _answer in facts.answered(IMPLEMENTED):
            elsewhere = tag == SEALS and chapter(criterion.number) != SEAL_CHAPTER
            if tag in criterion.tied_to and criterion.number not in RARE and not elsewhere:
                yield at_criterion(criterion)


def _exempt(facts: CaseFacts, tag: str) -> Iterator[Hit]:
    """Yield what is said not to apply although the business profile says that its subject occurs."""
    if facts.profile.get(TIES[tag]) is True:
        for criterion, _answer in facts.answered(NOT_APPLICABLE):
            if tag in criterion.tied_to and criterion.number not in RARE:
                yield at_criterion(criterion)


@rule(
    "CON-01", STOPS, ELIGIBILITY,
    _("A carrier without conveyances"),
    _("Enter the trucks, railcars, vessels or aircraft you run. A carrier has at least one."),
)  # fmt: skip
def carrier_without_conveyances(facts: CaseFacts) -> Iterator[Hit]:
    if facts.entity_type in CARRIERS and facts.conveyance_count < 1:
        yield Hit("company:conveyances")


@rule(
    "CON-02", LOOK, HOUSE,
    _("No overseas partners, yet foreign ones are named"),
    _("Correct your business profile or partner list: you say no overseas partners, but name %(partners)s."),
)  # fmt: skip
def overseas_partners_denied(facts: CaseFacts) -> Iterator[Hit]:
    foreign = [p.name for p in facts.partners if p.country and p.country != facts.company.country]
    if facts.profile.get("overseas_partners") is False and foreign:
        yield Hit("company:partners", {"partners": listed(foreign)})


@rule(
    "CON-03", LOOK, HOUSE,
    _("Overseas partners, yet none is named"),
    _("Add your overseas partners to the partner list. You say that you have some."),
)  # fmt: skip
def overseas_partners_not_named(facts: CaseFacts) -> Iterator[Hit]:
    home = facts.company.country
    if facts.profile.get("overseas_partners") is True and all(p.country in ("", home) for p in facts.partners):
        yield Hit("company:partners")


@rule(
    "CON-04", LOOK, HOUSE,
    _("Subcontracts transport, yet names no carrier"),
    _("Add the carriers you hire to the partner list. You say that you subcontract transport."),
)  # fmt: skip
def subcontractors_not_named(facts: CaseFacts) -> Iterator[Hit]:
    if facts.profile.get("subcontracts_transport") is True and not facts.partners_of_kind("carrier"):
        yield Hit("company:partners")


@rule(
    "CON-05", LOOK, HOUSE,
    _("Subcontracts no transport, yet names carriers"),
    _("Correct your business profile or partner list: you say no hired transport, but name %(partners)s."),
)  # fmt: skip
def subcontractors_denied(facts: CaseFacts) -> Iterator[Hit]:
    carriers = [p.name for p in facts.partners_of_kind("carrier")]
    if facts.profile.get("subcontracts_transport") is False and carriers:
        yield Hit("company:partners", {"partners": listed(carriers)})


@rule(
    "CON-06", LOOK, HOUSE,
    _("Uses no seals, yet meets a seal criterion"),
    _("Check %(number)s, %(topic)s: your business profile says that you use no seals."),
)  # fmt: skip
def seals_denied(facts: CaseFacts) -> Iterator[Hit]:
    return _denied(facts, SEALS)


@rule(
    "CON-07", LOOK, HOUSE,
    _("Uses seals, yet a seal criterion does not apply"),
    _("Check %(number)s, %(topic)s: your business profile says that you use seals, so it may apply."),
)  # fmt: skip
def seals_exempt(facts: CaseFacts) -> Iterator[Hit]:
    return _exempt(facts, SEALS)


@rule(
    "CON-08", LOOK, HOUSE,
    _("Handles no cargo, yet has cargo sites"),
    _("Correct your business profile or facilities: you say no cargo, but %(facilities)s handles some."),
)  # fmt: skip
def cargo_denied(facts: CaseFacts) -> Iterator[Hit]:
    sites = [facility.name for facility in facts.facilities if facility.handles_cargo]
    if facts.profile.get("handles_cargo") is False and sites:
        yield Hit("company:facilities", {"facilities": listed(sites)})


@rule(
    "CON-09", LOOK, HOUSE,
    _("Handles cargo, yet has no cargo site"),
    _("Mark the facilities where cargo is handled. You say that you handle some, but no site does."),
)  # fmt: skip
def cargo_without_site(facts: CaseFacts) -> Iterator[Hit]:
    if facts.profile.get("handles_cargo") is True and not any(f.handles_cargo for f in facts.facilities):
        yield Hit("company:facilities")


@rule(
    "CON-10", LOOK, HOUSE,
    _("Handles cargo, yet a cargo criterion does not apply"),
    _("Check %(number)s, %(topic)s: your business profile says that you handle cargo, so it may apply."),
)  # fmt: skip
def cargo_exempt(facts: CaseFacts) -> Iterator[Hit]:
    return _exempt(facts, "cargo")


@rule(
    "CON-11", LOOK, HOUSE,
    _("Uses wood packaging, yet the wood criterion does not apply"),
    _("Check %(number)s, %(topic)s: your business profile says that you use wood packaging."),
)  # fmt: skip
def wood_exempt(facts: CaseFacts) -> Iterator[Hit]:
    return _exempt(facts, "wood_packaging")


@rule(
    "CON-12", LOOK, HOUSE,
    _("Employs guards, yet guard instructions do not apply"),
    _("Check %(number)s, %(topic)s: your business profile says that you employ guards."),
)  # fmt: skip
def guards_exempt(facts: CaseFacts) -> Iterator[Hit]:
    return _exempt(facts, "guards")


@rule(
    "CON-13", LOOK, HOUSE,
    _("Employs no guards, yet has guard instructions in place"),
    _("Check %(number)s, %(topic)s: your business profile says that you employ no guards."),
)  # fmt: skip
def guards_denied(facts: CaseFacts) -> Iterator[Hit]:
    return _denied(facts, "guards")


@rule(
    "CON-14", LOOK, HOUSE,
    _("Allows remote access, yet its criterion does not apply"),
    _("Check %(number)s, %(topic)s: your business profile says that people work from elsewhere."),
)  # fmt: skip
def remote_access_exempt(facts: CaseFacts) -> Iterator[Hit]:
    return _exempt(facts, "remote_access")


@rule(
    "CON-15", LOOK, HOUSE,
    _("Allows no remote access, yet secures it"),
    _("Check %(number)s, %(topic)s: your business profile says that nobody works from elsewhere."),
)  # fmt: skip
def remote_access_denied(facts: CaseFacts) -> Iterator[Hit]:
    return _denied(facts, "remote_access")


@rule(
    "CON-16", LOOK, HOUSE,
    _("Runs a network, yet a network criterion does not apply"),
    _("Check %(number)s, %(topic)s: your business profile says that you run a computer network."),
)  # fmt: skip
def network_exempt(facts: CaseFacts) -> Iterator[Hit]:
    return _exempt(facts, "it_systems")


@rule(
    "CON-17", LOOK, HOUSE,
    _("Runs no network, yet tests or guards one"),
    _("Check %(number)s, %(topic)s: your business profile says that you run no computer network."),
)  # fmt: skip
def network_denied(facts: CaseFacts) -> Iterator[Hit]:
    return _denied(facts, "it_systems")


@rule(
    "CON-18", LOOK, HOUSE,
    _("No employees, yet staff is trained"),
    _("Correct the number of employees or %(number)s, %(topic)s: with nobody employed, who is trained?"),
)  # fmt: skip
def nobody_to_train(facts: CaseFacts) -> Iterator[Hit]:
    if facts.company.employees == 0:
        for criterion, _answer in facts.answered(IMPLEMENTED):
            if chapter(criterion.number) == TRAINING:
                yield at_criterion(criterion)


@rule(
    "CON-19", LOOK, HOUSE,
    _("A step is in place whose basis is not"),
    _("Check %(number)s, %(topic)s: it builds on %(basis)s, which you say is not in place."),
)  # fmt: skip
def step_without_its_basis(facts: CaseFacts) -> Iterator[Hit]:
    for criterion, _answer in facts.answered(IMPLEMENTED):
        basis = facts.edition.get(BASIS.get(criterion.number, ""))
        if basis is None:
            continue
        state = facts.answer(basis.number).state
        # What the business profile rules out is no gap that a later step could stumble over.
        if state == NOT_YET or (state == NOT_APPLICABLE and not facts.exempted(basis)):
            yield at_criterion(criterion, basis=basis.number)


@rule(
    "CON-20", STOPS, HOUSE,
    _("The company starts in the future"),
    _("Correct the start date of your company. It lies in the future."),
)  # fmt: skip
def starts_in_the_future(facts: CaseFacts) -> Iterator[Hit]:
    if facts.company.started_on and facts.company.started_on > facts.on:
        yield Hit("company:details")


@rule(
    "CON-21", LOOK, HOUSE,
    _("More staff named than employed"),
    _("Correct the number of employees: you name %(people)s managers and contacts but employ %(employees)s."),
)  # fmt: skip
def more_people_than_employees(facts: CaseFacts) -> Iterator[Hit]:
    # Owners need not be employed, and one owner may run a firm that employs nobody.
    staff = sum(bool(person.roles & {"manager", "contact"}) and "owner" not in person.roles for person in facts.people)
    employees = facts.company.employees
    if employees is not None and staff > employees:
        yield Hit("company:details", {"people": staff, "employees": employees})


@rule(
    "CON-22", LOOK, HOUSE,
    _("Much does not apply, and the business profile does not say why"),
    _("Check the answers that say not applicable: your business profile does not explain %(percent)s %% of all."),
)  # fmt: skip
def much_not_applicable(facts: CaseFacts) -> Iterator[Hit]:
    if facts.focus:
        return
    share = facts.unexplained_share
    if share > MOST_NOT_APPLICABLE:
        yield Hit("profile", {"percent": round(share * 100)})


@rule(
    "CON-23", HINT, HOUSE,
    _("No facility in the company's own country"),
    _("Add your site in your home country if there is one. All named facilities lie elsewhere."),
)  # fmt: skip
def no_site_at_home(facts: CaseFacts) -> Iterator[Hit]:
    countries = {facility.country for facility in facts.facilities if facility.country}
    if facts.company.country and countries and facts.company.country not in countries:
        yield Hit("company:facilities")


RULES = (
    carrier_without_conveyances,
    overseas_partners_denied,
    overseas_partners_not_named,
    subcontractors_not_named,
    subcontractors_denied,
    seals_denied,
    seals_exempt,
    cargo_denied,
    cargo_without_site,
    cargo_exempt,
    wood_exempt,
    guards_exempt,
    guards_denied,
    remote_access_exempt,
    remote_access_denied,
    network_exempt,
    network_denied,
    nobody_to_train,
    step_without_its_basis,
    starts_in_the_future,
    more_people_than_employees,
    much_not_applicable,
    no_site_at_home,
)
