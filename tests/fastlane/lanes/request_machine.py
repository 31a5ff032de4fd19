"""Random steps on port calls while standings, terminals, facts and rule sets change under them, and a worker comes late.

Two promises are asked for after each step: no yes outlives its reason, and every fall was told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

import time_machine
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts import effects
from accounts.effects.models import Effect
from accounts.models import Event, Notice, User
from accounts.refusals import Refused
from fastlane.lanes import agency, announcing, deciding, officers, operations, telling
from fastlane.lanes.acting import Actor
from fastlane.lanes.life import HOLDS_THE_CALL, LIVE, OPEN
from fastlane.lanes.models import LaneDecision, LaneRequest
from fastlane.lanes.replaying import same_again
from fastlane.rulebook import operations as rulebook
from fastlane.rulebook.models import Edition
from fastlane.webhooks.models import Delivery
from tests import builders
from tests.builders import NOW
from tests.fastlane.conftest import Partner
from tests.fastlane.lanes.harbor import SUSPENDED, VALIDATED, Harbor
from trusted_trader.standing.operations import CHANGED, NewStanding

NONE = NewStanding("certified", None, "good")
STANDINGS = {"validated": VALIDATED, "suspended": SUSPENDED, "certified": NONE}
# What a worker does for the lanes; mails and papers are others' proof.
WORK = (
    CHANGED, rulebook.IN_FORCE, agency.TOLD, deciding.CHANGED, deciding.RECHECK, deciding.OVERDUE,
    deciding.EXPIRE,
)  # fmt: skip
VOYAGES = ("118E", "119E")
FACTS = {
    "targeting__holds": (0, 2),
    "targeting__high_risk_bills": (0, 1),
    "ean__open_on_voyage": (False, True),
    "fsmc_found": (False, True),
    "isf__stow_plan": (True, False),
}
FALLS = ("lane.void", "lane.revoke")


@dataclass(frozen=True)
class Stage:
    """Where the runs begin: the harbor, the systems of the carrier and of two operators, and closed editions to put in force."""

    quay: Harbor
    systems: tuple[Partner, ...]
    editions: Mapping[str, Edition]


def machine(stage: Stage, seen: Counter[str]) -> type[RuleBasedStateMachine]:
    quay = stage.quay

    class Call(RuleBasedStateMachine):
        """One harbor with a request that is approved at the beginning."""

        def __init__(self) -> None:
            super().__init__()
            self.stack = ExitStack()
            self.stack.enter_context(transaction.atomic())
            self.stack.enter_context(builders.system())
            self.at = NOW + timedelta(hours=1)
            self.lazy = False
            self.voyages = iter(range(1000))
            self.events_before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

        def teardown(self) -> None:
            for decision in LaneDecision.objects.all():
                assert same_again(decision), f"{decision} can't be replayed"
            transaction.set_rollback(True)
            self.stack.close()

        @initialize(voyage=st.sampled_from(VOYAGES))
        def begin(self, voyage: str) -> None:
            quay.file(at=self.at, voyage=voyage, eta=NOW + timedelta(days=5))

        # --- Looking ------------------------------------------------------------------------------------------

        def newest(self) -> LaneRequest:
            """The newest request with which something can be done; a fresh one when all are over."""
            live = LaneRequest.objects.filter(status__in=sorted(LIVE - {"refused", "void"})).order_by("-pk").first()
            return live or quay.file(at=self.at, voyage=f"{next(self.voyages)}W", eta=self.at + timedelta(days=5))

        def person(self, user: User) -> User:
            return User.objects.get(pk=user.pk)  # what it may do is read anew

        def step(self, do: Callable[[datetime], object]) -> None:
            """Take the step; a refusal is an answer, too, and changes nothing."""
            self.at += timedelta(minutes=7)
            try:
                with transaction.atomic():
                    do(self.at)
            except Refused:
                seen["refusals"] += 1
            if not self.lazy:
                self.work()

        # --- The agent ----------------------------------------------------------------------------------------

        @rule(voyage=st.sampled_from(VOYAGES), hours=st.sampled_from([30, 110, 200]), facts=st.booleans())
        def file(self, voyage: str, hours: int, facts: bool) -> None:
            self.step(lambda at: quay.file(at=at, voyage=voyage, eta=at + timedelta(hours=hours), facts=facts))

        @rule(hours=st.sampled_from([-30, -3, 2, 5, 9, 40]))
        def move_arrival(self, hours: int) -> None:
            row = self.newest()
            assert row.eta is not None
            changes = {"eta": row.eta + timedelta(hours=hours)}
            self.step(lambda at: operations.amend(request=row, changes=changes, actor=Actor(quay.agent), at=at))

        @rule(terminal=st.sampled_from(["W185", "W190"]))
        def move_terminal(self, terminal: str) -> None:
            changes = {"terminal": terminal}
            self.step(
                lambda at: operations.amend(request=self.newest(), changes=changes, actor=Actor(quay.agent), at=at)
            )

        @rule(surely=st.booleans())
        def withdraw(self, surely: bool) -> None:
            if surely:  # half as often as the rest
                self.step(
                    lambda at: operations.withdraw(request=self.newest(), reason="", actor=Actor(quay.agent), at=at)
                )

        @rule(kind=st.sampled_from(["all_fast", "first_container", "crew_cleared", "diversion"]))
        def report(self, kind: str) -> None:
            self.step(
                lambda at: operations.report(
                    request=self.newest(), kind=kind, happened_at=at, actor=Actor(quay.agent), at=at
                )
            )

        # --- The world ----------------------------------------------------------------------------------------

        @rule(whose=st.sampled_from(["carrier", "operator"]), to=st.sampled_from(sorted(STANDINGS)))
        def change_standing(self, whose: str, to: str) -> None:
            self.step(lambda at: quay.stands(getattr(quay, whose), STANDINGS[to], at=at))

        @rule(fact=st.sampled_from(sorted(FACTS)), good=st.booleans())
        def tell_fact(self, fact: str, good: bool) -> None:
            self.step(lambda at: quay.observe(self.newest(), at=at, **{fact: FACTS[fact][not good]}))

        @rule()
        def tell_all_is_well(self) -> None:
            self.step(lambda at: quay.observe(self.newest(), at=at))

        @rule(name=st.sampled_from(["closed", "open", "strict hours", "handed over"]))
        def put_in_force(self, name: str) -> None:
            def go(at: datetime) -> None:
                row = rulebook.propose(
                    edition=stage.editions[name],
                    starts_at=at,
                    reason="The test needs it so.",
                    actor=quay.steward,
                    at=at,
                )
                rulebook.confirm(activation=row, actor=quay.supervisor, at=at)

            self.step(go)

        @rule(hours=st.sampled_from([1, 13, 40, 110]), fresh=st.booleans())
        def time_passes(self, hours: int, fresh: bool) -> None:
            """With the hours facts grow old, unless the agency tells them again."""
            self.at += timedelta(hours=hours)
            self.step(lambda at: quay.observe(self.newest(), at=at) if fresh else None)

        # --- The port officers --------------------------------------------------------------------------------

        @rule(first=st.booleans())
        def approve(self, first: bool) -> None:
            one, other = (quay.officer, quay.second) if first else (quay.second, quay.officer)
            reason = "Looked at papers and ship."
            self.step(
                lambda at: officers.propose(request=self.newest(), reason=reason, actor=self.person(other), at=at)
            )
            self.step(lambda at: officers.approve(request=self.newest(), reason=reason, actor=self.person(one), at=at))

        @rule(misuse=st.sampled_from(["diversion", "false_data"]))
        def revoke(self, misuse: str) -> None:
            self.step(
                lambda at: officers.revoke(
                    request=self.newest(), misuse=misuse, reason="Crew were seen ashore.", actor=quay.officer, at=at
                )
            )

        # --- The worker ---------------------------------------------------------------------------------------

        @rule(lazy=st.booleans())
        def worker(self, lazy: bool) -> None:
            """From now on it comes after each step, or not until it is woken again."""
            self.lazy = lazy
            if not lazy:
                self.work(twice=True)

        def work(self, *, twice: bool = False) -> None:
            """All that is due is done, in the order in which it became due; a second run finds nothing to do."""
            with time_machine.travel(self.at, tick=False):
                done = []
                while due := list(self.due()[:20]):
                    for pk in due:
                        effects.run(pk)
                    done += due
                if twice:
                    before = self.falls()
                    for pk in done:
                        effects.run(pk)
                    assert self.falls() == before
            self.no_yes_outlives_its_reason()
            self.every_fall_was_told()
            self.no_clock_was_missed()

        def due(self) -> list[int]:
            rows = Effect.objects.filter(kind__in=WORK, done_at=None, cancelled_at=None, not_before__lte=self.at)
            return rows.order_by("not_before", "pk").values_list("pk", flat=True)  # type: ignore[return-value]

        def falls(self) -> int:
            return Event.objects.filter(operation__in=FALLS).count()

        def no_yes_outlives_its_reason(self) -> None:
            for row in LaneRequest.objects.filter(status__in=sorted(deciding.YES)):
                decision, gathered, _decided = deciding.answer(row, at=self.at)
                assert deciding.still_yes(row, decision, gathered), f"{row} is {row.status} against {decision.codes}"

        def no_clock_was_missed(self) -> None:
            """The slow reading: nothing lives 48 hours past its arrival, and who waits within 12 hours is known of."""
            for row in LaneRequest.objects.filter(status__in=sorted(LIVE)):
                assert row.eta is not None
                seen[row.status] += 1
                assert self.at < row.eta + timedelta(hours=48), f"{row} should have lapsed"
                if row.status in OPEN and self.at >= row.eta - timedelta(hours=12):
                    seen["overdue"] += 1
                    assert Notice.objects.filter(
                        user=quay.supervisor, kind="lane.overdue", subject__contains=row.reference
                    ).exists(), f"nobody was told that {row} is overdue"

        def every_fall_was_told(self) -> None:
            """To the agent by notice; to the carrier's system, and to all that heard of the approval, by a message each."""
            for fall in Event.objects.filter(operation__in=FALLS, pk__gt=self.events_before):
                row = LaneRequest.objects.get(pk=fall.object_id)
                seen["falls"] += 1
                assert Notice.objects.filter(
                    user=quay.agent, kind="lane.decision", subject__startswith=row.reference
                ).exists(), f"the agent heard nothing of {row}"
                told = Delivery.objects.filter(type=announcing.CHANGED, lane=row.reference)
                orders = [(one.endpoint.partner, json.loads(one.body)["data"]) for one in told]
                believers = {partner for partner, data in orders if data["order"] < fall.sequence}
                believers.add(stage.systems[0].row)
                heard = {partner for partner, data in orders if data["order"] == fall.sequence}
                assert believers <= heard, f"{believers - heard} heard nothing of {row}"
                seen["terminals told"] += len(heard) > 1

        # --- Always -------------------------------------------------------------------------------------------

        @invariant()
        def what_a_partner_reads_is_true(self) -> None:
            """Before the worker comes, too: a yes is asked once more as it is read."""
            for row in LaneRequest.objects.exclude(submitted_at=None):
                told = json.loads(telling.request_answer(row, now=self.at).body)
                if told["outcome"] in {"eligible", "not_required"} and told["status"] in deciding.YES:
                    decision, gathered, _decided = deciding.answer(row, at=self.at)
                    assert deciding.still_yes(row, decision, gathered), f"a partner reads a yes of {row}"
                    seen["yes read"] += 1

        @invariant()
        def one_request_holds_a_call(self) -> None:
            rows = LaneRequest.objects.filter(status__in=sorted(HOLDS_THE_CALL))
            calls = list(rows.values_list("imo", "voyage", "port"))
            assert len(calls) == len(set(calls))

    return Call
