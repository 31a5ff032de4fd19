"""One winner: two processes meet between read and commit, and the loser hears who or what was quicker."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Invitation, Membership
from accounts.roles import Role
from tests import builders, folding, services
from tests.builders import NOW
from tests.racing import Order, Outcome, Racer, back_to, keep, race, two_racers
from tests.world import QUICK_PASSWORDS, Firm, a_firm, a_staff, size
from trusted_trader.application import queries
from trusted_trader.application.models import Application
from trusted_trader.review.models import Decision, Vetting
from trusted_trader.standing import operations as standing
from trusted_trader.standing.models import Certificate, StandingChange

AT = NOW + timedelta(days=4)
pytestmark = [pytest.mark.processes, pytest.mark.django_db]


@pytest.fixture(scope="module")
def field_of_play(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    """One company on its way, committed, with a mark at every station to which a round can go back."""
    with django_db_blocker.unblock(), QUICK_PASSWORDS:
        try:
            with two_racers() as pair:
                yield SimpleNamespace(pair=pair, **lay_out())
        finally:
            with services.as_owner():
                # Keys must not begin anew: what a process keeps by key would be taken for another test's row.
                call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


@pytest.fixture
def _django_db_helper() -> None:
    """In place of pytest-django's: no transaction around a test, and no emptied tables after it."""


