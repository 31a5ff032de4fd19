"""The life of an application, a row an action."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from accounts.roles import Role as R
from trusted_trader.workflow import ActorView, CaseView, Table, row
from trusted_trader.workflow import gettext_noop as _


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    WAITING_FOR_COMPANY = "waiting_for_company"
    RECOMMENDED = "recommended"
    CERTIFIED = "certified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = State
OPEN = frozenset({S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.WAITING_FOR_COMPANY, S.RECOMMENDED})

# What the company reads, beside the word that staff use.
COMPANY_WORD = {
    S.DRAFT: _("You are preparing it"),
    S.SUBMITTED: _("Received, waiting for a reviewer"),
    S.IN_REVIEW: _("A specialist is reviewing it"),
    S.WAITING_FOR_COMPANY: _("Waiting for your answer"),
    S.RECOMMENDED: _("Reviewed, waiting for the decision"),
    S.CERTIFIED: _("Certified"),
    S.REFUSED: _("Refused"),
    S.WITHDRAWN: _("Withdrawn"),
}
STAFF_WORD = {
    S.DRAFT: _("Draft"),
    S.SUBMITTED: _("In the pool"),
    S.IN_REVIEW: _("In review"),
    S.WAITING_FOR_COMPANY: _("Waiting for the company"),
    S.RECOMMENDED: _("Recommended, to be decided"),
    S.CERTIFIED: _("Certified"),
    S.REFUSED: _("Refused"),
    S.WITHDRAWN: _("Withdrawn"),
}

UNDO = timedelta(seconds=60)


def nothing_stops(case: CaseView, actor: ActorView) -> str:
    return _("Something is still missing. Mend what the list shows, then submit.") if case.stopping_findings else ""


def eligible(case: CaseView, actor: ActorView) -> str:
    return (
        "" if case.eligibility_passed else _("An eligibility question is open or answered no. Look at that page first.")
    )


def agreement_signed(case: CaseView, actor: ActorView) -> str:
    return "" if case.agreement_signed else _("The partner agreement is not signed. Sign it first.")


def no_tie(case: CaseView, actor: ActorView) -> str:
    return (
        _("You have a tie to this company. A colleague must work on this case.") if actor.user_id in case.ties else ""
    )


def own_review(case: CaseView, actor: ActorView) -> str:
    return "" if case.reviewer_id == actor.user_id else _("Only the reviewer of this case does this. Claim it first.")


def all_judged(case: CaseView, actor: ActorView) -> str:
    return _("Some answers have no verdict yet. Judge them first.") if case.unverdicted else ""


def musts_met(case: CaseView, actor: ActorView) -> str:
    """A must that is not accepted keeps a company from being certified; a house number never does."""
    return _("A must is not accepted. Ask the company about it, or refuse.") if case.musts_not_accepted else ""


def nothing_blocks(case: CaseView, actor: ActorView) -> str:
    return _("A flag holds the decision up. Clear it first.") if case.blocking_flags else ""


def vetting_cleared(case: CaseView, actor: ActorView) -> str:
    return "" if case.vetting == "cleared" else _("The vetting is not cleared. Wait for the vetting officer.")


def not_own_review(case: CaseView, actor: ActorView) -> str:
    if actor.user_id in {case.reviewer_id, case.recommender_id}:
        return _("You reviewed or recommended this case. Another supervisor must decide.")
    return ""


def reasons_given(case: CaseView, actor: ActorView) -> str:
    return "" if case.letter_reasons else _("A refusal needs at least one reason from the list.")


def all_answered(case: CaseView, actor: ActorView) -> str:
    return _("A question is still unanswered. Answer each one, then send.") if case.asked_open else ""


def own_decision(case: CaseView, actor: ActorView) -> str:
    return "" if case.decided_by_id == actor.user_id else _("Only who decided can undo the decision.")


def within_the_minute(case: CaseView, actor: ActorView) -> str:
    if case.decided_at is None or actor.at - case.decided_at > UNDO:
        return _("The minute for undoing is over: the letter has left.")
    return ""


COMPANY_WRITERS = {R.OFFICER, R.CONTACT, R.COMPANY_USER}

TABLE: Table[CaseView] = {
    "submit": row(
        {S.DRAFT}, S.SUBMITTED, by={R.OFFICER}, guards=[eligible, agreement_signed, nothing_stops], fresh_factor=True
    ),
    "withdraw": row(OPEN, S.WITHDRAWN, by={R.OFFICER, R.CONTACT}),
    "claim": row({S.SUBMITTED}, S.IN_REVIEW, by={R.SPECIALIST}, guards=[no_tie]),
    "release": row({S.IN_REVIEW}, S.SUBMITTED, by={R.SPECIALIST}, guards=[own_review]),
    "reassign": row({S.SUBMITTED, S.IN_REVIEW, S.WAITING_FOR_COMPANY}, None, by={R.SUPERVISOR}, guards=[no_tie]),
    "ask": row({S.IN_REVIEW}, S.WAITING_FOR_COMPANY, by={R.SPECIALIST}, guards=[own_review]),
    "answer": row({S.WAITING_FOR_COMPANY}, S.IN_REVIEW, by=COMPANY_WRITERS, guards=[all_answered]),
    "lapse": row({S.WAITING_FOR_COMPANY}, S.IN_REVIEW, by=frozenset()),
    "recommend_certify": row(
        {S.IN_REVIEW},
        S.RECOMMENDED,
        by={R.SPECIALIST},
        guards=[own_review, no_tie, all_judged, musts_met, nothing_blocks, vetting_cleared],
    ),
    "recommend_refuse": row(
        {S.IN_REVIEW}, S.RECOMMENDED, by={R.SPECIALIST}, guards=[own_review, no_tie, all_judged, reasons_given]
    ),
    "return_to_review": row({S.RECOMMENDED}, S.IN_REVIEW, by={R.SUPERVISOR}, guards=[not_own_review, no_tie]),
    "certify": row(
        {S.RECOMMENDED},
        S.CERTIFIED,
        by={R.SUPERVISOR},
        guards=[not_own_review, no_tie, musts_met, nothing_blocks, vetting_cleared],
    ),
    "refuse": row(
        {S.RECOMMENDED}, S.REFUSED, by={R.SUPERVISOR}, guards=[not_own_review, no_tie, nothing_blocks, reasons_given]
    ),
    "undo_decision": row(
        {S.CERTIFIED, S.REFUSED}, S.RECOMMENDED, by={R.SUPERVISOR}, guards=[own_decision, within_the_minute]
    ),
}
