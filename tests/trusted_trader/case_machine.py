"""Random steps of everybody on one case, beside a small model that says which may go through."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts.models import Membership, User
from accounts.refusals import Refused
from tests import builders, folding
from tests.builders import NOW
from tests.world import Firm
from trusted_trader.application import operations as company
from trusted_trader.application import queries
from trusted_trader.application.models import Application
from trusted_trader.review import operations as review
from trusted_trader.review.models import Assignment, Decision, InformationRequest, Vetting
from trusted_trader.standing import operations as standing
from trusted_trader.standing.models import Certificate, StandingChange
from trusted_trader.standing.queries import standing as standing_of

STATIONS = ("ready", "submitted", "judged", "recommended", "member")
SPECIALISTS, SUPERVISORS = {"specialist", "colleague", "second_supervisor"}, {"supervisor", "second_supervisor"}
DIRECTORS, WRITERS = {"director", "deputy"}, {"officer", "contact"}
PEOPLE = sorted(SPECIALISTS | SUPERVISORS | DIRECTORS | WRITERS | {"vetter", "consultant", "stranger"})


@dataclass
class Model:
    """What the case must be, told by the steps that went through."""

    status: str
    reviewer: str = ""
    recommender: str = ""
    recommendation: str = "certify"
    decider: str = ""
    vetting: str = ""
    judged: bool = False
    untouched: set[str] = field(default_factory=set)
    blocked: bool = False
    member: str = "none"
    proposer: str = ""
    proposal: str = ""


BEGINNINGS = {
    "ready": Model("draft"),
    "submitted": Model("submitted", vetting="open"),
    "judged": Model("in_review", "specialist", vetting="cleared", judged=True),
    "recommended": Model("recommended", "specialist", "specialist", vetting="cleared", judged=True),
    "member": Model(
        "certified", "specialist", "specialist", decider="supervisor", vetting="cleared", judged=True, member="good"
    ),
}
OPEN = {"draft", "submitted", "in_review", "waiting_for_company", "recommended"}
who = st.sampled_from(PEOPLE)


def machine(stations: SimpleNamespace) -> type[RuleBasedStateMachine]:
    class Case(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.stack = ExitStack()
            self.stack.enter_context(transaction.atomic())
            self.stack.enter_context(builders.system())
            self.at = NOW + timedelta(days=10)

        def teardown(self) -> None:
            if hasattr(self, "model"):
                assert folding.differences() == []
            transaction.set_rollback(True)
            self.stack.close()

        @initialize(station=st.sampled_from(STATIONS))
        def begin(self, station: str) -> None:
            self.model = Model(**vars(BEGINNINGS[station]) | {"untouched": set()})
            self.firm: Firm = stations.firms[station]
            self.seals = {s.pk: s.sha256 for s in self.case.snapshots.all()}

        # --- Looking ------------------------------------------------------------------------------------------

        @property
        def case(self) -> Application:
            return Application.objects.select_related("account").get(pk=self.firm.application.pk)

        def person(self, name: str) -> User:
            if name == "stranger":
                return User.objects.get(pk=stations.stranger.pk)
            if staff := getattr(stations.people, name, None):
                return User.objects.get(pk=staff.pk)
            return Membership.objects.get(company=self.firm.company, role=name).user

        def name(self, pk: int | None) -> str:
            return next((n for n in (*SPECIALISTS, *SUPERVISORS) if getattr(stations.people, n).pk == pk), "")

        def step(self, allowed: bool, do: Callable[[datetime], object]) -> bool:
            """Take the step; it must go through exactly when the model lets it."""
            self.at += timedelta(minutes=7)
            reason = ""
            try:
                with transaction.atomic():
                    do(self.at)
            except Refused as refused:
                reason = f"{refused} ({refused.code})"
            assert allowed == (not reason), f"refused: {reason or 'no'}, against the model: {self.model}"
            return allowed

        # --- The company --------------------------------------------------------------------------------------

        @rule(who=who)
        def submit(self, who: str) -> None:
            m = self.model
            if self.step(
                m.status == "draft" and who == "officer",
                lambda at: builders.submit(self.person(who), self.case, at=at),
            ):
                m.status, m.vetting = "submitted", "open"

        @rule(who=who)
        def withdraw(self, who: str) -> None:
            m = self.model
            if self.step(
                m.status in OPEN and who in WRITERS,
                lambda at: company.withdraw(application=self.case, reason="Not now.", actor=self.person(who), at=at),
            ):
                m.status = "withdrawn"
                m.untouched.clear()

        @rule(number=st.sampled_from(["2.1", "3.1"]), words=st.integers(0, 10**6))
        def edit(self, number: str, words: int) -> None:
            m = self.model
            row = self.firm.account.responses.get(number=number)
            asked = m.status == "waiting_for_company" and number in self.asked
            if self.step(
                m.status == "draft" or asked,
                lambda at: company.save_answer(
                    account=self.firm.account, number=number, state=row.state, text=f"{row.text} {words}",
                    because="", version=row.version, actor=self.firm.officer, at=at,
                ),
            ):  # fmt: skip
                m.untouched.discard(number)

        @rule(who=who)
        def answer(self, who: str) -> None:
            m = self.model
            if self.step(
                m.status == "waiting_for_company" and who in WRITERS and not m.untouched,
                lambda at: company.answer_request(application=self.case, actor=self.person(who), at=at, address=""),
            ):
                m.status = "in_review"

        # --- The review ---------------------------------------------------------------------------------------

        @rule(who=who)
        def claim(self, who: str) -> None:
            m = self.model
            if self.step(
                m.status == "submitted" and who in SPECIALISTS,
                lambda at: review.claim(application=self.case, actor=self.person(who), at=at),
            ):
                m.status, m.reviewer = "in_review", who

        @rule(who=who)
        def release(self, who: str) -> None:
            m = self.model
            if self.step(
                m.status == "in_review" and who == m.reviewer,
                lambda at: review.release(application=self.case, actor=self.person(who), at=at),
            ):
                m.status, m.reviewer = "submitted", ""

        @rule(who=who, to=who)
        def reassign(self, who: str, to: str) -> None:
            m = self.model
            if self.step(
                m.status in {"submitted", "in_review", "waiting_for_company"} and who in SUPERVISORS
                and to in SPECIALISTS and to != m.reviewer,
                lambda at: review.reassign(
                    application=self.case, reviewer=self.person(to), reason="Less work.", actor=self.person(who), at=at
                ),
            ):  # fmt: skip
                m.reviewer = to
                m.status = "in_review" if m.status == "submitted" else m.status

        @rule(who=who, numbers=st.sets(st.sampled_from(["2.1", "3.1"]), min_size=1))
        def ask(self, who: str, numbers: set[str]) -> None:
            m = self.model
            if self.step(
                m.status == "in_review" and who == m.reviewer,
                lambda at: review.ask(
                    application=self.case, questions=dict.fromkeys(numbers, "Since when?"), message="",
                    actor=self.person(who), at=at,
                ),
            ):  # fmt: skip
                m.status, m.untouched, self.asked, m.judged = "waiting_for_company", set(numbers), numbers, False

        @rule(early=st.booleans())
        def lapse(self, early: bool) -> None:
            request = InformationRequest.objects.filter(application=self.firm.application, status="open").first()
            if request is None:
                return
            lapsed = review.lapse_request(
                request_id=request.pk, at=request.due_at - timedelta(seconds=1) if early else request.due_at
            )
            assert lapsed is not early
            if lapsed:
                self.at = max(self.at, request.due_at)
                self.model.status = "in_review"
                self.model.untouched.clear()

        @rule(who=who)
        def judge(self, who: str) -> None:
            m = self.model
            numbers = list(self.firm.account.responses.values_list("number", flat=True))
            if self.step(
                m.status == "in_review" and who == m.reviewer,
                lambda at: review.accept_suggested(
                    application=self.case, numbers=numbers, actor=self.person(who), at=at
                ),
            ):
                m.judged = True

        @rule(who=who, cleared=st.booleans())
        def vet(self, who: str, cleared: bool) -> None:
            m = self.model
            if not m.vetting:
                return
            if self.step(
                m.vetting == "open" and who == "vetter" and m.status in OPEN,
                lambda at: review.conclude_vetting(
                    vetting=Vetting.objects.get(application=self.case), cleared=cleared,
                    conclusion="Numbers were checked.", actor=self.person(who), at=at,
                ),
            ):  # fmt: skip
                m.vetting = "cleared" if cleared else "failed"

        @rule(who=who)
        def vet_again(self, who: str) -> None:
            m = self.model
            if not m.vetting:
                return
            if self.step(
                m.vetting != "open" and who == "vetter" and m.status in OPEN,
                lambda at: review.reopen_vetting(
                    vetting=Vetting.objects.get(application=self.case), reason="Look again.",
                    actor=self.person(who), at=at,
                ),
            ):  # fmt: skip
                m.vetting = "open"

        # --- The decision -------------------------------------------------------------------------------------

        @rule(who=who, outcome=st.sampled_from(["certify", "refuse"]))
        def recommend(self, who: str, outcome: str) -> None:
            m = self.model
            ready = m.judged and (outcome == "refuse" or m.vetting == "cleared")
            if self.step(
                m.status == "in_review" and who == m.reviewer and ready,
                lambda at: builders.recommend(self.case, self.person(who), at=at, outcome=outcome),
            ):
                m.status, m.recommender = "recommended", who

        @rule(who=who)
        def send_back(self, who: str) -> None:
            m = self.model
            if self.step(
                m.status == "recommended" and who in SUPERVISORS - {m.reviewer, m.recommender},
                lambda at: review.return_to_review(
                    application=self.case, reason="Look again.", actor=self.person(who), at=at
                ),
            ):
                m.status, m.recommender = "in_review", ""

        @rule(who=who, outcome=st.sampled_from(["certify", "refuse"]))
        def decide(self, who: str, outcome: str) -> None:
            m = self.model
            reasons = ["criteria_not_met"] if outcome == "refuse" else []
            if self.step(
                m.status == "recommended" and who in SUPERVISORS - {m.reviewer, m.recommender}
                and (outcome == "refuse" or m.vetting == "cleared"),
                lambda at: review.decide(
                    application=self.case, outcome=outcome, reasons=reasons, letter="Dear company,",
                    actor=self.person(who), at=at,
                ),
            ):  # fmt: skip
                m.status, m.decider = ("certified" if outcome == "certify" else "refused"), who
                m.member = "good" if outcome == "certify" else m.member
                self.decided = self.at

        @rule(who=who, seconds=st.sampled_from([30, 60, 61, 600]))
        def undo(self, who: str, seconds: int) -> None:
            m = self.model
            if not hasattr(self, "decided"):
                return
            at = max(self.decided + timedelta(seconds=seconds), self.at)
            in_time = at - self.decided <= timedelta(seconds=60)
            certified = m.status == "certified"
            if self.step(
                m.status in {"certified", "refused"} and who == m.decider and in_time,
                lambda _at: review.undo_decision(application=self.case, actor=self.person(who), at=at),
            ):
                m.status, m.decider = "recommended", ""
                m.member = "none" if certified else m.member
                self.at = at
                del self.decided

        # --- The standing -------------------------------------------------------------------------------------

        @rule(who=who, kind=st.sampled_from(["suspend", "reinstate"]))
        def propose(self, who: str, kind: str) -> None:
            m = self.model
            if self.step(
                who in DIRECTORS and m.member == {"suspend": "good", "reinstate": "suspended"}[kind] and not m.proposal,
                lambda at: standing.propose_change(
                    account=self.firm.account, kind=kind, reason="Seals were broken.", letter="Dear company,",
                    actor=self.person(who), at=at,
                ),
            ):  # fmt: skip
                m.proposer, m.proposal = who, kind

        @rule(who=who, yes=st.booleans())
        def conclude(self, who: str, yes: bool) -> None:
            m = self.model
            change = StandingChange.objects.filter(account=self.firm.account).order_by("-pk").first()
            if change is None:
                return
            do = standing.confirm_change if yes else standing.reject_change
            fits = m.member == {"suspend": "good", "reinstate": "suspended"}.get(m.proposal)
            if self.step(
                bool(m.proposal) and who in DIRECTORS and (not yes or (who != m.proposer and fits)),
                lambda at: do(change=change, actor=self.person(who), at=at),
            ):
                if yes:
                    m.member = {"suspend": "suspended", "reinstate": "good"}[m.proposal]
                m.proposal = m.proposer = ""

        # --- What always holds --------------------------------------------------------------------------------

        @invariant()
        def the_case_is_what_the_model_says(self) -> None:
            if not hasattr(self, "model"):
                return
            m, row = self.model, self.case
            assert row.status == m.status
            assert self.name(row.reviewer_id) == m.reviewer
            assert (row.paused_at is not None) == (row.status == "waiting_for_company")
            requests = InformationRequest.objects.filter(application=row, status="open").count()
            assert requests == (row.status == "waiting_for_company")
            assert self.firm.account.applications.filter(status__in=OPEN).count() <= 1

        @invariant()
        def nothing_is_certified_without_vetting_two_people_and_all_musts(self) -> None:
            if not hasattr(self, "model") or self.model.status != "certified":
                return
            row = self.case
            decision = Decision.objects.get(application=row, undone_at=None)
            assert decision.decided_by_id not in {decision.recommended_by_id, row.reviewer_id}
            assert Vetting.objects.get(application=row).status == "cleared"
            answers = row.snapshots.order_by("-number")[0].content["answers"]
            assert all(answers[c.number]["state"] for c in queries.criteria_of(row))
            assert Certificate.objects.filter(application=row, withdrawn_at=None).count() == 1

        @invariant()
        def the_standing_is_what_the_model_says(self) -> None:
            if not hasattr(self, "model"):
                return
            now = standing_of(self.firm.account, at=self.at)
            assert now.status == self.model.member
            assert now.in_good_standing == (self.model.member == "good")

        @invariant()
        def an_open_case_is_in_exactly_one_queue(self) -> None:
            if not hasattr(self, "model") or self.model.status not in OPEN - {"draft"}:
                return
            row = self.case
            newest = Assignment.objects.filter(application=row).order_by("-pk")[0]
            assert row.office
            assert (row.office, row.queue) == (newest.office, newest.queue)

        @invariant()
        def what_was_submitted_stays(self) -> None:
            if not hasattr(self, "model"):
                return
            for snapshot in self.case.snapshots.all():
                assert self.seals.setdefault(snapshot.pk, snapshot.sha256) == snapshot.sha256
                assert queries.content_hash(snapshot.content) == snapshot.sha256

    return Case
