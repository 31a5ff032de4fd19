"""Two people, and nobody with a tie: held by the operations and, past them, by the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts import effects, events
from accounts import operations as who
from accounts.effects.models import Effect
from accounts.models import Event, Membership, StaffTie, User
from accounts.refusals import Refused
from accounts.roles import Role
from tests import builders
from tests.builders import NOW
from tests.world import Firm, World, a_firm, a_world, in_the_system  # noqa: F401 - fixtures
from trusted_trader import agreement
from trusted_trader.application import operations as company
from trusted_trader.application.models import Application
from trusted_trader.review import operations as review
from trusted_trader.review.models import Decision, Vetting
from trusted_trader.standing import operations as standing
from trusted_trader.standing.models import Certificate
from trusted_trader.standing.queries import standing as standing_of

pytestmark = pytest.mark.usefixtures("in_system")
AT = NOW + timedelta(days=9)
LETTER = "Dear company,\n\nread this."


def refused(step: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught, transaction.atomic():
        step()
    return caught.value


def rejected(step: Callable[[], object]) -> str:
    """What the database says against it."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        step()
    return str(caught.value)


def run(sql: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@pytest.fixture
def firm(world: World) -> Firm:
    """`asked`, whose answer came back and which was recommended."""
    firm, people = world.asked, world.staff
    for number in ("2.1", "3.1"):
        row = firm.account.responses.get(number=number)
        company.save_answer(
            account=firm.account, number=number, state=row.state, text=f"{row.text} In writing since 2019.",
            because="", version=row.version, actor=firm.officer, at=AT - timedelta(days=2),
        )  # fmt: skip
    company.answer_request(
        application=firm.application, actor=firm.officer, at=AT - timedelta(days=2), address="192.0.2.7"
    )
    numbers = list(firm.account.responses.values_list("number", flat=True))
    review.accept_suggested(application=firm.application, numbers=numbers, actor=people.specialist, at=AT)
    review.conclude_vetting(
        vetting=Vetting.objects.get(application=firm.application),
        cleared=True,
        conclusion="Nothing was found.",
        actor=people.vetter,
        at=AT,
    )
    builders.recommend(firm.application, people.specialist, at=AT)
    return firm


def decide(firm: Firm, actor: User, outcome: str = "certify", reasons: tuple[str, ...] = ()) -> Decision:
    return review.decide(
        application=firm.application, outcome=outcome, reasons=reasons, letter=LETTER, actor=actor, at=AT
    )


def test_a_supervisor_who_did_not_review_certifies(world, firm):
    """The control of all that follows: everything is in place but the second person."""
    decide(firm, world.staff.supervisor)
    row = Application.objects.get(pk=firm.application.pk)
    assert (row.status, row.decided_by_id) == ("certified", world.staff.supervisor.pk)
    assert standing_of(firm.account, at=AT).in_good_standing
    assert Certificate.objects.filter(application=row).count() == 1


def test_nobody_decides_what_they_recommended(world, firm):
    builders.StaffGrant.objects.create(user=world.staff.specialist, role=Role.SUPERVISOR, granted_at=NOW)
    both = User.objects.get(pk=world.staff.specialist.pk)
    for outcome, reasons in (("certify", ()), ("refuse", ("criteria_not_met",))):
        assert refused(lambda o=outcome, r=reasons: decide(firm, both, o, r)).code == "not_own_review"


def test_staff_of_other_roles_and_the_company_itself_do_not_decide(world, firm):
    for person in (world.staff.colleague, world.staff.vetter, world.staff.director, firm.officer):
        assert refused(lambda p=person: decide(firm, p)).code == "role"


def test_who_has_or_had_a_tie_neither_claims_reviews_decides_nor_vets(world, firm):
    tied = builders.staff("Tia Tied", Role.SUPERVISOR, Role.SPECIALIST, Role.VETTING_OFFICER, Role.DIRECTOR)
    ended = AT - timedelta(days=30)
    Membership.objects.create(
        company=firm.company, user=tied, role=Role.CONTACT, started_at=NOW - timedelta(days=900), ended_at=ended
    )
    assert refused(lambda: decide(firm, tied)).code == "no_tie"
    assert "tie" in rejected(
        lambda: run(
            "update trusted_trader_application set reviewer_id = %s where id = %s", tied.pk, firm.application.pk
        )
    )
    assert "tie" in rejected(
        lambda: run(
            "update trusted_trader_application set decided_by_id = %s where id = %s", tied.pk, firm.application.pk
        )
    )
    assert "tie" in rejected(lambda: a_decision(firm, world.staff.specialist, tied))
    vetting = Vetting.objects.get(application=firm.application)
    assert refused(lambda: review.reopen_vetting(vetting=vetting, reason="Look again.", actor=tied, at=AT)).code in {
        "tie",
        "no_tie",
    }
    member = world.member
    Membership.objects.create(
        company=member.company, user=tied, role=Role.CONTACT, started_at=NOW - timedelta(days=900), ended_at=ended
    )
    assert (
        refused(
            lambda: standing.propose_change(
                account=member.account, kind="suspend", reason="Seals were broken.", letter="x", actor=tied, at=AT
            )
        ).code
        == "no_tie"
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("application", "reviewer_id"), ("application", "recommender_id"), ("application", "decided_by_id"),
        ("vetting", "officer_id"), ("standingchange", "proposed_by_id"),
    ],
)  # fmt: skip
def test_the_database_lets_nobody_with_a_tie_in(table, column, world):
    firm = world.member
    standing.propose_change(
        account=firm.account, kind="suspend", reason="Seals were broken.", letter="x",
        actor=world.staff.director, at=AT,
    )  # fmt: skip
    tied = builders.staff("Tia Tied", Role.SPECIALIST)
    change = f"update trusted_trader_{table} set {column} = %s where company_id = %s"
    StaffTie.objects.create(company=world.asked.company, user=tied, reason="Worked for another firm.")
    with transaction.atomic():
        assert run(change, tied.pk, firm.company.pk)  # the control: a tie to another company is none
        transaction.set_rollback(True)
    StaffTie.objects.create(company=firm.company, user=tied, reason="Worked there.")
    assert "tie" in rejected(lambda: run(change, tied.pk, firm.company.pk))


