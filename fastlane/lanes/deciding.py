"""Decide a request by the rules, again and again until the ship is in: the answers lead where the table says.

An approval is void the moment a rule turns. It may be given again in the same step, but the fall is on record and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts import effects, events, tenancy
from accounts import queries as who
from accounts.models import Account
from fastlane.lanes import queries
from fastlane.lanes.acting import PORTAL, Actor
from fastlane.lanes.circumstances import only_lifted, with_circumstances
from fastlane.lanes.life import LIVE, OPEN, RECHECKED, TABLE, UNUSED, RequestView, State
from fastlane.lanes.models import LaneDecision, LaneRequest
from fastlane.rulebook import queries as rulebook
from fastlane.rules import Decision, Outcome
from fastlane.rules import decide as decide_by_rules
from trusted_trader import moves

CHANGED = "lane.changed"
RECHECK = "lane.recheck"
OVERDUE = "lane.overdue"
EXPIRE = "lane.expire"

LEADS_TO = {
    Outcome.ELIGIBLE: State.APPROVED,
    Outcome.INELIGIBLE: State.REFUSED,
    Outcome.INCOMPLETE: State.INCOMPLETE,
    Outcome.MANUAL_REVIEW: State.MANUAL_REVIEW,
    Outcome.NOT_REQUIRED: State.NOT_REQUIRED,
}
YES = frozenset({State.APPROVED, State.NOT_REQUIRED})
AGE = "facts' age"
AN_INSTANT = timedelta(microseconds=1)
STAGES = {"eta-24": timedelta(hours=24), "eta-12": timedelta(hours=12), "arrival": timedelta()}


def locked(request: LaneRequest) -> LaneRequest:
    """The request's row, locked until the transaction ends."""
    rows = LaneRequest.objects.select_for_update(of=("self",)).select_related("account__company", "proposed_by")
    return rows.get(pk=request.pk)


def view(row: LaneRequest, **more: Any) -> RequestView:
    """What the guards look at."""
    known = {
        "status": row.status,
        "eta": row.eta,
        "proposer_id": row.proposed_by_id,
        "ties": who.tied_people(row.company_id),
    }
    return RequestView(**known | more)


def check(action: str, row: LaneRequest, case: RequestView, actor: Actor, at: datetime) -> None:
    """Ask the table. Raises Refused with its reason."""
    moves.check_in(TABLE, action, case=case, actor=actor.view(row.company_id, at))


def move(
    row: LaneRequest, action: str, to: str, actor: Actor, at: datetime, *, reason: str = "", **fields: Any
) -> None:
    """Record the move, save it, and let everybody whom it concerns be told."""
    changes = events.changed(row, status=to, changed_at=at, **fields)
    changes.pop("changed_at", None)
    event = actor.record(row, action, at=at, changes=changes, reason=reason)
    row.version += 1
    row.save()
    _let_hear(row, action, event.sequence, at)


def _let_hear(row: LaneRequest, action: str, order: int, at: datetime) -> None:
    """Who runs the terminal at this moment hears of this turn, also when the call moves on to another one."""
    payload = {
        "request": row.pk, "action": action, "status": str(row.status), "order": order, "operator": row.operator_id,
    }  # fmt: skip
    effects.add(CHANGED, row.reference, f"{order}:{row.operator_id}", at=at, payload=payload)


