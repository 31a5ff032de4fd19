"""Notes among staff, flags, saved filters."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events, notices
from accounts import queries as who
from accounts.models import User
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader import moves
from trusted_trader.application.models import Application
from trusted_trader.review.models import (
    Flag,
    Note,
    SavedFilter,
)

MENTION = re.compile(r"@([\w.+-]+@[\w.-]+\w)")
CASE_STAFF = frozenset({Role.SPECIALIST, Role.SUPERVISOR, Role.DIRECTOR})


@transaction.atomic
def add_note(*, application: Application, text: str, actor: User, at: datetime) -> Note:
    """Write a note among staff; "@name@example.org" tells that colleague. Raises Refused."""
    _case_staff(actor, application.company_id)
    if not text.strip():
        raise Refused(_("Write the note first."), field="text")
    note = Note.objects.create(
        company_id=application.company_id, application=application, text=text.strip(), written_by=actor, written_at=at
    )
    mentioned = User.objects.filter(
        email__in=[m.lower() for m in MENTION.findall(text)], staff_grants__ended_at=None
    ).distinct()
    mentioned = mentioned.filter(staff_grants__isnull=False)
    note.mentions.set(mentioned)
    moves.record(application, "note.add", actor=actor, at=at, about=note, internal=True)
    notices.tell(
        mentioned,
        kind="note.mention",
        at=at,
        link=f"/admin/review/{application.pk}/",
        subject=_("%(who)s mentions you in %(ref)s") % {"who": actor, "ref": application.reference},
        body=note.text,
    )
    return note


@transaction.atomic
def raise_flag(
    *,
    application: Application,
    title: str,
    company_word: str,
    blocks_decision: bool,
    owner: User,
    ends_on: date | None,
    actor: User,
    at: datetime,
) -> Flag:
    """Flag a case. A blocking flag needs a sentence in plain words for the company. Raises Refused."""
    _case_staff(actor, application.company_id)
    if not title.strip():
        raise Refused(_("Name the flag."), field="title")
    if blocks_decision and not company_word.strip():
        raise Refused(
            _("A flag that holds the decision up needs a sentence the company can read."), field="company_word"
        )
    flag = Flag.objects.create(
        company_id=application.company_id,
        application=application,
        title=title.strip(),
        company_word=company_word.strip(),
        blocks_decision=blocks_decision,
        owner=owner,
        raised_at=at,
        ends_on=ends_on,
    )
    moves.record(
        application,
        "flag.raise",
        actor=actor,
        at=at,
        about=flag,
        internal=not blocks_decision,
        changes=events.created(flag, "title", "blocks_decision", "ends_on"),
    )
    return flag


@transaction.atomic
def clear_flag(*, flag: Flag, reason: str, actor: User, at: datetime) -> Flag:
    row = Flag.objects.select_for_update(of=("self",)).select_related("application__account").get(pk=flag.pk)
    _case_staff(actor, row.company_id)
    if row.cleared_at:
        raise Refused(_("%(who)s has cleared this flag already.") % {"who": row.cleared_by}, code="conflict")
    changes = events.changed(row, cleared_at=at, cleared_by=actor)
    row.save()
    moves.record(
        row.application,
        "flag.clear",
        actor=actor,
        at=at,
        about=row,
        internal=not row.blocks_decision,
        changes=changes,
        reason=reason,
    )
    return row


def save_filter(*, owner: User, name: str, query: str, shared: bool) -> SavedFilter:
    """Keep a queue filter under a name; saving under a known name replaces it."""
    if not name.strip():
        raise Refused(_("Give the filter a name."), field="name")
    row, _fresh = SavedFilter.objects.update_or_create(
        owner=owner, name=name.strip()[:60], defaults={"query": query[:500], "shared": shared}
    )
    return row


def _case_staff(actor: User, company_id: int) -> None:
    """Notes and flags are for those who work on cases and have no tie to the company."""
    if not CASE_STAFF & actor.staff_roles:
        raise Refused(_("Your role does not allow this step."), code="role")
    if who.is_tied(actor.pk, company_id):
        raise Refused(_("You have a tie to this company. A colleague must work on this case."), code="tie")