def test_a_tie_found_later_does_not_hold_the_company(world):
    """The reviewer turns out to have a tie: the company may still answer and withdraw, a supervisor reassign."""
    case = world.asked.application
    StaffTie.objects.create(company=case.company, user=world.staff.specialist, reason="Her brother works there.")
    with transaction.atomic():
        review.reassign(
            application=case, reviewer=world.staff.colleague, reason="A tie.", actor=world.staff.supervisor, at=AT
        )
        transaction.set_rollback(True)
    company.withdraw(application=case, reason="Not now.", actor=world.asked.officer, at=AT)
    assert Application.objects.get(pk=case.pk).status == "withdrawn"


def test_a_tie_of_long_ago_keeps_nobody_out(world, firm):
    """The control: the same membership, ended before the set period."""
    old = builders.staff("Ola Old", Role.SUPERVISOR)
    ended = timezone.now() - timedelta(days=800)
    Membership.objects.create(
        company=firm.company, user=old, role=Role.CONTACT, started_at=ended - timedelta(days=9), ended_at=ended
    )
    decide(firm, old)


def a_decision(firm: Firm, recommender: User, decider: User) -> Decision:
    return Decision.objects.create(
        company=firm.company, application=firm.application, outcome="certify", letter="x",
        recommended_by=recommender, decided_by=decider, decided_at=AT, letters_at=AT,
    )  # fmt: skip


def test_past_the_operations_the_database_still_wants_two_people(world, firm):
    people, pk = world.staff, firm.application.pk
    assert "two_people" in rejected(lambda: a_decision(firm, people.supervisor, people.supervisor))
    reviewer = people.specialist.pk
    assert "decider_is_not" in rejected(
        lambda: run("update trusted_trader_application set decided_by_id = %s where id = %s", reviewer, pk)
    )
    assert a_decision(firm, people.specialist, people.supervisor)  # the control
    change = standing.propose_change(
        account=world.member.account,
        kind="suspend",
        reason="Seals were broken.",
        letter="x",
        actor=people.director,
        at=AT,
    )
    with transaction.atomic():
        for concluded_by in (people.director.pk, None):
            events.record(
                "account:x", "x", actor=None, at=AT, about=change,
                changes={"status": {"old": "proposed", "new": "confirmed"}},
            )  # fmt: skip
            assert "two_people" in rejected(
                lambda by=concluded_by: run(
                    "update trusted_trader_standingchange set status = 'confirmed', concluded_by_id = %s where id = %s",
                    by,
                    change.pk,
                )
            )
        assert run(  # the control
            "update trusted_trader_standingchange set status = 'confirmed', concluded_by_id = %s where id = %s",
            people.deputy.pk,
            change.pk,
        )


def test_a_case_is_not_certified_without_a_decider(world, firm):
    events.record(
        "account:x", "x", actor=None, at=AT, about=firm.application,
        changes={"status": {"old": "recommended", "new": "certified"}},
    )  # fmt: skip
    assert "decider" in rejected(
        lambda: run("update trusted_trader_application set status = 'certified' where id = %s", firm.application.pk)
    )


def test_a_director_does_not_confirm_the_own_proposal(world):
    change = standing.propose_change(
        account=world.member.account, kind="suspend", reason="Seals were broken.", letter="x",
        actor=world.staff.director, at=AT,
    )  # fmt: skip
    assert refused(lambda: standing.confirm_change(change=change, actor=world.staff.director, at=AT)).code in {
        "two_people",
        "another_director",
    }
    assert refused(lambda: standing.confirm_change(change=change, actor=world.staff.supervisor, at=AT)).code == "role"
    standing.confirm_change(change=change, actor=world.staff.deputy, at=AT)
    assert standing_of(world.member.account, at=AT).status == "suspended"


