"""Operations are the only door: they alone assign a status, and each leaves its event or nothing at all."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from allauth.idp.oidc.models import Client
from django.db import transaction

from accounts import operations as who
from accounts.models import Account, Consent, Event, Facility, Invitation, Membership, PartnerClient, Person
from accounts.roles import Role
from tests import builders
from tests.builders import NOW
from tests.world import World, a_firm, a_world, in_the_system  # noqa: F401 - fixtures
from trusted_trader.application import evidence as files
from trusted_trader.application import operations as company
from trusted_trader.review import operations as review
from trusted_trader.review.models import Decision, Flag, Vetting
from trusted_trader.standing import operations as standing

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "trusted_trader", "fastlane", "portal")
DOORS = {"operations", "moves", "deciding", "sandbox"}  # a module, or a package of them
AT = NOW + timedelta(days=8)


# --- Who assigns a status -------------------------------------------------------------------------------------


def assignments(source: str) -> Iterator[int]:
    """Lines on which a guarded status is set: by attribute, by setattr, by update(...) or by events.changed(...)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            flat = [t for target in targets for t in (target.elts if isinstance(target, ast.Tuple) else [target])]
            if any(isinstance(t, ast.Attribute) and t.attr == "status" for t in flat):
                yield node.lineno
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = {keyword.arg for keyword in node.keywords}
            if name in {"update", "changed", "bulk_update"} and "status" in named:
                yield node.lineno
            if name == "setattr" and len(node.args) > 1 and getattr(node.args[1], "value", "") == "status":
                yield node.lineno


def test_only_operations_assign_a_status():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if not DOORS & set(path.with_suffix("").parts) and "migrations" not in path.parts
        for line in assignments(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "planted",
    [
        "case.status = 'certified'",
        "case.status, x = 'certified', 1",
        "setattr(case, 'status', 'x')",
        "Case.objects.filter(pk=1).update(status='x')",
        "events.changed(case, status='x')",
    ],
)
def test_a_planted_assignment_is_noticed(planted):
    assert list(assignments(planted)) == [1]


def test_the_doors_do_assign_it():
    """The control: the search finds the assignments that are meant to be there."""
    assert list(assignments((ROOT / "trusted_trader/moves.py").read_text(encoding="utf-8")))


# --- Every operation leaves its event -------------------------------------------------------------------------


def vetting(world: World) -> Vetting:
    return Vetting.objects.get(application=world.asked.application)


def a_partner() -> PartnerClient:
    client = Client.objects.create(name="Carrier", scopes="members:read")
    return PartnerClient.objects.create(client=client, organisation="Carrier Lines")


def a_flag(world: World) -> Flag:
    return review.raise_flag(
        application=world.asked.application, title="Look", company_word="", blocks_decision=False,
        owner=world.staff.colleague, ends_on=None, actor=world.staff.colleague, at=AT,
    )  # fmt: skip


def an_invitation(world: World) -> tuple[Invitation, str]:
    firm = world.beginner
    return who.invite(company=firm.company, email="new@example.org", role=Role.CONTACT, actor=firm.officer, at=AT)


def a_proposal(world: World) -> standing.StandingChange:
    return standing.propose_change(
        account=world.member.account, kind="suspend", reason="Seals were broken.", letter="x",
        actor=world.staff.director, at=AT,
    )  # fmt: skip


def a_document(world: World) -> files.Evidence:
    return builders.a_document(world.beginner.company, world.beginner.officer, title="Another plan", at=AT)


def answered(world: World) -> object:
    for number in ("2.1", "3.1"):
        row = world.asked.account.responses.get(number=number)
        company.save_answer(
            account=world.asked.account, number=number, state=row.state, text="Since 2019, in writing.", because="",
            version=row.version, actor=world.asked.officer, at=AT,
        )  # fmt: skip
    return company.answer_request(application=world.asked.application, actor=world.asked.officer, at=AT, address="")


def recommended(world: World) -> World:
    answered(world)
    numbers = list(world.asked.account.responses.values_list("number", flat=True))
    review.accept_suggested(application=world.asked.application, numbers=numbers, actor=world.staff.specialist, at=AT)
    review.conclude_vetting(
        vetting=vetting(world), cleared=True, conclusion="Nothing was found.", actor=world.staff.vetter, at=AT
    )
    builders.recommend(world.asked.application, world.staff.specialist, at=AT)
    return world


