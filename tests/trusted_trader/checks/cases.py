"""For every rule the one change to a good case that makes it fire."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from tests.trusted_trader.facts import (
    EDITION,
    TODAY,
    with_answer,
    with_company,
    with_document,
    with_identifiers,
    with_partner,
    with_person,
    with_profile,
    with_site,
)
from trusted_trader.checks.facts import CaseFacts
from trusted_trader.entity_types import EntityType

Change = Callable[[CaseFacts], CaseFacts]

# Which good case a rule is tried on, where an importer's doesn't do.
BASE = {
    "COM-05": EntityType.CUSTOMS_BROKER,
    "EVI-02": EntityType.CUSTOMS_BROKER,
    "PPL-08": EntityType.EXPORTER,
    "CON-01": EntityType.SEA_CARRIER,
    "SCO-04": EntityType.THIRD_PARTY_LOGISTICS,
    "SCO-05": EntityType.FOREIGN_MANUFACTURER,
    "SCO-06": EntityType.MARINE_PORT_TERMINAL_OPERATOR,
    "IDN-05": EntityType.HIGHWAY_CARRIER,
    "IDN-06": EntityType.FOREIGN_MANUFACTURER,
}
LONG = " ".join(f"Step {i} belongs to guard number {i * 7}." for i in range(250))


def answer(number: str, **changes: object) -> Change:
    return lambda facts: with_answer(facts, number, **changes)


def exempt(number: str, because: str = "We never do this work ourselves, as our partners do it all.") -> Change:
    return answer(number, state="not_applicable", because=because)


def text(words: str, number: str = "4.1") -> Change:
    return answer(number, text=words)


def document(**changes: object) -> Change:
    return lambda facts: with_document(facts, "e0", **changes)


def profile(**changes: bool | None) -> Change:
    return lambda facts: with_profile(facts, **changes)


def partner(**changes: object) -> Change:
    return lambda facts: with_partner(facts, **changes)


def numbers(*pairs: tuple[str, str]) -> Change:
    return lambda facts: with_identifiers(facts, *pairs)


def _old(facts: CaseFacts) -> CaseFacts:
    old = TODAY - timedelta(days=4000)
    return replace(facts, evidence={key: replace(each, issued_on=old, text="") for key, each in facts.evidence.items()})


def _exempt_most(facts: CaseFacts) -> CaseFacts:
    for criterion in facts.asked[: len(facts.asked) // 2]:
        facts = exempt(criterion.number)(facts)
    return facts


CASES: dict[str, Change] = {
    "COM-01": answer("4.1", state="", text="", evidence=()),
    "COM-02": text("  "),
    "COM-03": exempt("4.1", because=" "),
    "COM-04": answer("4.1", state="not_yet"),
    "COM-05": answer("3.56", state="not_yet"),
    "COM-06": answer("1.1", state="", text="", evidence=()),
    "COM-07": answer("1.1", state="not_yet", text=""),
    "COM-08": exempt("4.1", because="Not us"),
    "COM-10": lambda f: replace(f, eligibility=dict(list(f.eligibility.items())[1:])),
    "COM-11": lambda f: replace(f, eligibility={**f.eligibility, next(iter(f.eligibility)): False}),
    "COM-12": profile(uses_seals=None),
    "COM-13": lambda f: with_company(f, started_on=None),
    "COM-14": lambda f: with_company(f, history=""),
    "COM-15": lambda f: replace(f, facilities=()),
    "COM-16": lambda f: with_site(f, 0, address=" "),
    "PPL-01": lambda f: with_person(f, 0, roles=frozenset({"owner"})),
    "PPL-02": lambda f: replace(f, people=f.people[:1]),
    "PPL-03": lambda f: replace(f, people=f.people[2:]),
    "PPL-04": lambda f: with_person(f, 0, vetting_complete=False),
    "PPL-05": lambda f: with_person(f, 0, email=""),
    "PPL-06": lambda f: with_person(f, 0, email="BEN@alpine.example"),
    "PPL-07": lambda f: with_person(f, 0, email="ada.example@gmail.com"),
    "PPL-08": lambda f: replace(f, people=f.people[:2]),
    "IDN-01": lambda f: replace(f, identifiers=()),
    "IDN-02": numbers(("duns", "12")),
    "IDN-03": numbers(("duns", "150483782"), ("ein", "15-0483782")),
    "IDN-04": numbers(("ein", "12-3456789")),
    "IDN-05": lambda f: with_company(f, country="MX"),
    "IDN-06": numbers(("mid", "CNALPFAB12MON")),
    "SCO-01": lambda f: replace(f, answers={**f.answers, "9.53": replace(f.answers["4.1"], number="9.53")}),
    "SCO-02": lambda f: replace(f, answers={**f.answers, "99.1": replace(f.answers["4.1"], number="99.1")}),
    "SCO-03": lambda f: replace(f, facilities=tuple(replace(site, staffed=False) for site in f.facilities)),
    "SCO-04": lambda f: replace(f, facilities=f.facilities[:1], conveyances=()),
    "SCO-05": lambda f: with_company(f, country="DE"),
    "SCO-06": lambda f: with_site(f, 1, kind="yard"),
    "EVI-01": answer("4.1", evidence=()),
    "EVI-02": answer("3.56", evidence=()),
    "EVI-03": answer("1.1", evidence=()),
    "EVI-04": answer("4.1", evidence=("gone",)),
    "EVI-05": document(state="refused"),
    "EVI-06": document(state="checking"),
    "EVI-07": document(text=" "),
    "EVI-08": document(text="Policy of [Company Name]. Alpine."),
    "EVI-09": lambda f: replace(f, answers={n: replace(a, evidence=("e0",)) for n, a in f.answers.items()}),
    "EVI-10": lambda f: replace(f, evidence={**f.evidence, "spare": replace(f.evidence["e0"], id="spare", text="")}),
    "EVI-11": lambda f: replace(f, evidence={k: replace(d, text=LONG) for k, d in f.evidence.items()}),
    "EVI-12": document(text="Harbour manual of Someone Else. " * 40),
    "DAY-01": _old,
    "DAY-02": document(expires_on=TODAY - timedelta(days=1)),
    "DAY-03": document(expires_on=TODAY + timedelta(days=30)),
    "DAY-04": document(issued_on=TODAY + timedelta(days=1)),
    "DAY-05": document(issued_on=date(2026, 9, 25), expires_on=date(2026, 9, 1)),
    "DAY-06": document(issued_on=None),
    "DAY-07": document(text="Alpine manual. Effective date: March 3rd, 2024."),
    "SIT-01": document(facility="elsewhere"),
    "SIT-02": lambda f: with_document(f, "e1", facility=""),
    "SIT-03": lambda f: answer("9.1", evidence=("o",))(
        replace(f, evidence={**f.evidence, "o": replace(f.evidence["e0"], id="o", facility="office")})
    ),
    "CON-01": lambda f: replace(f, conveyances=()),
    "CON-02": profile(overseas_partners=False),
    "CON-03": lambda f: replace(f, partners=f.partners[1:]),
    "CON-04": lambda f: replace(f, partners=f.partners[:1]),
    "CON-05": profile(subcontracts_transport=False),
    "CON-06": profile(uses_seals=False),
    "CON-07": exempt("6.1"),
    "CON-08": profile(handles_cargo=False),
    "CON-09": lambda f: with_site(f, 1, handles_cargo=False),
    "CON-10": exempt("7.1"),
    "CON-11": exempt("8.1"),
    "CON-12": exempt("10.10"),
    "CON-13": profile(employs_guards=False),
    "CON-14": exempt("4.9"),
    "CON-15": profile(remote_access=False),
    "CON-16": exempt("4.3"),
    "CON-17": profile(uses_it_network=False),
    "CON-18": lambda f: with_company(f, employees=0),
    "CON-19": answer("9.12", state="not_yet"),
    "CON-20": lambda f: with_company(f, started_on=TODAY + timedelta(days=1)),
    "CON-21": lambda f: with_company(f, employees=1),
    "CON-22": _exempt_most,
    "CON-23": lambda f: with_company(f, country="CA"),
    "REC-01": partner(programme_country="AR"),
    "REC-02": lambda f: replace(with_partner(f, programme_country="CO"), on=date(2022, 5, 1)),
    "REC-03": partner(certificate=" "),
    "REC-04": partner(programme_country=""),
    "REC-05": partner(programme_country="CA"),
    "REC-06": exempt("3.5"),
    "WOR-01": text("Our cyber policy for the whole company: TBD by the end of the month."),
    "WOR-02": text("Yes, we fully comply with all of the requirements and always meet the highest security standards."),
    "WOR-03": text("The clerk locks the server room."),
    "WOR-04": text(f"{EDITION.get('4.1').question} Yes."),
    "WOR-05": text(f"We have: {EDITION.get('4.1').evidence}."),
    "WOR-06": lambda f: with_answer(f, "4.1", text=f.answers["4.2"].text),
    "WOR-07": lambda f: replace(f, other_answers={"A-2/4.1": f.answers["4.1"].text}),
    "WOR-08": answer("4.1", text="Please see the attached document.", evidence=()),
    "WOR-09": text("Please see the attached document."),
    "WOR-10": text("We do not have a written cyber policy, since our computers are few and rarely used."),
    "WOR-11": text(
        "Management will implement a written cyber policy for every office during the coming spring season."
    ),
    "WOR-12": text("guard gate check " * 12),
    "WOR-13": text(
        "Политика информационной безопасности утверждена директором и ежегодно пересматривается отделом безопасности."
    ),
    "WOR-14": text(LONG),
    "WOR-15": text(
        "The clerk Jo Example, 123-45-6789, keeps our cyber policy and renews it every spring with both directors."
    ),
}