def lay_out() -> dict[str, object]:
    with builders.system():
        people, firm = a_staff(), a_firm("Olga Officer")
        third = builders.staff("Theo Third", Role.DIRECTOR)
        partner, guest = builders.a_user("Paul Partner"), builders.a_user("Greta Guest")
        Membership.objects.create(company=firm.company, user=partner, role=Role.OFFICER, started_at=NOW)
        invitation = Invitation.objects.create(
            company=firm.company,
            email=guest.email,
            role=Role.CONTACT,
            invited_by=firm.officer,
            created_at=NOW,
            expires_at=AT + timedelta(days=1),
            token_lookup="",
        )
        token = f"token {invitation.pk}"
        invitation.token_lookup = hashlib.sha256(token.encode()).hexdigest()
        invitation.save()
        builders.ready_to_submit(firm.officer, firm.account)
    keep("ready")
    with builders.system():
        builders.submit(firm.officer, firm.application)
    keep("submitted")
    with builders.system():
        builders.judged(firm.application, people.specialist, people.vetter)
    keep("in_review")
    with builders.system():
        builders.recommend(firm.application, people.specialist)
    keep("recommended")
    with builders.system():
        builders.decide(firm.application, people.supervisor)
    keep("member")
    with builders.system():
        change = standing.propose_change(
            account=firm.account, kind="suspend", reason="Seals were broken.", letter="x", actor=people.director, at=AT
        )
    keep("proposed")
    return {
        "firm": firm, "people": people, "third": third, "partner": partner, "guest": guest,
        "invitation": invitation, "change": change,
    }  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two steps that can't both be taken, from a station.

    `told` are words one of which the loser must hear; after a step named in `then` the other one is still good.
    """

    station: str
    orders: Callable[[SimpleNamespace], tuple[Order, Order]]
    holds: Callable[[Firm], bool]
    told: tuple[str, ...]
    then: frozenset[str] = field(default_factory=frozenset)
    clashes: bool = True


def case(operation: str, actor: str) -> Callable[[SimpleNamespace], Order]:
    def order(play: SimpleNamespace) -> Order:
        person = getattr(play.people, actor, None) or getattr(play, actor, None) or play.firm.officer
        return Order(operation, play.firm.application.pk, person.pk)

    return order


def both(one: Callable[[SimpleNamespace], Order], two: Callable[[SimpleNamespace], Order]) -> Callable[..., tuple]:
    return lambda play: (one(play), two(play))


def application(firm: Firm) -> Application:
    return Application.objects.get(pk=firm.application.pk)


def one_reviewer(firm: Firm) -> bool:
    row = application(firm)
    return (row.status == "in_review") == (row.reviewer_id is not None)


def one_ending(firm: Firm) -> bool:
    """Decided once or withdrawn, and a certificate only for who is certified."""
    status = application(firm).status
    decisions, papers = Decision.objects.count(), Certificate.objects.count()
    return (decisions, papers) == {"certified": (1, 1), "refused": (1, 0), "withdrawn": (0, 0)}[status]


def snapshot_is_what_stands(firm: Firm) -> bool:
    row = application(firm)
    facts = queries.case_facts(row, queries.programme_day(AT))
    snapshot = row.snapshots.get()
    return snapshot.sha256 == queries.submission(row, facts).sha256


def one_member(firm: Firm) -> bool:
    return firm.company.pk and Membership.objects.filter(role=Role.CONTACT, ended_at=None).count() == 1


def an_officer_is_left(firm: Firm) -> bool:
    return Membership.objects.filter(company=firm.company, role=Role.OFFICER, ended_at=None).count() == 1


def suspended_once(firm: Firm) -> bool:
    open_rows = firm.account.standings.filter(known__upper_inf=True, valid__upper_inf=True)
    return StandingChange.objects.get().status == "confirmed" and [row.status for row in open_rows] == ["suspended"]


def one_proposal(firm: Firm) -> bool:
    return StandingChange.objects.filter(status="proposed").count() == 1


def one_open_application(firm: Firm) -> bool:
    return firm.account.applications.filter(status="draft").count() == 1


def certified_only_when_vetted(firm: Firm) -> bool:
    return application(firm).status != "certified" or Vetting.objects.get().status == "cleared"


ENDED = ("withdrawn", "decided", "certified", "refused", "Withdrawn", "Certified")
PAIRS = {
    "claim / claim": Pair(
        "submitted", both(case("claim", "specialist"), case("claim", "colleague")), one_reviewer, ("Sam", "Cora")
    ),
    "claim / release": Pair(
        "in_review", both(case("claim", "colleague"), case("release", "specialist")), one_reviewer, ("Sam",),
        # Nothing to clash: without a lock the claim reads the case as it was before the release, and is refused.
        then=frozenset({"release"}), clashes=False,
    ),
    "release / reassign": Pair(
        "in_review",
        lambda play: (
            Order("release", play.firm.application.pk, play.people.specialist.pk),
            Order("reassign", play.firm.application.pk, play.people.supervisor.pk),
        ),
        one_reviewer, ("Only the reviewer",), then=frozenset({"release"}),
    ),
    "certify / refuse": Pair(
        "recommended", both(case("certify", "supervisor"), case("refuse", "second_supervisor")), one_ending,
        ("Sue", "Sid"),
    ),
    "certify / withdraw": Pair(
        "recommended", both(case("certify", "supervisor"), case("withdraw", "officer")), one_ending, ENDED
    ),
    "certify / reopen vetting": Pair(
        "recommended", both(case("certify", "supervisor"), case("reopen_vetting", "vetter")),
        certified_only_when_vetted, ("vetting", "closed"),
    ),
    "submit / submit": Pair(
        "ready", both(case("submit", "officer"), case("submit", "partner")), snapshot_is_what_stands,
        ("Olga", "Paul"),
    ),
    "submit / edit": Pair(
        "ready", both(case("submit", "officer"), case("edit", "partner")), snapshot_is_what_stands, ("submitted",),
        then=frozenset({"edit"}),
    ),
    "confirm / confirm": Pair(
        "proposed",
        lambda play: (
            Order("confirm", play.change.pk, play.people.deputy.pk), Order("confirm", play.change.pk, play.third.pk)
        ),
        suspended_once, ("Dan", "Theo"),
    ),
    "propose / propose": Pair(
        "member",
        lambda play: (
            Order("propose", play.firm.account.pk, play.people.director.pk),
            Order("propose", play.firm.account.pk, play.third.pk),
        ),
        one_proposal, ("proposed already",),
    ),
    "start / start": Pair(
        "member",
        lambda play: (
            Order("start", play.firm.account.pk, play.firm.officer.pk),
            Order("start", play.firm.account.pk, play.partner.pk),
        ),
        one_open_application, ("already has an open application",),
    ),
    "accept / accept": Pair(
        "ready", lambda play: (Order("accept", play.invitation.pk, play.guest.pk),) * 2, one_member, ("been used",)
    ),
    "leave / leave": Pair(
        "ready",
        lambda play: (
            Order("leave", play.firm.company.pk, play.firm.officer.pk),
            Order("leave", play.firm.company.pk, play.partner.pk),
        ),
        an_officer_is_left, ("needs an officer",),
    ),
}  # fmt: skip


def rounds(play: SimpleNamespace, pair: Pair, count: int, *, locks: bool) -> Iterator[tuple[list[Outcome], bool]]:
    """Play this many rounds, either one first, and say how each ended and whether the rows are sound after it."""
    seed = random.randrange(2**32)
    print(f"\nseed {seed}, {count} rounds")
    order = random.Random(seed)
    for _round in range(count):
        back_to(pair.station)
        orders = list(pair.orders(play))
        racers: list[Racer] = list(play.pair)
        order.shuffle(orders)
        ended = race((racers[0], racers[1]), *orders, AT, locks=locks)
        with builders.system():
            yield ended, pair.holds(play.firm) and folding.differences() == []


@pytest.mark.parametrize("name", PAIRS)
def test_of_two_who_meet_one_wins_and_the_other_hears_why(name, field_of_play):
    pair = PAIRS[name]
    for ended, sound in rounds(field_of_play, pair, size(50, 200), locks=True):
        first, _second = ended
        assert sound, ended
        winners = [one for one in ended if one.outcome == "done"]
        assert len(winners) == 1 or first.order.operation in pair.then, ended
        for loser in (one for one in ended if one not in winners):
            assert loser.outcome == "refused", ended
            assert any(word in loser.why for word in pair.told), ended


@pytest.mark.parametrize("name", [name for name, pair in PAIRS.items() if pair.clashes])
def test_with_the_locks_off_they_clash(name, field_of_play):
    """The control: without row locks both get through, the rows are unsound, or only a constraint stops the second."""
    clashes = 0
    for (first, second), sound in rounds(field_of_play, PAIRS[name], 6, locks=False):
        beside = second.outcome == "done" and first.order.operation not in PAIRS[name].then
        clashes += beside or not sound or second.outcome == "error"
    print(f"\n{name}: {clashes} clashes in 6 rounds")
    assert clashes
