"""What was submitted stays: no write path alters a snapshot, and its hash can be computed again."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from accounts import operations as who
from accounts.models import Facility
from accounts.refusals import Refused, Stale
from tests import builders
from tests.builders import NOW
from tests.world import World, a_world, in_the_system  # noqa: F401 - fixtures
from trusted_trader import agreement
from trusted_trader.application import evidence as files
from trusted_trader.application import operations as company
from trusted_trader.application import queries
from trusted_trader.application.models import Snapshot

pytestmark = pytest.mark.usefixtures("in_system")
AT = NOW + timedelta(days=3)


def snapshot(world: World) -> Snapshot:
    return Snapshot.objects.get(application=world.asked.application, number=1)


def answer(world: World, number: str, text: str = "Something else.") -> object:
    firm = world.asked
    row = firm.account.responses.get(number=number)
    return company.save_answer(
        account=firm.account, number=number, state=row.state, text=text, because="", version=row.version,
        actor=firm.officer, at=AT,
    )  # fmt: skip


# Every write of the company's side after the submission: those that are open go through, those that are frozen are
# refused; no one of them may touch the snapshot.
PATHS: dict[str, Callable[[World], object]] = {
    "answer asked about": lambda w: answer(w, "2.1"),
    "answer not asked about": lambda w: answer(w, "2.2"),
    "link evidence": lambda w: company.link_evidence(
        account=w.asked.account, number="2.1", evidence=[], actor=w.asked.officer, at=AT
    ),
    "eligibility": lambda w: company.save_eligibility(
        application=w.asked.application, answers={"q": False}, actor=w.asked.officer, at=AT
    ),
    "profile": lambda w: company.save_profile(
        application=w.asked.application, answers={"uses_seals": False}, actor=w.asked.officer, at=AT
    ),
    "company details": lambda w: who.update_company(
        company_id=w.asked.company.pk, version=w.asked.company.version, actor=w.asked.officer, at=AT,
        details={"legal_name": "Another Name", "city": "Savannah"},
    ),
    "identifier": lambda w: who.set_identifier(
        account=w.asked.account, scheme="ein", raw="52-7654321", actor=w.asked.officer, at=AT
    ),
    "facility": lambda w: who.save_facility(
        company=w.asked.company, actor=w.asked.officer, at=AT, details={"city": "Savannah"},
        facility=w.asked.company_facility, version=1,
    ),
    "person": lambda w: who.save_person(
        company=w.asked.company, actor=w.asked.officer, at=AT, details={"name": "New Person", "is_owner": True}
    ),
    "business partner": lambda w: company.save_business_partner(
        account=w.asked.account, actor=w.asked.officer, at=AT, details={"name": "Kobe Fittings"},
        row=w.asked.account.business_partners.get(),
    ),
    "business partner gone": lambda w: company.remove_business_partner(
        row=w.asked.account.business_partners.get(), actor=w.asked.officer, at=AT
    ),
    "conveyance": lambda w: company.save_conveyance(
        account=w.asked.account, actor=w.asked.officer, at=AT, details={"kind": "trucks", "count": 4}
    ),
    "document": lambda w: files.remove(
        evidence=w.asked.company_document, actor=w.asked.officer, at=AT
    ),
    "agreement": lambda w: company.sign_agreement(
        account=w.asked.account, version=agreement.current().version, typed_name=w.asked.officer.name,
        actor=w.asked.officer, at=AT, address="",
    ),
    "submit again": lambda w: builders.submit(w.asked.officer, w.asked.application, at=AT),
    "send the answers": lambda w: (
        answer(w, "2.1", "New words of 2.1."),
        answer(w, "3.1", "New words of 3.1."),
        company.answer_request(application=w.asked.application, actor=w.asked.officer, at=AT, address=""),
    ),
    "withdraw": lambda w: company.withdraw(
        application=w.asked.application, reason="Not now.", actor=w.asked.officer, at=AT
    ),
}  # fmt: skip
FROZEN = {"answer not asked about", "eligibility", "profile", "document", "submit again"}


@pytest.mark.parametrize("path", PATHS)
def test_no_write_path_alters_what_was_submitted(path, world):
    before = snapshot(world)
    kept, hashed = dict(before.content), before.sha256
    object.__setattr__(world.asked, "company_facility", Facility.objects.get(company=world.asked.company))
    object.__setattr__(world.asked, "company_document", files.Evidence.objects.filter(company=world.asked.company)[0])
    with transaction.atomic():
        if path in FROZEN:
            with pytest.raises(Refused), transaction.atomic():
                PATHS[path](world)
        else:
            PATHS[path](world)
    after = snapshot(world)
    assert (after.content, after.sha256) == (kept, hashed)
    assert queries.content_hash(after.content) == hashed


def test_what_is_submitted_anew_is_a_snapshot_of_its_own(world):
    PATHS["send the answers"](world)
    first, second = Snapshot.objects.filter(application=world.asked.application).order_by("number")
    assert second.content["answers"]["2.1"]["text"] == "New words of 2.1."
    assert first.content["answers"]["2.1"]["text"] != "New words of 2.1."
    assert queries.content_hash(second.content) == second.sha256 != first.sha256


def test_every_company_write_is_among_the_paths(world):
    """A new operation of the company's side must be tried above, or be named here with why it needn't."""
    source = inspect.getsource(inspect.getmodule(test_every_company_write_is_among_the_paths))
    needless = {
        "start": "begins another application",
        "copy_answers": "goes through save_answer and link_evidence",
        "asked_numbers": "reads",
        "remove_conveyance": "as remove_business_partner",
        "submit": "by the builder",
    }
    public = {
        name
        for name, function in vars(company).items()
        if inspect.isfunction(function) and function.__module__ == company.__name__ and not name.startswith("_")
    }
    assert {name for name in public - set(needless) if f"company.{name}(" not in source} == set()


def test_the_hash_notices_one_changed_letter(world):
    content = snapshot(world).content
    content["answers"]["2.1"]["text"] += "."
    assert queries.content_hash(content) != snapshot(world).sha256


def test_a_stale_answer_is_refused_with_the_newer_one(world):
    firm = world.beginner
    first = company.save_answer(
        account=firm.account, number="2.1", state="not_yet", text="First.", because="", version=0,
        actor=firm.officer, at=AT,
    )  # fmt: skip
    with pytest.raises(Stale) as caught:
        company.save_answer(
            account=firm.account, number="2.1", state="not_yet", text="Second.", because="", version=0,
            actor=firm.officer, at=AT,
        )  # fmt: skip
    assert caught.value.current == first
