"""Stages for the proof of every form: cases and requests in every state, with the people who have something to do there.

There are two, so that two workers can share the proof. What can't stand on one stage (the rule book offers no proposal
while another one waits) stands on the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import operations as who
from accounts.models import Facility, PartnerClient, User
from accounts.roles import Role
from fastlane.console import operations as console
from fastlane.lanes import deciding, officers
from fastlane.lanes.models import LaneRequest
from fastlane.parcels import columns
from fastlane.parcels import operations as parcels
from fastlane.publishing import sandbox
from fastlane.rulebook import operations as rulebook
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks.models import Delivery
from tests import builders
from tests.builders import NOW
from tests.fastlane.conftest import a_partner
from tests.fastlane.lanes import harbor
from tests.proofs.house import equip, settle
from tests.world import Firm, World, a_firm, build, change_standing
from trusted_trader.application import operations as company
from trusted_trader.application import queries, sheet
from trusted_trader.application.models import Response, SheetImport
from trusted_trader.review import operations as review
from trusted_trader.standing import operations as standing
from trusted_trader.validation import operations as validation

REASON = "The port has asked for it in writing."


@dataclass(frozen=True)
class Visitor:
    """Somebody who walks through the portal, with the addresses that no page names: links that come by mail."""

    user: User
    begins: tuple[str, ...] = ()


def casework() -> list[Visitor]:
    """Applications, standings and vettings in every state; an edition of the rule book that waits for its second."""
    world: World = build()
    people, beginner = world.staff, world.beginner
    for firm in (world.member, beginner):
        equip(firm)
    sheet_page = a_changed_sheet(beginner)
    exporter = builders.an_account(beginner.officer, beginner.company, "exporter")
    builders.answer_all(exporter, beginner.officer)
    final, answered = a_firm("Frida Final"), a_firm("Anna Answered")
    builders.ready_to_submit(final.officer, final.account)
    pool, held, ready = a_firm("Paula Pool"), a_firm("Hanna Held"), a_firm("Rita Ready")
    judged, decided, gone = a_firm("Jana Judged"), a_firm("Dita Decided"), a_firm("Gero Gone")
    second, third = a_firm("Selma Second"), a_firm("Thea Third")
    for firm in (pool, held, ready, judged, decided, second, third, answered):
        builders.submitted(firm.officer, firm.account)
    builders.in_review(held.application, people.specialist)
    builders.in_review(answered.application, people.specialist)
    all_answered(answered, people.specialist)
    builders.judged(judged.application, people.specialist, people.vetter)
    builders.recommended(ready.application, people.specialist, people.vetter)
    builders.recommended(decided.application, people.specialist, people.vetter)
    builders.decide(decided.application, people.supervisor, at=timezone.now())
    company.withdraw(application=gone.application, reason="We begin anew.", actor=gone.officer, at=NOW)
    for firm in (second, third):
        builders.certified(firm.application, people.specialist, people.vetter, people.supervisor)
    validation.record(
        account=third.account, visited_on=NOW.date(), sites=list(Facility.objects.filter(company=third.company)), basis="on_site",
        summary="Gates and seals were seen, all in order.", actor=people.specialist, at=NOW + timedelta(days=10),
    )  # fmt: skip
    change_standing(world.member, "suspend", people, days=9)
    standing.propose_change(
        account=world.member.account, kind="reinstate", reason="The seals are sound again.", letter="Dear company,",
        actor=people.director, at=NOW + timedelta(days=11),
    )  # fmt: skip
    review.raise_flag(
        application=held.application, title="Look at the yard", company_word="We look into it.", blocks_decision=True,
        owner=people.specialist, ends_on=None, actor=people.specialist, at=NOW + timedelta(days=2),
    )  # fmt: skip
    review.save_filter(owner=people.specialist, name="Mine", query="view=all", shared=True)
    steward = builders.staff("Dora Data", Role.DATA_STEWARD)
    an_edition("Autumn", steward, propose=True)
    invited = builders.a_user("Ivo Invited")
    _row, token = who.invite(
        company=beginner.company, email=invited.email, role=Role.CONTACT, actor=beginner.officer, at=timezone.now()
    )
    settle()
    parcels.upload(  # waits for its worker, so that it can be stopped
        account=pool.account, name="parcels.csv", file=ContentFile(columns.template().encode()), actor=pool.officer,
        at=timezone.now(),
    )  # fmt: skip
    officers_ = [firm.officer for firm in (world.asked, world.member, pool, gone, final, answered)]
    staff = [people.specialist, people.supervisor, people.director, people.deputy, steward]
    return [
        Visitor(beginner.officer, (sheet_page,)),
        Visitor(people.vetter, (f"/admin/vetting/{judged.application.pk}/",)),
        Visitor(invited, (f"/invitation/{token}/",)),
        *(Visitor(user) for user in (*officers_, *staff)),
    ]


def all_answered(firm: Firm, specialist: User) -> None:
    """Asked, and every answer given anew, but not sent yet."""
    at = NOW + timedelta(days=2)
    number = queries.criteria_of(firm.application)[0].number
    review.ask(
        application=firm.application, questions={number: "Since when?"}, message="One answer needs more.",
        actor=specialist, at=at,
    )  # fmt: skip
    row = Response.objects.get(account=firm.account, number=number)
    company.save_answer(
        account=firm.account, number=number, state=row.state, text=f"{row.text} Since 2019.", because=row.because,
        version=row.version, actor=firm.officer, at=at,
    )  # fmt: skip


def a_changed_sheet(firm: Firm) -> str:
    """Brought back with an answer that was changed in it; the address of its preview."""
    at = timezone.now()
    application = firm.application
    number = queries.criteria_of(application)[0].number
    first, later = "The gate is locked at night.", "The gate is locked at night and at noon."
    company.save_answer(
        account=firm.account,
        number=number,
        state="implemented",
        text=first,
        because="",
        version=0,
        actor=firm.officer,
        at=at,
    )
    brought = sheet.bring_back(application=application, data=sheet.take_out(application), actor=firm.officer, at=at)
    rows = [line | {"text": later} if line["number"] == number else line for line in brought.rows]
    SheetImport.objects.filter(pk=brought.pk).update(rows=rows)
    return f"/accounts/{firm.account.number}/sheet/{brought.pk}/"


def an_edition(name: str, steward: User, *, propose: bool = False, close: bool = True) -> None:
    """An edition with a changed row; closed and replayed, and proposed if wished."""
    at = timezone.now()
    edition = rulebook.draft(name=name, note="A test.", actor=steward, at=at)
    row = edition.rows["ports"][0]
    edition = rulebook.put_row(
        edition=edition, table="ports", number=0, row=row | {"source": f"{name}, by letter."}, actor=steward, at=at
    )
    if not close:
        return
    edition = rulebook.submit(edition=edition, actor=steward, at=at)
    harbor.run_effects("rulebook.replay", at=at)
    edition.refresh_from_db()
    if propose:
        rulebook.propose(edition=edition, starts_at=at + timedelta(days=7), reason=REASON, actor=steward, at=at)


def fast_lane() -> list[Visitor]:
    """Lane requests in every state, the rule book at work, and a partner's systems with their people."""
    at = timezone.now()
    eta = at + timedelta(days=5)
    quay = harbor.build()
    quay.draft(at=at, eta=eta, voyage="130E")
    approved = quay.file(at=at, eta=eta, voyage="131E")
    to_look_at(quay, voyage="132E")
    proposed = to_look_at(quay, voyage="133E", holds=2)
    officers.propose(request=proposed, reason=REASON, actor=quay.officer, at=at)
    incomplete = quay.file(at=at, eta=eta, voyage="134E", notice_of_arrival_ref=None)
    an_edition("Winter", quay.steward, close=False)
    an_edition("Spring", quay.steward)
    client, made_up = a_partner("Harbour Terminal").row, a_partner("Harbour Terminal, trying").row
    PartnerClient.objects.filter(pk=made_up.pk).update(is_sandbox=True)
    made_up.refresh_from_db()
    sandbox.furnish(made_up, at=at)
    administrator = builders.staff("Alma Administrator", Role.ADMINISTRATOR)
    person = builders.a_user("Petra Partner")
    User.objects.create_user("twice@example.org", "correct horse battery", name="Nora Twice", joined_at=NOW)
    for row in (client, made_up):
        console.name_steward(partner=row, user=person, actor=administrator, at=at)
    who.grant_consent(account=quay.carrier, partner=client, actor=quay.agent, at=at)
    settle()
    hooks(client, person)
    visitors = (quay.agent, quay.officer, quay.second, quay.steward, quay.supervisor, person, administrator)
    # A walk opens three requests: these two, and one of the others.
    pages = (f"/accounts/{quay.carrier.number}/lanes/{row.reference}/" for row in (approved, incomplete))
    begins = {quay.agent: tuple(pages)}
    return [Visitor(user, begins.get(user, ())) for user in visitors]