def member(world: World) -> Membership:
    colleague = builders.a_user("Cleo Colleague")
    return Membership.objects.create(company=world.beginner.company, user=colleague, role=Role.CONTACT, started_at=NOW)


def person(world: World) -> Person:
    return Person.objects.filter(company=world.beginner.company)[0]


def facility(world: World) -> Facility:
    return Facility.objects.filter(company=world.beginner.company)[0]


def consent(world: World) -> Consent:
    firm = world.member
    return who.grant_consent(account=firm.account, partner=a_partner(), actor=firm.officer, at=AT)


def guest_accepts(world: World) -> Membership:
    _row, token = an_invitation(world)
    guest = builders.User.objects.create_user("new@example.org", "x", name="Nell New")
    return who.accept_invitation(token=token, actor=guest, at=AT)


def delegation_over(world: World) -> bool:
    agent = builders.a_user("Ada Agent")
    until = AT + timedelta(days=1)
    row = Membership.objects.create(
        company=world.beginner.company, user=agent, role=Role.VESSEL_AGENT, started_at=NOW, until=until
    )
    return who.lapse_delegation(membership_id=row.pk, at=until)


def second_account(world: World) -> Account:
    return who.open_account(company=world.asked.company, entity_type="exporter", actor=world.asked.officer, at=AT)


def copied(world: World) -> int:
    target, officer = second_account(world), world.asked.officer
    company.start(account=target, actor=officer, at=AT)
    return company.copy_answers(source=world.asked.account, target=target, actor=officer, at=AT)


def conveyance(world: World, **row: object) -> company.Conveyance:
    firm = world.beginner
    return company.save_conveyance(
        account=firm.account, details={"kind": "trucks", "count": 3}, actor=firm.officer, at=AT, **row
    )


def business_partner(world: World) -> company.BusinessPartner:
    firm = world.beginner
    details = {"name": "Osaka Fittings", "country": "JP", "kind": "supplier"}
    return company.save_business_partner(account=firm.account, details=details, actor=firm.officer, at=AT)


def saved_answer(world: World) -> company.Response:
    firm = world.beginner
    return company.save_answer(
        account=firm.account, number="2.1", state="not_yet", text="Soon.", because="", version=0,
        actor=firm.officer, at=AT,
    )  # fmt: skip


def decided(world: World) -> Decision:
    recommended(world)
    return review.decide(
        application=world.asked.application, outcome="certify", reasons=[], letter="Dear company,",
        actor=world.staff.supervisor, at=AT,
    )  # fmt: skip


def submitted(world: World) -> object:
    firm = a_firm("Sue Submits")
    builders.ready_to_submit(firm.officer, firm.account)
    return builders.submit(firm.officer, firm.application)


def vetting_cleared(world: World) -> Vetting:
    return review.conclude_vetting(
        vetting=vetting(world), cleared=True, conclusion="Nothing was found.", actor=world.staff.vetter, at=AT
    )


def released(world: World) -> World:
    answered(world)
    review.release(application=world.asked.application, actor=world.staff.specialist, at=AT)
    return world


