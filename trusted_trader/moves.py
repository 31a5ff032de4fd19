"""The one door through which an application changes its status: lock, ask the workflow table, record, save."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts import events
from accounts import queries as who
from accounts.models import Account, Event, User
from accounts.refusals import Refused
from accounts.roles import STAFF_ROLES, Role
from trusted_trader import clocks, criteria, workflow
from trusted_trader.application.models import AgreementSignature, Application, Response
from trusted_trader.entity_types import EntityType, eligibility_problems
from trusted_trader.review.models import Flag, InformationRequest, RequestedAnswer, Verdict, Vetting
from trusted_trader.workflow import ActorView, CaseView, Table, Transition, View
from trusted_trader.workflow.application import COMPANY_WORD, STAFF_WORD, TABLE, State
from trusted_trader.workflow.information_request import TABLE as REQUESTS
from trusted_trader.workflow.information_request import RequestView


def locked(application: Application) -> Application:
    """The application's row, locked until the transaction ends."""
    return Application.objects.select_for_update(of=("self",)).select_related("account__company").get(pk=application.pk)


def actor_view(actor: User, application: Application, at: datetime, *, fresh_factor: bool = False) -> ActorView:
    """Who acts, with the roles that count in this case: staff roles, and the role in this very company."""
    role = who.role_in(actor, application.company_id)
    roles: frozenset[Role] = actor.staff_roles | ({role} if role else frozenset())
    return ActorView(user_id=actor.pk, roles=roles, at=at, fresh_factor=fresh_factor)


def case_view(application: Application, *, stopping: int = 0, letter_reasons: Iterable[str] = ()) -> CaseView:
    """What the guards look at, read now, in the transaction that holds the lock."""
    vetting = Vetting.objects.filter(application=application).values_list("status", flat=True).first()
    asked = RequestedAnswer.objects.filter(request__application=application, request__status="open", touched_at=None)
    decided = application.decided_at
    return CaseView(
        status=application.status,
        reviewer_id=application.reviewer_id,
        stopping_findings=stopping,
        eligibility_passed=not eligibility_problems(application.account.entity_type, application.eligibility),
        agreement_signed=AgreementSignature.objects.filter(account=application.account_id).exists(),
        unverdicted=unverdicted(application) if application.status == "in_review" else (),
        musts_not_accepted=musts_not_accepted(application),
        blocking_flags=tuple(
            Flag.objects.filter(application=application, blocks_decision=True, cleared_at=None).values_list(
                "title", flat=True
            )
        ),
        vetting=vetting or "open",
        asked_open=tuple(asked.values_list("number", flat=True)),
        recommender_id=application.recommender_id,
        decided_by_id=application.decided_by_id,
        decided_at=decided,
        ties=who.tied_people(application.company_id),
        letter_reasons=tuple(letter_reasons),
    )


def unverdicted(application: Application) -> tuple[str, ...]:
    """Answers of the case that have no verdict yet."""
    answered = (
        Response.objects.filter(account=application.account_id).exclude(state="").values_list("number", flat=True)
    )
    judged = Verdict.objects.filter(application=application).values_list("number", flat=True)
    return tuple(sorted(set(answered) - set(judged)))


def musts_not_accepted(application: Application) -> tuple[str, ...]:
    """Official musts of the case whose answer the reviewer did not accept."""
    rejected = Verdict.objects.filter(application=application, word=Verdict.Word.REJECTED)
    numbers = set(rejected.values_list("number", flat=True))
    entity_type = EntityType(application.account.entity_type)
    asked = criteria.edition(application.edition).for_entity(entity_type) if numbers else ()
    return tuple(c.number for c in asked if c.number in numbers and c.is_official_must(entity_type))


def check(action: str, row: Application, *, case: CaseView, actor: ActorView) -> None:
    """Ask the application's table. Raises Refused with the table's reason, and with who was quicker."""
    try:
        check_in(TABLE, action, case=case, actor=actor)
    except Refused as refused:
        if refused.code != "state":
            raise
        raise Refused(f"{refused} {_last_move(row, actor)}", code="state") from refused


def _last_move(row: Application, actor: ActorView) -> str:
    """Where the case stands now, and who brought it there; a company reads its own people's names alone."""
    words = STAFF_WORD if actor.roles & STAFF_ROLES else COMPANY_WORD
    rows = Event.objects.filter(object_type=row._meta.db_table, object_id=str(row.pk), changes__has_key="status")
    last = rows.order_by("-sequence").first()
    person = User.objects.filter(pk=int(last.actor_id)).first() if last and last.actor_id else None
    if person and (actor.roles & STAFF_ROLES or not person.is_staff):
        return _("It is now: %(state)s (%(who)s).") % {"state": _(words[State(row.status)]), "who": person}
    return _("It is now: %(state)s.") % {"state": _(words[State(row.status)])}


def check_in[V: View](table: Table[V], action: str, *, case: V, actor: ActorView) -> Transition[V]:
    """Ask the table of any life for the row that lets this through. Raises Refused with the table's reason."""
    try:
        return workflow.check(table, action, case=case, actor=actor)
    except workflow.TransitionRefused as refused:
        raise Refused(_(refused.reason), code=refused.code) from refused


def move(
    application: Application, action: str, to: str, *, actor: User | None, at: datetime, reason: str = "", **fields: Any
) -> None:
    """Record the move and save it; clocks and the queue's order follow in the same step."""
    changes = events.changed(application, status=to, changed_at=at, **fields)
    changes.pop("changed_at", None)
    record(application, f"application.{action}", actor=actor, at=at, changes=changes, reason=reason)
    clocks.refresh(application, at=at)
    application.save()


def move_request(
    request: InformationRequest, action: str, *, actor: User | None, at: datetime, acting: ActorView, **fields: Any
) -> None:
    """Ask the request's own table, record the move and save it. Raises Refused."""
    untouched = request.answers.filter(touched_at=None).values_list("number", flat=True)
    view = RequestView(status=request.status, untouched=tuple(untouched), due_at=request.due_at)
    to = check_in(REQUESTS, action, case=view, actor=acting).to
    changes = events.changed(request, status=to, **fields)
    record(request.application, f"request.{action}", actor=actor, at=at, about=request, changes=changes)
    request.save()


def record(
    application: Application,
    operation: str,
    *,
    actor: User | None,
    at: datetime,
    about: models.Model | None = None,
    changes: events.Changes | None = None,
    reason: str = "",
    internal: bool = False,
) -> None:
    record_account(
        application.account,
        operation,
        actor=actor,
        at=at,
        about=about or application,
        changes=changes,
        reason=reason,
        internal=internal,
    )


def record_account(
    account: Account,
    operation: str,
    *,
    actor: User | None,
    at: datetime,
    about: models.Model | None = None,
    changes: events.Changes | None = None,
    reason: str = "",
    internal: bool = False,
) -> None:
    behalf = None if actor is None or actor.is_staff else account.company_id
    events.record(
        events.account_subject(account.number),
        operation,
        actor=actor,
        at=at,
        about=about,
        changes=changes,
        reason=reason,
        company_id=account.company_id,
        on_behalf_of=behalf,
        internal=internal,
    )