def test_a_consultant_never_signs(world):
    firm, consultant = a_firm("Orla Owner"), builders.a_user("Connie Consultant")
    Membership.objects.create(company=firm.company, user=consultant, role=Role.CONSULTANT, started_at=NOW)
    builders.ready_to_submit(firm.officer, firm.account)
    text = agreement.current()

    def sign(actor: User) -> object:
        return company.sign_agreement(
            account=firm.account, version=text.version, typed_name=actor.name, actor=actor, at=NOW, address=""
        )

    def submit(actor: User) -> object:
        sworn = agreement.current_statement().version
        return company.submit(
            application=firm.application, actor=actor, at=NOW, address="", sworn_version=sworn, fresh_factor=True
        )

    assert refused(lambda: sign(consultant)).code == "role"
    assert refused(lambda: submit(consultant)).code == "role"
    assert "only an officer of the company signs" in rejected(
        lambda: run(
            "insert into trusted_trader_agreementsignature (company_id, account_id, version, sha256, typed_name,"
            " signed_by_id, signed_at) values (%s, %s, '1', '', 'x', %s, now())",
            firm.company.pk,
            firm.account.pk,
            consultant.pk,
        )
    )
    assert "only an officer of the company signs" in rejected(
        lambda: run(
            "insert into trusted_trader_snapshot (company_id, application_id, number, content, sha256, sworn_version,"
            " signed_by_id, signed_at) values (%s, %s, 1, '{}', '', 'v', %s, now())",
            firm.company.pk,
            firm.application.pk,
            consultant.pk,
        )
    )
    assert sign(firm.officer)  # the controls
    assert submit(firm.officer)


def test_a_refusal_gives_no_certificate_and_no_standing(world, firm):
    decide(firm, world.staff.supervisor, "refuse", ("criteria_not_met",))
    assert not standing_of(firm.account, at=AT).in_good_standing
    assert not Certificate.objects.filter(application=firm.application).exists()


def test_a_decision_taken_back_in_its_minute_leaves_no_letter_and_no_standing(world, firm):
    decision = decide(firm, world.staff.supervisor)
    assert (
        refused(
            lambda: review.undo_decision(application=firm.application, actor=world.staff.second_supervisor, at=AT)
        ).code
        == "own_decision"
    )
    review.undo_decision(application=firm.application, actor=world.staff.supervisor, at=AT + timedelta(seconds=59))
    assert not standing_of(firm.account, at=AT + timedelta(minutes=1)).in_good_standing
    assert standing_of(firm.account, at=AT + timedelta(minutes=1), known_at=AT + timedelta(seconds=30)).in_good_standing
    letter = Effect.objects.get(kind="decision.letters", subject=f"decision:{decision.pk}")
    assert letter.cancelled_at
    assert not effects.run(letter.pk)
    assert not Certificate.objects.filter(application=firm.application, withdrawn_at=None).exists()


def test_after_the_minute_a_decision_stays(world, firm):
    decide(firm, world.staff.supervisor)
    late = AT + timedelta(seconds=61)
    assert (
        refused(lambda: review.undo_decision(application=firm.application, actor=world.staff.supervisor, at=late)).code
        == "within_the_minute"
    )


@pytest.mark.parametrize("what", ["vetting", "flag"])
def test_without_vetting_or_with_a_blocking_flag_nothing_is_certified(what, world, firm):
    if what == "vetting":
        vetting = Vetting.objects.get(application=firm.application)
        review.reopen_vetting(vetting=vetting, reason="Something came up.", actor=world.staff.vetter, at=AT)
    else:
        review.raise_flag(
            application=firm.application, title="Stop", company_word="We look into it.", blocks_decision=True,
            owner=world.staff.colleague, ends_on=None, actor=world.staff.colleague, at=AT,
        )  # fmt: skip
    assert refused(lambda: decide(firm, world.staff.supervisor)).code in {"vetting_cleared", "nothing_blocks"}


def test_the_last_officer_can_not_leave_without_a_successor(world):
    firm = world.beginner
    membership = Membership.objects.get(company=firm.company, user=firm.officer)
    assert refused(lambda: who.end_membership(membership=membership, actor=firm.officer, at=AT)).code == "last_officer"
    assert (
        refused(lambda: who.change_role(membership=membership, role=Role.CONTACT, actor=firm.officer, at=AT)).code
        == "last_officer"
    )
    successor = builders.a_user("Sula Successor")
    Membership.objects.create(company=firm.company, user=successor, role=Role.OFFICER, started_at=NOW)
    who.end_membership(membership=membership, actor=firm.officer, at=AT)
    assert Event.objects.filter(operation="membership.end").exists()
