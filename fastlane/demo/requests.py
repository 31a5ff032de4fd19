"""Requests of the demonstration's carriers, each brought to where its story ends, through the lane's own operations.

Stories: used, lifted (two officers, then used), lapsed, withdrawn, late list, not required, approved, proposed (holds,
waits for the second officer), incomplete, moth (refused), draft, filed (whatever the rules say), misused (revoked),
suspended (approved, then void as its carrier is suspended).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from accounts import effects
from accounts import queries as who
from accounts.models import Effect, User
from accounts.roles import Role
from fastlane.demo import calls, feed
from fastlane.demo.calls import Call
from fastlane.lanes import deciding, filing, officers, operations
from fastlane.lanes.acting import Actor
from fastlane.lanes.life import RECHECKED
from fastlane.lanes.models import LaneRequest
from trusted_trader.demo.founding import Days, Founded
from trusted_trader.demo.people import CAST
from trusted_trader.demo.reviewing import Staff
from trusted_trader.review import letter_text
from trusted_trader.standing import operations as standing

SUSPENDED = "The carrier's office in Laem Chabang let a stranger seal containers; the inquiry is open."
LIFTED = "Both holds were looked at on the stow plan; the containers stay on board until they are released."
PROPOSED = "Two holds, both in bay 12 and out of reach of the crane. I would let the rest begin."
MISUSED = "Four of the crew were met ashore before the boarding team had cleared them."


class Carrier:
    """One carrier's requests, in the order of the file."""

    def __init__(self, made: Founded, staff: Staff, days: Days) -> None:
        self.made, self.days = made, days
        self.port_officers = staff.of(Role.PORT_OFFICER)
        self.directors = staff.of(Role.DIRECTOR)
        self.agent = _agent(made)

    def live(self, call: Call) -> LaneRequest:
        """File one request and let its story happen."""
        at = self.days.at(call.filed_ago, 9, 5)
        form = filing.parse(calls.document(call, self.made, self.agent.name, self.days))
        actor = Actor(self.agent)
        if call.story != "draft":
            self.observe(call, at)
        request = operations.draft(account=self.made.account, filing=form, actor=actor, at=at)
        if call.story == "draft":
            return request
        request = operations.submit(request=request, actor=actor, at=min(at + timedelta(minutes=4), self.days.now))
        _tell_people(request)
        if story := STORIES.get(call.story):
            story(self, call, request)
            _tell_people(request)
        request.refresh_from_db()
        if request.status in RECHECKED:
            self.observe(call, self.days.now)
        return request

    def observe(self, call: Call, at: datetime) -> None:
        """The agency's systems look at the call."""
        feed.tell(imo=call.ship.imo, voyage=call.voyage, port=call.port, at=at)


def is_there(made: Founded, call: Call) -> bool:
    return LaneRequest.objects.filter(account=made.account, imo=call.ship.imo, voyage=call.voyage).exists()


def _agent(made: Founded) -> User:
    """The vessel agent of the cast who acts for this carrier, else the carrier's officer."""
    for person in CAST:
        user = User.objects.filter(email=person.email).first()
        if person.role == Role.VESSEL_AGENT and user and who.role_in(user, made.company.pk):
            return user
    return made.officer


def _tell_people(request: LaneRequest) -> None:
    """Run what the steps so far have to tell, so that each notice speaks of the state it was written in."""
    rows = Effect.objects.filter(kind=deciding.CHANGED, subject=request.reference, done_at=None).order_by("pk")
    for pk in list(rows.values_list("pk", flat=True)):
        effects.run(pk)


# --- What follows the filing --------------------------------------------------------------------------------------


def _arrive(carrier: Carrier, call: Call, request: LaneRequest) -> None:
    """All fast, the first container, and the crew cleared where the story goes that far."""
    fast = call.eta(carrier.days) + timedelta(minutes=20)
    told = [("all_fast", 0), ("first_container", call.first_container), ("crew_cleared", call.crew_cleared)]
    for kind, minutes in told:
        if minutes or kind == "all_fast":
            moment = fast + timedelta(minutes=minutes)
            operations.report(
                request=request, kind=kind, happened_at=moment, actor=Actor(carrier.agent),
                at=moment + timedelta(minutes=3),
            )  # fmt: skip


def _propose(carrier: Carrier, call: Call, request: LaneRequest) -> None:
    at = _after(carrier, call, hours=4)
    officers.propose(request=request, reason=PROPOSED, actor=carrier.port_officers[0], at=at)


def _lift(carrier: Carrier, call: Call, request: LaneRequest) -> None:
    _propose(carrier, call, request)
    officers.approve(request=request, reason=LIFTED, actor=carrier.port_officers[1], at=_after(carrier, call, hours=6))
    _tell_people(request)
    _arrive(carrier, call, request)


def _misuse(carrier: Carrier, call: Call, request: LaneRequest) -> None:
    _arrive(carrier, call, request)
    _tell_people(request)
    at = call.eta(carrier.days) + timedelta(hours=30)
    officers.revoke(request=request, misuse="crew_ashore_early", reason=MISUSED, actor=carrier.port_officers[0], at=at)


def _lapse(carrier: Carrier, call: Call, request: LaneRequest) -> None:
    deciding.expire(request.pk, at=call.eta(carrier.days) + timedelta(hours=48, minutes=1))


def _withdraw(carrier: Carrier, call: Call, request: LaneRequest) -> None:
    reason = "The ship sails to another coast on this voyage."
    at = _after(carrier, call, hours=5)
    operations.withdraw(request=request, reason=reason, actor=Actor(carrier.agent), at=at)


def _suspend(carrier: Carrier, call: Call, request: LaneRequest) -> None:
    """Two directors suspend the carrier after the approval; the rules turn, and the approval falls."""
    account, directors, at = carrier.made.account, carrier.directors, carrier.days.at(1, 14)
    letter = letter_text.standing_letter(
        "suspend", company=carrier.made.company.legal_name, account=account.number, reason=SUSPENDED
    )
    change = standing.propose_change(
        account=account, kind="suspend", reason=SUSPENDED, letter=letter, actor=directors[0], at=at
    )
    at = carrier.days.at(1, 15, 20)
    standing.confirm_change(change=change, actor=directors[1], at=at)
    carrier.observe(call, at)
    deciding.recheck(request.pk, "standing", at=at + timedelta(seconds=1))


def _after(carrier: Carrier, call: Call, *, hours: int) -> datetime:
    """Some hours after the filing, never in the future."""
    return carrier.days.at(call.filed_ago, 9 + hours, 15)


STORIES: Mapping[str, Callable[[Carrier, Call, LaneRequest], None]] = {
    "used": _arrive,
    "lifted": _lift,
    "lapsed": _lapse,
    "withdrawn": _withdraw,
    "proposed": _propose,
    "misused": _misuse,
    "suspended": _suspend,
}