# Every public operation, done once; the last event it leaves is named beside it.
DOINGS: dict[str, tuple[str, Callable[[World], object]]] = {
    "accounts.found_company": ("membership.begin", lambda w: builders.who.found_company(
        legal_name="New Harbor", actor=builders.a_user("Nora New"), at=AT)),
    "accounts.update_company": ("company.change", lambda w: who.update_company(
        company_id=w.beginner.company.pk, version=w.beginner.company.version, actor=w.beginner.officer, at=AT,
        details={"city": "Savannah"})),
    "accounts.rename_user": ("user.rename", lambda w: who.rename_user(
        user=w.beginner.officer, name="Ove Renamed", at=AT)),
    "accounts.open_account": ("account.open", second_account),
    "accounts.set_identifier": ("identifier.set", lambda w: who.set_identifier(
        account=w.beginner.account, scheme="ein", raw="52-7654321", actor=w.beginner.officer, at=AT)),
    "accounts.save_facility": ("facility.change", lambda w: who.save_facility(
        company=w.beginner.company, facility=facility(w), version=1, details={"city": "Savannah"},
        actor=w.beginner.officer, at=AT)),
    "accounts.remove_facility": ("facility.remove", lambda w: who.remove_facility(
        facility=facility(w), actor=w.beginner.officer, at=AT)),
    "accounts.save_person": ("person.add", lambda w: who.save_person(
        company=w.beginner.company, details={"name": "Pia Person", "is_owner": True}, actor=w.beginner.officer, at=AT)),
    "accounts.remove_person": ("person.remove", lambda w: who.remove_person(
        person=person(w), actor=w.beginner.officer, at=AT)),
    "accounts.reveal_person": ("person.reveal", lambda w: who.reveal_person(
        person=person(w), reason="Vetting of 2026.", actor=w.staff.vetter, at=AT)),
    "accounts.erase_person": ("person.erase", lambda w: who.erase_person(
        person=person(w), reason="Asked for it.", actor=w.beginner.officer, at=AT)),
    "accounts.invite": ("invitation.send", an_invitation),
    "accounts.accept_invitation": ("membership.begin", guest_accepts),
    "accounts.revoke_invitation": ("invitation.revoke", lambda w: who.revoke_invitation(
        invitation=an_invitation(w)[0], actor=w.beginner.officer, at=AT)),
    "accounts.change_role": ("membership.change", lambda w: who.change_role(
        membership=member(w), role=Role.COMPANY_USER, actor=w.beginner.officer, at=AT)),
    "accounts.end_membership": ("membership.end", lambda w: who.end_membership(
        membership=member(w), actor=w.beginner.officer, at=AT)),
    "accounts.lapse_delegation": ("membership.lapse", delegation_over),
    "accounts.grant_consent": ("consent.grant", consent),
    "accounts.revoke_consent": ("consent.revoke", lambda w: who.revoke_consent(
        consent=consent(w), actor=w.member.officer, at=AT)),
    "application.start": ("application.start", lambda w: company.start(
        account=second_account(w), actor=w.asked.officer, at=AT)),
    "application.save_eligibility": ("eligibility.save", lambda w: company.save_eligibility(
        application=w.beginner.application, answers={"q": True}, actor=w.beginner.officer, at=AT)),
    "application.save_profile": ("profile.save", lambda w: company.save_profile(
        application=w.beginner.application, answers={"q": True}, actor=w.beginner.officer, at=AT)),
    "application.sign_agreement": ("agreement.sign", lambda w: company.sign_agreement(
        account=w.beginner.account, version=company.agreement.current().version, typed_name=w.beginner.officer.name,
        actor=w.beginner.officer, at=AT, address="")),
    "application.save_answer": ("answer.save", saved_answer),
    "application.link_evidence": ("evidence.link", lambda w: (saved_answer(w), company.link_evidence(
        account=w.beginner.account, number="2.1", evidence=[a_document(w)], actor=w.beginner.officer, at=AT))),
    "application.copy_answers": ("answers.copy", copied),
    "application.save_business_partner": ("business_partner.add", business_partner),
    "application.remove_business_partner": ("business_partner.remove", lambda w: company.remove_business_partner(
        row=business_partner(w), actor=w.beginner.officer, at=AT)),
    "application.save_conveyance": ("conveyance.add", conveyance),
    "application.remove_conveyance": ("conveyance.remove", lambda w: company.remove_conveyance(
        row=conveyance(w), actor=w.beginner.officer, at=AT)),
    "application.submit": ("case.route", submitted),
    "application.answer_request": ("case.assess", answered),
    "application.withdraw": ("application.withdraw", lambda w: company.withdraw(
        application=w.asked.application, reason="Not now.", actor=w.asked.officer, at=AT)),
    "evidence.upload": ("evidence.upload", a_document),
    "evidence.describe": ("evidence.describe", lambda w: files.describe(
        evidence=a_document(w), title="A new title", issued_on=None, expires_on=None, facility=None,
        actor=w.beginner.officer, at=AT)),
    "evidence.remove": ("evidence.remove", lambda w: files.remove(
        evidence=a_document(w), actor=w.beginner.officer, at=AT)),
    "review.claim": ("application.claim", lambda w: review.claim(
        application=released(w).asked.application, actor=w.staff.colleague, at=AT)),
    "review.release": ("application.release", released),
    "review.reassign": ("application.reassign", lambda w: review.reassign(
        application=w.asked.application, reviewer=w.staff.colleague, reason="Less work.",
        actor=w.staff.supervisor, at=AT)),
    "review.give_verdict": ("verdict.give", lambda w: (answered(w), review.give_verdict(
        application=w.asked.application, number="2.1", word="accepted", actor=w.staff.specialist, at=AT))),
    "review.accept_suggested": ("verdict.give", lambda w: (answered(w), review.accept_suggested(
        application=w.asked.application, numbers=["2.1"], actor=w.staff.specialist, at=AT))),
    "review.ask": ("application.ask", lambda w: (answered(w), review.ask(
        application=w.asked.application, questions={"2.1": "Still?"}, message="", actor=w.staff.specialist, at=AT))),
    "review.lapse_request": ("application.lapse", lambda w: review.lapse_request(
        request_id=w.asked.application.information_requests.get().pk, at=AT + timedelta(days=90))),
    "review.add_note": ("note.add", lambda w: review.add_note(
        application=w.asked.application, text="Look at 2.1.", actor=w.staff.colleague, at=AT)),
    "review.raise_flag": ("flag.raise", a_flag),
    "review.clear_flag": ("flag.clear", lambda w: review.clear_flag(
        flag=a_flag(w), reason="Done.", actor=w.staff.colleague, at=AT)),
    "review.conclude_vetting": ("vetting.conclude", vetting_cleared),
    "review.reopen_vetting": ("vetting.reopen", lambda w: review.reopen_vetting(
        vetting=vetting_cleared(w), reason="Look again.", actor=w.staff.vetter, at=AT)),
    "review.recommend": ("application.recommend_certify", recommended),
    "review.return_to_review": ("application.return_to_review", lambda w: review.return_to_review(
        application=recommended(w).asked.application, reason="Look again.", actor=w.staff.supervisor, at=AT)),
    "review.decide": ("standing.change", decided),
    "review.undo_decision": ("application.undo_decision", lambda w: (decided(w), review.undo_decision(
        application=w.asked.application, actor=w.staff.supervisor, at=AT))),
    "standing.set_standing": ("standing.change", lambda w: standing.set_standing(
        account=w.beginner.account, new=standing.NewStanding("none", None, "removed"), actor=w.staff.director, at=AT,
        because="Removed.")),
    "standing.propose_change": ("standing.propose", a_proposal),
    "standing.confirm_change": ("standing.change", lambda w: standing.confirm_change(
        change=a_proposal(w), actor=w.staff.deputy, at=AT)),
    "standing.reject_change": ("standing.reject", lambda w: standing.reject_change(
        change=a_proposal(w), actor=w.staff.deputy, at=AT)),
}  # fmt: skip