def answer(row: LaneRequest, *, at: datetime) -> tuple[Decision, queries.Gathered, Any]:
    """What rules and circumstances say now; nothing is written. It takes eyes that see operators and the agency."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        rule_set = rulebook.in_force(at)
        gathered = queries.gather(row, rule_set, now=at)
    decided = decide_by_rules(
        queries.AQUA, queries.AQUA.parse(gathered.document), rule_set, unconfirmed=gathered.unconfirmed
    )
    return with_circumstances(decided.decision, gathered.circumstances), gathered, decided


def decide(row: LaneRequest, trigger: str, *, at: datetime) -> LaneRequest:
    """Ask the rules and go where their answer leads. The row is locked by the caller."""
    decision, gathered, decided = answer(row, at=at)
    to = State.APPROVED if _stays(row, decision, gathered) else LEADS_TO[decision.outcome]
    if to == State.REFUSED and row.status in YES | {State.VOID}:
        to = State.VOID  # the approval has fallen; nothing is refused anew
    _keep(row, trigger, decision, gathered, decided, status=to, at=at)
    if row.status in YES and to not in YES:
        void(row, public_codes(decision), at=at)
    handed_over = _know_operator(row, gathered.operator)
    if row.status == to:
        if handed_over and to in YES:
            event = PORTAL.record(row, "hand_over", at=at)
            _let_hear(row, "hand_over", event.sequence, at)
        return row
    action = f"decide_{decision.outcome}"
    check(action, row, view(row), PORTAL, at)
    more = {"approved_eta": row.eta} if to in YES else {}
    fell = row.status == State.VOID
    move(row, action, to, PORTAL, at, reason=", ".join(public_codes(decision)), decided_at=at, proposed_by=None, **more)
    if fell and to in OPEN:
        _watch_reply(row, at, f"anew:{row.version}")  # what was decided in time waits for a reply again
    return row


def _know_operator(row: LaneRequest, operator: Account | None) -> bool:
    """Keep who runs the terminal, which decides who may look. True when it was another; a yes that goes on is then
    recorded as handed over, all else changes its state with an event anyway.
    """
    if row.operator_id == (operator.pk if operator else None):
        return False
    row.operator = operator
    LaneRequest.objects.filter(pk=row.pk).update(operator=operator)
    return True


def public_codes(decision: Decision) -> list[str]:
    """The codes that fired, as the carrier may read them in its history."""
    return list(dict.fromkeys(rule.public_code for rule in decision.rules))


def _stays(row: LaneRequest, decision: Decision, gathered: queries.Gathered) -> bool:
    """What an officer has looked at and lifted is not asked again."""
    return row.status == State.APPROVED and only_lifted(decision, gathered.circumstances)


def still_yes(row: LaneRequest, decision: Decision, gathered: queries.Gathered) -> bool:
    """Whether a yes that was given holds under what the rules say now."""
    return LEADS_TO[decision.outcome] in YES or _stays(row, decision, gathered)


def _keep(
    row: LaneRequest,
    trigger: str,
    decision: Decision,
    gathered: queries.Gathered,
    decided: Any,
    *,
    status: str,
    at: datetime,
    **more: Any,
) -> LaneDecision:
    if status in YES and gathered.stale_after is not None:
        _watch_age(row, gathered.stale_after, at)
    kept = decision.as_json()
    return LaneDecision.objects.create(
        company_id=row.company_id,
        request=row,
        number=row.decisions.count() + 1,
        at=at,
        trigger=trigger,
        outcome=decision.outcome,
        status=status,
        rules=kept["rules"],
        rule_set=decision.rule_set,
        facts=decided.facts,
        facts_sha256=decided.facts_sha256,
        circumstances=gathered.circumstances.as_json(),
        sources=dict(gathered.sources),
        **more,
    )


def _watch_age(row: LaneRequest, until: datetime, at: datetime) -> None:
    """A yes rests on facts that grow old; when the first is too old, the rules are asked again."""
    assert row.eta is not None  # noqa: S101 - the table let it be sent
    payload = {"request": row.pk, "eta": row.eta.isoformat(), "stage": AGE}
    version = f"{AGE}:{until.isoformat()}:{row.eta.isoformat()}"
    effects.add(RECHECK, row.reference, version, at=at, not_before=until + AN_INSTANT, payload=payload)


def keep_override(row: LaneRequest, *, status: str, actor: Actor, reason: str, at: datetime) -> LaneDecision:
    """An officer's own decision, with what the rules said when it was taken."""
    decision, gathered, decided = answer(row, at=at)
    more = {"overridden_by": actor.user, "proposed_by": row.proposed_by, "reason": reason}
    return _keep(row, "officer", decision, gathered, decided, status=status, at=at, **more)


def void(row: LaneRequest, codes: Sequence[str], *, at: datetime) -> None:
    """The approval falls."""
    check("void", row, view(row), PORTAL, at)
    move(row, "void", State.VOID, PORTAL, at, reason=", ".join(codes), proposed_by=None)


def recheck(request_id: int, trigger: str, *, at: datetime) -> bool:
    """Ask the rules again, when something may have changed. False when the request is past that."""
    row = locked(LaneRequest(pk=request_id))
    if row.status not in RECHECKED or row.submitted_at is None:
        return False
    before = row.status
    decide(row, trigger, at=at)
    return row.status != before


def expire(request_id: int, *, at: datetime) -> bool:
    """A timer's step: nobody used the request and its time is over."""
    row = locked(LaneRequest(pk=request_id))
    if row.status not in LIVE or row.eta is None or at < row.eta + UNUSED:
        return False
    check("expire", row, view(row), PORTAL, at)
    move(row, "expire", State.EXPIRED, PORTAL, at)
    return True


def _watch_reply(row: LaneRequest, at: datetime, version: str) -> None:
    """Somebody hears when there is no reply 12 hours before arrival; at once when that moment is past (AQ-28)."""
    assert row.eta is not None  # noqa: S101 - the table let it be sent
    due = max(row.eta - STAGES["eta-12"], at)
    payload = {"request": row.pk, "eta": row.eta.isoformat()}
    effects.add(OVERDUE, row.reference, version, at=at, not_before=due, payload=payload)


def watch(row: LaneRequest, at: datetime) -> None:
    """Look again 24 and 12 hours before arrival and on arrival; escalate what is overdue; let the unused lapse."""
    assert row.eta is not None  # noqa: S101 - the table let it be sent
    stamp = row.eta.isoformat()
    payload = {"request": row.pk, "eta": stamp}
    for stage, before in STAGES.items():
        due = row.eta - before
        if due > at:
            effects.add(
                RECHECK, row.reference, f"{stage}:{stamp}", at=at, not_before=due, payload=payload | {"stage": stage}
            )
    _watch_reply(row, at, stamp)
    effects.add(EXPIRE, row.reference, stamp, at=at, not_before=row.eta + UNUSED, payload=payload)
