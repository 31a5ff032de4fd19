"""What the government side does with the demonstration's cases: judge, ask, doubt, agree, decide."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from accounts import operations as who
from accounts.models import PartnerClient, StaffTie, User
from accounts.roles import Role
from trusted_trader.application import operations, queries
from trusted_trader.application.models import Application, Response
from trusted_trader.demo import answers
from trusted_trader.demo.companies import CERTIFIED, DATA, dice
from trusted_trader.demo.founding import Days, Founded, names
from trusted_trader.demo.people import CAST
from trusted_trader.review import letter_text
from trusted_trader.review import operations as review
from trusted_trader.review.models import SavedFilter, Vetting
from trusted_trader.standing import operations as standing

COMMENTS = (
    "The answer does not say who does this, how often, and what is kept.",
    "The document linked here does not show the measure at your site.",
    "We could not see from text and pictures that this is in place.",
)
CLEARED = "Numbers, owners and managers were compared with the lists and the history was read. Nothing was found."
FAILED = "The owner gave another date of birth in an earlier application; the address is that of a storage firm."
SHARED_FILTERS = (
    (0, "Due in two weeks, everyone", "view=soon"), (1, "High risk at the Gulf", "view=high&office=gulf"),
    (3, "Importers without a reviewer", "view=unclaimed&kind=importer"),
)  # fmt: skip
# The carrier and the terminals for which the demonstration's partner acts: it files lane requests, and hears of calls.
ACTED_FOR = ("petrelocean", "harborgate", "baysidemarine")
DONE = frozenset({"recommended", "refused"}) | CERTIFIED


@cache
def cases() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((DATA / "cases.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Staff:
    """The government side, by role in the order of the cast."""

    users: Mapping[str, User]

    def of(self, role: Role) -> Sequence[User]:
        return [self.users[person.email] for person in CAST if person.role == role]

    def addresses(self) -> dict[str, str]:
        """How notes name colleagues: "specialist1" or "supervisor" stand for their e-mail addresses."""
        found = {}
        for role in (Role.SPECIALIST, Role.SUPERVISOR, Role.VETTING_OFFICER):
            for number, user in enumerate(self.of(role), start=1):
                found[f"{role}{number}"] = user.email
                found.setdefault(str(role), user.email)
        return found


class Case:
    """One submitted case on its way through the review."""

    def __init__(self, made: Founded, staff: Staff, days: Days) -> None:
        self.made, self.staff, self.days = made, staff, days
        self.plan = made.plan
        self.about: Mapping[str, Any] = cases().get(self.plan.key, {})
        self.reviewer = self.staff.of(Role.SPECIALIST)[self.plan.specialist or 0]
        request = self.about.get("request", {})
        # The review ends some days after the last answer, or two weeks after the submission.
        self.done = min(request.get("answered") or self.plan.ago - 12, self.plan.ago - 12) - 2

    @property
    def application(self) -> Application:
        return self.made.application

    def review(self) -> None:
        """Everything that happened since the submission."""
        if self.plan.plan == "submitted":
            self._notes_and_flags()
            return
        review.claim(application=self.application, actor=self.reviewer, at=self.days.at(self.plan.ago - 3, 9, 20))
        if self.plan.plan == "withdrawn":
            reason = "We move to another site this year and come back when it is finished."
            operations.withdraw(
                application=self.application,
                reason=reason,
                actor=self.made.officer,
                at=self.days.at(self.plan.ago - 15),
            )
            return
        self._judge(0.3, self.plan.ago - 4)
        self._questions()
        finished = self.plan.plan in DONE
        if self.plan.plan != "waiting":
            self._judge(1.0 if finished else self.about.get("judged", 0.5), self.done + 1)
        self._vetting(finished)
        self._notes_and_flags()
        if finished:
            self._decision()

    def _numbers(self) -> list[str]:
        known = {c.number for c in queries.criteria_of(self.application)}
        answered = Response.objects.filter(account=self.made.account).exclude(state="").values_list("number", flat=True)
        return sorted(known & set(answered), key=lambda number: dice(self.plan.key, "judge", number))

    def _judge(self, share: float, ago: int) -> None:
        numbers = self._numbers()
        at = self.days.at(max(ago, 0), 14, 5)
        rejected = [number for number in self.about.get("rejected", ()) if number in numbers] if share == 1 else []
        for place, number in enumerate(rejected):
            review.give_verdict(
                application=self.application, number=number, word="rejected", comment=COMMENTS[place % len(COMMENTS)],
                actor=self.reviewer, at=at,
            )  # fmt: skip
        asked = set(self.about.get("request", {}).get("about", ())) if share < 1 else set()
        wanted = [number for number in numbers[: round(len(numbers) * share)] if number not in {*rejected, *asked}]
        review.accept_suggested(application=self.application, numbers=wanted, actor=self.reviewer, at=at)

    def _questions(self) -> None:
        request = self.about.get("request")
        if not request:
            return
        people = names(self.plan)
        known = set(self._numbers())
        texts = {number: answers.question(self.plan, number, people) for number in request["about"] if number in known}
        review.ask(
            application=self.application, questions={number: asked for number, (asked, _added) in texts.items()},
            message=request["message"], actor=self.reviewer, at=self.days.at(request["asked"], 15, 10),
        )  # fmt: skip
        if not request["answered"]:
            return
        at = self.days.at(request["answered"], 16, 40)
        for number, (_asked, added) in texts.items():
            row = Response.objects.get(account=self.made.account, number=number)
            text = f"{row.text or row.because} {added}".strip()
            operations.save_answer(
                account=self.made.account,
                number=number,
                state="implemented",
                text=text,
                because="",
                version=row.version,
                actor=self.made.writers[-1],
                at=at - timedelta(hours=3),
            )
        operations.answer_request(application=self.application, actor=self.made.officer, at=at, address="192.0.2.7")

    def _vetting(self, finished: bool) -> None:
        if not finished and dice(self.plan.key, "vetting") % 2:
            return
        vetting = Vetting.objects.get(application=self.application)
        cleared = self.about.get("vetting") != "failed"
        review.conclude_vetting(
            vetting=vetting, cleared=cleared, conclusion=CLEARED if cleared else FAILED,
            actor=self.staff.of(Role.VETTING_OFFICER)[0], at=self.days.at(max(self.done, 1), 11, 15),
        )  # fmt: skip

    def _notes_and_flags(self) -> None:
        writers = [self.reviewer, self.staff.of(Role.SPECIALIST)[0 if self.plan.specialist else 1]]
        notes = self.about.get("notes", ())
        for place, note in enumerate(notes):
            review.add_note(
                application=self.application, text=note.format_map(self.staff.addresses()), actor=writers[place % 2],
                at=self.days.at(min(len(notes) - place, self.plan.ago), 9 + place, 35),
            )  # fmt: skip
        for flag in self.about.get("flags", ()):
            review.raise_flag(
                application=self.application, title=flag["title"], company_word=flag["word"],
                blocks_decision=flag["blocks"], owner=self.reviewer, actor=self.reviewer,
                ends_on=self.days.today + timedelta(days=flag["days"]), at=self.days.at(1, 13),
            )  # fmt: skip

    def _decision(self) -> None:
        outcome = "refuse" if self.plan.plan == "refused" else "certify"
        reasons = self.about.get("reasons", []) if outcome == "refuse" else []
        rejected = [(n, COMMENTS[place % 3]) for place, n in enumerate(self.about.get("rejected", ()))]
        letter = letter_text.decision_letter(self.application, outcome, reasons, rejected)
        at = self.days.at(self.done - 1, 10, 30)
        review.recommend(
            application=self.application, outcome=outcome, reasons=reasons, letter=letter, actor=self.reviewer, at=at
        )
        if self.plan.plan == "recommended":
            return
        supervisor = self.staff.of(Role.SUPERVISOR)[self.plan.number % 2]
        review.decide(
            application=self.application, outcome=outcome, reasons=reasons, letter=letter, actor=supervisor,
            at=self.days.at(self.done - 3, 15, 45),
        )  # fmt: skip
        self._standing()

    def _standing(self) -> None:
        """Suspensions and reinstatements, each proposed by one director and confirmed by the other."""
        directors = self.staff.of(Role.DIRECTOR)
        for place, name in enumerate(("change", "again", "proposed")):
            if name not in self.about:
                continue
            what = self.about[name]
            at = self.days.at(what["day"], 10, 5)
            letter = letter_text.standing_letter(
                what["kind"],
                company=self.made.company.legal_name,
                account=self.made.account.number,
                reason=what["reason"],
            )
            change = standing.propose_change(
                account=self.made.account, kind=what["kind"], reason=what["reason"], letter=letter,
                actor=directors[place % 2], at=at,
            )  # fmt: skip
            if name != "proposed":
                standing.confirm_change(
                    change=change, actor=directors[1 - place % 2], at=self.days.at(what["day"], 14, 30)
                )


def consents(made: Founded) -> bool:
    """Whether this company lets the demonstration's partner see its standing."""
    plan = made.plan
    return plan.plan in CERTIFIED or plan.plan == "recommended" or (plan.plan == "review" and plan.number % 2 == 0)


def grant(made: Founded, partner: PartnerClient, days: Days) -> None:
    who.grant_consent(
        account=made.account, partner=partner, actor=made.officer, at=days.at(min(made.plan.ago, 5), 12),
        acts=made.plan.key in ACTED_FOR,
    )  # fmt: skip


def declare_tie(made: Founded, staff: Staff) -> None:
    """One specialist has told of a tie to this company, and so never sees its case."""
    StaffTie.objects.create(
        company=made.company, user=staff.of(Role.SPECIALIST)[1], reason="Her brother is the terminal's harbor captain."
    )


def furnish(made: Mapping[str, Founded], staff: Staff, days: Days) -> None:
    """What no single case brings: shared filters, and an invitation that waits."""
    specialists = staff.of(Role.SPECIALIST)
    for number, name, query in SHARED_FILTERS:
        if not SavedFilter.objects.filter(owner=specialists[number], name=name).exists():
            review.save_filter(owner=specialists[number], name=name, query=query, shared=True)
    inviting = made.get("lanternquay")
    if inviting:
        address = "nina.newcomer@lanternquay.example"
        who.invite(
            company=inviting.company, email=address, role=Role.COMPANY_USER, actor=inviting.officer, at=days.at(2, 17)
        )