def to_look_at(quay: harbor.Harbor, *, voyage: str, holds: int = 0) -> LaneRequest:
    """A request in manual review: passengers on board, or holds."""
    at = timezone.now()
    row = quay.file(at=at, eta=at + timedelta(days=5), facts=False, voyage=voyage, passengers=12)
    quay.observe(row, at=at)
    if holds:
        quay.observe(row, at=at, targeting__holds=holds)
    deciding.recheck(row.pk, "facts", at=at)
    row.refresh_from_db()
    assert row.status == "manual_review"
    return row


def hooks(client: PartnerClient, person: User) -> None:
    """One address that is on, with a message that failed, and one that is off."""
    at, acting = timezone.now(), webhooks.Acting.person(person)
    on, _secret = webhooks.create(partner=client, url="https://partner.example/on", actor=acting, at=at)
    off, _secret = webhooks.create(partner=client, url="https://partner.example/off", actor=acting, at=at)
    webhooks.switch(endpoint=off, on=False, actor=acting, at=at)
    row = webhooks.send_test(endpoint=on, actor=acting, at=at)
    Delivery.objects.filter(pk=row.pk).update(state=Delivery.State.FAILED, attempts=9)


STAGES: Mapping[str, Callable[[], list[Visitor]]] = {"casework": casework, "fast_lane": fast_lane}
_FAST = ("lane_", "admin:lane_", "admin:ledger", "admin:rulebook", "partner")
_A_PROPOSAL_WAITS = {"admin:rulebook_confirm", "admin:rulebook_reject"}


def stage_of(route: str) -> str:
    """The stage that has to offer a form of this route."""
    return "fast_lane" if route.startswith(_FAST) and route not in _A_PROPOSAL_WAITS else "casework"
