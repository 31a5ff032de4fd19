"""The demonstration's data is whole before any of it is told."""

from collections import Counter
from datetime import date

import pytest

from accounts import identifiers
from accounts.roles import COMPANY_ROLES, STAFF_ROLES
from trusted_trader import criteria, entity_types
from trusted_trader.demo import answers, papers
from trusted_trader.demo.companies import Plan, identifier, lines, plans
from trusted_trader.demo.founding import names
from trusted_trader.demo.people import CAST, password, totp_secret
from trusted_trader.entity_types import EntityType
from trusted_trader.evidence_files.inspection import inspect_bytes

KEY = "key of the test"
EDITION = criteria.current(date(2026, 11, 24))


def test_at_least_sixty_companies_cover_every_entity_type_and_state() -> None:
    states = Counter(plan.plan for plan in plans())
    assert len(plans()) >= 60
    assert {plan.entity_type for plan in plans()} == set(EntityType)
    assert {"draft0", "ready", "submitted", "review", "waiting", "recommended", "certified", "refused"} <= set(states)
    assert {"withdrawn", "suspended", "reinstated", "noteligible"} <= set(states)


@pytest.mark.parametrize("plan", plans(), ids=lambda plan: plan.key)
def test_a_company_has_well_formed_numbers_of_its_own(plan: Plan) -> None:
    for scheme in entity_types.for_type(plan.entity_type).schemes:
        assert identifiers.check(scheme, identifier(plan, scheme)) is None, scheme
    others = {identifier(other, "duns") for other in plans() if other is not plan}
    assert identifier(plan, "duns") not in others


def test_every_criterion_has_a_text() -> None:
    written = {row[0] for row in lines("answers.txt")}
    assert written == {criterion.number for criterion in EDITION.criteria}


def _of(text: str) -> set[str]:
    """The weakness that a text stands for, if any."""
    known = {"thin": answers.THIN, "empty": answers.EMPTY, "plan": answers.PLANS[6:]}
    return {weakness for weakness, words in known.items() if text.endswith(words.rpartition("{site}")[2][-30:])}


@pytest.mark.parametrize("plan", [plan for plan in plans() if plan.written == 1], ids=lambda plan: plan.key)
def test_a_company_writes_no_text_twice_unless_that_is_its_weakness(plan: Plan) -> None:
    written = answers.write(plan, EDITION.for_entity(plan.entity_type), names(plan))
    texts = Counter(answer.text for answer in written.values() if answer.text and not set(plan.weak) & _of(answer.text))
    repeated = [text for text, count in texts.items() if count > 1]
    assert bool(repeated) == ("copy" in plan.weak)
    assert not any("{" in text for text in texts)


def test_two_companies_do_not_write_the_same() -> None:
    one, other = (plan for plan in plans() if plan.key in ("brightharbor", "tidewheel"))
    asked = EDITION.for_entity(one.entity_type)
    mine, theirs = (answers.write(plan, asked, names(plan)) for plan in (one, other))
    same = [
        number
        for number in mine.keys() & theirs.keys()
        if mine[number].text and mine[number].text == theirs[number].text
    ]
    assert len(same) < len(mine) / 20


def test_documents_and_pictures_pass_the_real_inspection() -> None:
    plan = plans()[1]
    for paper in papers.kinds():
        words = answers.slots(plan, names(plan), f"{paper.chapters[0]}.0")
        report = inspect_bytes(papers.document(plan, paper, words, date(2026, 5, 4)), "paper.pdf")
        assert report.accepted, report.reason
        assert "Issued: 2026-05-04" in report.text
        assert plan.legal_name in report.text
    for scene in papers.SCENES:
        report = inspect_bytes(papers.photo(plan, scene, date(2026, 5, 4)), "photo.jpg")
        assert report.accepted, report.reason


def test_every_role_has_someone_with_secrets_that_stay_the_same() -> None:
    assert {person.role for person in CAST} == COMPANY_ROLES | STAFF_ROLES
    emails = [person.email for person in CAST]
    assert len(set(emails)) == len(emails)
    for make in (password, totp_secret):
        secrets = [make(KEY, email) for email in emails]
        assert secrets == [make(KEY, email) for email in emails]
        assert len(set(secrets)) == len(secrets)
        assert make("another key", emails[0]) != secrets[0]
