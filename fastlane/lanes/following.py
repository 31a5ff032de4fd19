"""What follows a change: standings, facts, rule books and time make the rules look again; people are told."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import effects, notices
from accounts import queries as who
from accounts.effects.models import Effect
from accounts.models import Account, StaffGrant, User
from accounts.roles import Role
from fastlane.lanes import announcing, deciding, queries
from fastlane.lanes.agency import TOLD
from fastlane.lanes.life import COMPANY_WORD, NO_YES, OPEN, RECHECKED, State
from fastlane.lanes.models import LaneDecision, LaneRequest
from fastlane.rulebook import queries as rulebook
from fastlane.rulebook.operations import IN_FORCE
from fastlane.rules import Fired
from trusted_trader.standing.operations import CHANGED as STANDING_CHANGED

ENTRY = _(
    "A refusal of this lane is not a refusal to unlade: the port director may still grant ordinary preliminary entry."
)


@effects.handler(STANDING_CHANGED)
def standing_changed(effect: Effect) -> str:
    """A carrier's requests, and those at the terminals that an operator runs."""
    account = Account.objects.get(pk=effect.payload["account"])
    rows = LaneRequest.objects.filter(status__in=sorted(RECHECKED))
    if account.entity_type == "sea_carrier":
        rows = rows.filter(account=account)
    elif account.entity_type == "marine_port_terminal_operator":
        terminals = rulebook.in_force(timezone.now()).reference.terminals.values()
        rows = rows.filter(terminal__in=[row.code for row in terminals if row.operator_account == account.number])
    else:
        return "no lane of its own"
    return _recheck_all(list(rows.order_by("pk").values_list("pk", flat=True)), "standing")


@effects.handler(TOLD)
def facts_told(effect: Effect) -> str:
    return _recheck_all([effect.payload["request"]], "facts")


@effects.handler(IN_FORCE)
def rule_book_in_force(effect: Effect) -> str:
    rows = LaneRequest.objects.filter(status__in=sorted(RECHECKED)).order_by("pk")
    return _recheck_all(list(rows.values_list("pk", flat=True)), "rule set")


@effects.handler(deciding.RECHECK)
def recheck_in_time(effect: Effect) -> str:
    if not _same_arrival(effect):
        return "the arrival has moved"
    stage = str(effect.payload["stage"])
    if stage == deciding.AGE and not _grown_old(effect.payload["request"]):
        return "told anew meanwhile"
    return _recheck_all([effect.payload["request"]], stage)


def _grown_old(request_id: int) -> bool:
    now = timezone.now()
    return queries.grown_old(LaneRequest.objects.get(pk=request_id), rulebook.in_force(now), now=now)


@effects.handler(deciding.EXPIRE)
def expire(effect: Effect) -> str:
    if not _same_arrival(effect):
        return "the arrival has moved"
    return "lapsed" if deciding.expire(effect.payload["request"], at=timezone.now()) else "nothing to lapse"


@effects.handler(deciding.OVERDUE)
def escalate(effect: Effect) -> str:
    """AQ-28: twelve hours before arrival without a decision. Supervisors and port officers hear; nothing is approved."""
    row = LaneRequest.objects.select_related("account__company").get(pk=effect.payload["request"])
    if not _same_arrival(effect) or row.status not in OPEN:
        return "decided in time"
    heads = StaffGrant.objects.filter(role__in=[Role.SUPERVISOR, Role.PORT_OFFICER], ended_at=None)
    people = User.objects.filter(pk__in=heads.values("user"), is_active=True).exclude(
        pk__in=who.tied_people(row.company_id)
    )
    notices.tell(
        people,
        kind="lane.overdue",
        subject=_("Overdue: %(ref)s arrives at %(eta)s") % {"ref": row.reference, "eta": row.eta},
        body=_("This request has no decision 12 hours before arrival. It is not approved by itself."),
        at=effect.not_before,
        link=reverse("admin:lane_request", args=[row.reference]),
    )
    return "escalated"


@effects.handler(deciding.CHANGED)
def tell(effect: Effect) -> str:
    """Agent and carrier read every decision; the terminal's operator reads an approval and its end. Systems first."""
    row = LaneRequest.objects.select_related("account__company", "filed_by").get(pk=effect.payload["request"])
    action = str(effect.payload["action"])
    if action == "submit":
        return "nothing to tell"
    turn = {name: effect.payload[name] for name in ("status", "order", "operator")}
    announcing.announce(row, **turn, at=effect.not_before)
    if row.approved_eta is not None and row.status != State.USED:
        _tell_terminal(row, turn["operator"], effect)
    if action in {"withdraw", "hand_over"} or row.status == State.SUBMITTED:
        return "the terminal and systems were told"
    link = reverse("lane_request", args=[row.account.number, row.reference])
    people = {user.pk: user for user in who.people_to_tell(row.company_id)}
    if row.filed_by and row.filed_by.is_active:
        people[row.filed_by.pk] = row.filed_by
    notices.tell(
        people.values(), kind="lane.decision", subject=_subject(row), body=_words(row, action), at=effect.not_before,
        company=row.account.company, link=link,
    )  # fmt: skip
    return "told"


def _tell_terminal(row: LaneRequest, operator_id: int | None, effect: Effect) -> None:
    operator = Account.objects.select_related("company").filter(pk=operator_id).first()
    if operator is not None and operator.company_id != row.company_id:
        lines = [
            _("This concerns the port call of voyage %(voyage)s at terminal %(terminal)s.")
            % {"voyage": row.voyage, "terminal": row.terminal},
            *_reasons(row),
        ]
        notices.tell(
            who.people_to_tell(operator.company_id), kind="lane.terminal", subject=_subject(row),
            body="\n\n".join(lines), at=effect.not_before, company=operator.company,
            link=reverse("terminal_calls", args=[operator.number]),
        )  # fmt: skip


def _subject(row: LaneRequest) -> str:
    return _("%(ref)s, %(ship)s at %(port)s: %(word)s") % {
        "ref": row.reference,
        "ship": row.form.get("ship", {}).get("name", row.imo),
        "port": row.port,
        "word": _(COMPANY_WORD[State(row.status)]),
    }


def _reasons(row: LaneRequest) -> list[str]:
    """Why a yes has ended, as a company may read it, and what remains possible."""
    return [*_public(queries.newest(row)), _(ENTRY)] if row.status in NO_YES else []


def _public(decision: LaneDecision | None) -> list[str]:
    rules = [Fired.from_json(rule) for rule in decision.rules] if decision else []
    return list(dict.fromkeys(f"{rule.public_code}: {rule.public_reason}" for rule in rules))


def _words(row: LaneRequest, action: str) -> str:
    decision = queries.newest(row)
    reasons = _public(decision)
    if action in {"approve", "refuse", "revoke"} and decision and decision.reason:
        reasons.append(decision.reason)
    if action == "void" and not reasons:
        reasons = [_("The port call changed after approval.")]
    lines = [_("The request %(ref)s has changed.") % {"ref": row.reference}, *reasons]
    if row.status in NO_YES:
        lines.append(_(ENTRY))
    return "\n\n".join(lines)


def _recheck_all(keys: list[int], trigger: str) -> str:
    now = timezone.now()
    turned = sum(deciding.recheck(key, trigger, at=now) for key in keys)
    return f"{turned} of {len(keys)} turned"


def _same_arrival(effect: Effect) -> bool:
    row = LaneRequest.objects.filter(pk=effect.payload["request"]).first()
    return bool(row and row.eta and row.eta.isoformat() == effect.payload["eta"])
