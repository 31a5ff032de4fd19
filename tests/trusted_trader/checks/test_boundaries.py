"""Rules keep still just inside their limits, and where a case only looks like a fault."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.trusted_trader.facts import (
    TODAY,
    good_facts,
    with_answer,
    with_company,
    with_document,
    with_identifiers,
    with_partner,
    with_person,
    with_profile,
)
from trusted_trader.checks import CaseFacts, Severity, run
from trusted_trader.checks.evidence import MOST_CRITERIA
from trusted_trader.checks.facts import TIES
from trusted_trader.checks.words import months_before
from trusted_trader.entity_types import EntityType
from trusted_trader.suggestions import Verdict, suggest_all

DAY = timedelta(days=1)


@pytest.fixture
def importer() -> CaseFacts:
    return good_facts(EntityType.IMPORTER)


def fires(code: str, facts: CaseFacts) -> bool:
    return any(finding.code == code for finding in run(facts))


def test_a_document_holds_through_its_last_day(importer):
    assert not fires("DAY-02", with_document(importer, "e0", expires_on=TODAY))
    assert fires("DAY-02", with_document(importer, "e0", expires_on=TODAY - DAY))


def test_a_document_may_be_issued_today(importer):
    assert not fires("DAY-04", with_document(importer, "e0", issued_on=TODAY, text=""))
    assert fires("DAY-04", with_document(importer, "e0", issued_on=TODAY + DAY, text=""))


def test_a_document_that_outlives_the_review_is_left_alone(importer):
    assert fires("DAY-03", with_document(importer, "e0", expires_on=TODAY + timedelta(days=89)))
    assert not fires("DAY-03", with_document(importer, "e0", expires_on=TODAY + timedelta(days=90)))


def test_evidence_is_fresh_up_to_the_day_its_months_end(importer):
    criterion = next(c for c in importer.asked if c.evidence_fresh_months and importer.is_must(c))
    oldest = months_before(TODAY, criterion.evidence_fresh_months)
    document = replace(importer.evidence["e0"], id="own", text="")
    for day, stale in ((oldest, False), (oldest - DAY, True)):
        facts = replace(importer, evidence={**importer.evidence, "own": replace(document, issued_on=day)})
        facts = with_answer(facts, criterion.number, evidence=("own",))
        assert fires("DAY-01", facts) is stale
        assert not fires("DAY-01", with_answer(facts, criterion.number, evidence=("own", "e0")))


def test_one_of_the_dates_inside_may_be_the_issue_date(importer):
    issued = importer.evidence["e0"].issued_on
    body = f"Alpine manual. Issued: {issued.isoformat()}. Revised 2019-04-01."
    assert not fires("DAY-07", with_document(importer, "e0", text=body))
    assert fires("DAY-07", with_document(importer, "e0", text=body.replace(issued.isoformat(), "2020-01-01")))


def test_a_photo_needs_no_text(importer):
    assert not fires("EVI-07", with_document(importer, "e0", text="", media_type="image/jpeg"))


def test_a_document_nobody_links_stops_nobody(importer):
    spare = replace(importer.evidence["e0"], id="spare", state="refused", text="")
    facts = replace(importer, evidence={**importer.evidence, "spare": spare})
    assert fires("EVI-10", facts)
    assert not fires("EVI-05", facts)


def test_a_document_may_serve_a_dozen_criteria(importer):
    numbers = list(importer.answers)
    for count, too_many in ((MOST_CRITERIA, False), (MOST_CRITERIA + 1, True)):
        facts = replace(importer, evidence={**importer.evidence, "one": replace(importer.evidence["e0"], id="one")})
        for number in numbers[:count]:
            facts = with_answer(facts, number, evidence=("one",))
        assert fires("EVI-09", facts) is too_many


def test_a_document_about_the_whole_company_covers_its_cargo_sites(importer):
    office = replace(importer.evidence["e0"], id="o", facility="office")
    facts = replace(importer, evidence={**importer.evidence, "o": office})
    assert fires("SIT-03", with_answer(facts, "9.1", evidence=("o",)))
    assert not fires("SIT-03", with_answer(facts, "9.1", evidence=("o", "e0")))
    assert not fires("SIT-03", with_answer(facts, "11.1", evidence=("o",)))


def test_partners_at_home_are_not_overseas_partners(importer):
    facts = with_profile(with_partner(importer, country="US"), overseas_partners=False)
    assert not fires("CON-02", facts)
    assert fires("CON-03", with_profile(facts, overseas_partners=True))


def test_profile_questions_left_open_contradict_nothing(importer):
    facts = with_profile(importer, **dict.fromkeys(importer.profile))
    assert not [f.code for f in run(facts) if f.code.startswith("CON-")]
    assert fires("COM-12", facts)


def test_what_the_profile_rules_out_may_be_not_applicable():
    facts = good_facts(EntityType.CUSTOMS_BROKER)
    quiet = dict.fromkeys(TIES.values(), False) | {"uses_it_network": True}
    facts = replace(facts, facilities=facts.facilities[:1], partners=(), conveyances=(), profile=quiet)
    facts = with_document(facts, "e1", facility="")
    for criterion in facts.asked:
        if facts.exempted(criterion):
            facts = with_answer(facts, criterion.number, state="not_applicable", because="We only file papers here.")
    assert sum(a.state == "not_applicable" for a in facts.answers.values()) > 15
    assert [f.code for f in run(facts) if f.severity != Severity.HINT] == []
    assert {each.verdict for each in suggest_all(facts, run(facts)).values()} == {Verdict.ACCEPT}
    assert facts.unexplained_share == 0
    assert fires("CON-10", replace(facts, profile=quiet | dict.fromkeys(TIES.values(), True)))


def test_a_criterion_with_two_ties_arises_with_one(importer):
    facts = with_answer(importer, "6.2", state="not_applicable", because="Nothing is loaded by our own people.")
    assert fires("CON-07", with_profile(facts, handles_cargo=False))
    assert not fires("CON-07", with_profile(facts, handles_cargo=False, uses_seals=False))


def test_an_importer_without_trucks_still_inspects_containers(importer):
    facts = replace(with_answer(importer, "5.2", state="not_applicable", because="We own no trucks."), conveyances=())
    criterion = facts.edition.get("5.2")
    assert not facts.exempted(criterion)
    assert facts.exempted(criterion) is not with_profile(facts, handles_cargo=False).exempted(criterion)


def test_an_owner_who_works_alone_employs_nobody(importer):
    facts = replace(importer, people=importer.people[:1])
    facts = with_person(facts, 0, roles=frozenset({"officer", "contact", "owner", "manager"}))
    assert not fires("CON-21", with_company(facts, employees=0))


def test_an_importer_needs_no_conveyances(importer):
    assert not fires("CON-01", replace(importer, conveyances=()))


def test_a_claim_is_judged_by_the_day_of_the_case(importer):
    facts = with_partner(importer, programme_country="CO", country="CO")
    assert not fires("REC-02", facts)
    early = replace(facts, on=date(2022, 5, 1))
    assert fires("REC-02", early)
    assert not fires("REC-01", early)


def test_a_claim_to_the_own_programme_needs_no_arrangement(importer):
    facts = with_partner(importer, programme_country="US")
    assert not {f.code for f in run(facts)} & {"REC-01", "REC-02", "REC-05"}


def test_a_member_state_stands_under_its_unions_arrangement(importer):
    facts = with_partner(importer, programme_country="DE", country="DE")
    assert not {f.code for f in run(facts)} & {"REC-01", "REC-02", "REC-05"}
    assert fires("REC-02", replace(facts, on=date(2012, 4, 30)))


def test_an_importer_number_may_hold_the_tax_number(importer):
    assert not fires("IDN-03", with_identifiers(importer, ("ior", "12-3456782"), ("ein", "12-3456782")))


def test_a_provinces_code_begins_a_canadian_manufacturer_number():
    facts = with_company(good_facts(EntityType.FOREIGN_MANUFACTURER), country="CA")
    assert not fires("IDN-06", with_identifiers(facts, ("mid", "XOALPFAB12TOR")))
    assert fires("IDN-06", with_identifiers(facts, ("mid", "CNALPFAB12TOR")))


def test_no_number_stands_in_a_sentence(importer):
    facts = with_identifiers(importer, ("ein", "12-3456789"), ("duns", "12"))
    said = " ".join(finding.text for finding in run(facts))
    assert "12-3456789" not in said


def test_two_accounts_of_one_company_may_share_short_texts(importer):
    facts = with_answer(importer, "4.1", text="The clerk locks the server room at night.")
    assert not fires("WOR-07", replace(facts, other_answers={"x": "The clerk locks the server room at night."}))


def test_a_name_with_a_percent_sign_is_only_a_name(importer):
    facts = with_document(importer, "e0", state="refused", title="100 %(title)s % cotton")
    assert any("100 %(title)s % cotton" in finding.text for finding in run(facts))


@pytest.mark.parametrize(("because", "code"), [(" - ", "COM-03"), ("We need none", "COM-08"), ("We hold no stock", "")])
def test_a_reason_has_at_least_four_words(importer, because, code):
    facts = with_answer(importer, "1.3", state="not_applicable", because=because)
    assert [f.code for f in run(facts) if f.criterion == "1.3"] == ([code] if code else [])


def test_a_tick_or_a_dash_is_no_text(importer):
    assert fires("COM-02", with_answer(importer, "4.1", text=" -- "))


def test_a_check_of_more_than_seals_makes_sense_without_them(importer):
    facts = with_profile(importer, uses_seals=False)
    denied = {f.criterion for f in run(facts) if f.code == "CON-06"}
    assert "6.1" in denied
    assert not {"5.24", "7.29", "7.30", "6.54"} & denied


def test_a_should_among_the_house_numbers_is_not_asked_for_like_a_must():
    facts = good_facts(EntityType.CUSTOMS_BROKER)
    number = next(c.number for c in facts.asked if c.supplementary and not facts.is_must(c))
    assert not fires("COM-05", with_answer(facts, number, state="not_yet"))
    assert not fires("EVI-02", with_answer(facts, number, evidence=()))


def test_a_date_a_month_away_may_be_the_day_of_approval(importer):
    issued = importer.evidence["e0"].issued_on
    for days, another in ((31, False), (32, True)):
        body = f"Alpine manual. Approved: {(issued - timedelta(days=days)).isoformat()}."
        assert fires("DAY-07", with_document(importer, "e0", text=body)) is another