MODULES = {"accounts": who, "application": company, "evidence": files, "review": review, "standing": standing}
# Public functions of these modules that write no fact of a case.
NO_FACT = {
    "accounts.company_subject": "names a chain",
    "accounts.invitation_mail": "words of a mail",
    "application.asked_numbers": "reads",
    "evidence.own_files": "a context for the demonstration",
    "evidence.quarantine_path": "names a file",
    "evidence.check": "an effect's handler, tried with the effects",
    "review.save_filter": "a person's own view of the queue",
    "standing.draw_certificate": "a step inside a decision, whose event tells it",
}


def public(name: str, module: ModuleType) -> set[str]:
    return {
        f"{name}.{function}"
        for function, value in vars(module).items()
        if inspect.isfunction(inspect.unwrap(value)) and inspect.unwrap(value).__module__.startswith(module.__name__)
        and not function.startswith("_")
    }  # fmt: skip


def test_every_operation_is_tried_here():
    found = set().union(*(public(name, module) for name, module in MODULES.items()))
    assert found - set(NO_FACT) == set(DOINGS)


@pytest.mark.usefixtures("in_system")
@pytest.mark.parametrize("name", DOINGS)
def test_an_operation_leaves_its_event_and_rolled_back_leaves_none(name, world):
    last, do = DOINGS[name]
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    with transaction.atomic():
        do(world)
        left = Event.objects.filter(pk__gt=newest).order_by("pk")
        assert left.last().operation == last
        assert all(event.actor_id or event.actor_kind == "system" for event in left)
        transaction.set_rollback(True)
    assert not Event.objects.filter(pk__gt=newest).exists()


@pytest.mark.usefixtures("in_system")
def test_without_its_event_a_change_does_not_happen(world, monkeypatch):
    """The control: an operation whose recording is taken out is refused by the database."""
    monkeypatch.setattr("accounts.events.record", lambda *args, **kwargs: None)
    with pytest.raises(Exception, match="changes only with its event"), transaction.atomic():
        company.withdraw(application=world.asked.application, reason="Not now.", actor=world.asked.officer, at=AT)
