"""Writes of the rule book: a data steward drafts an edition, it is replayed, and a second person puts it in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import effects, events
from accounts.models import User
from accounts.refusals import Refused
from accounts.roles import Role
from fastlane.rulebook import queries
from fastlane.rulebook.life import TABLE, EditionView
from fastlane.rulebook.models import Activation, Edition
from fastlane.rules import Reference, ReferenceRefused, RuleSet
from trusted_trader import moves
from trusted_trader.workflow import ActorView

SUBJECT = "programme:rulebook"
REPLAY = "rulebook.replay"
IN_FORCE = "rulebook.in_force"

type Row = Mapping[str, str]


@transaction.atomic
def draft(*, name: str, note: str, actor: User, at: datetime) -> Edition:
    """Begin a new edition from the rows in force. Raises Refused."""
    _check("draft", EditionView(status="none"), actor, at)
    if not name.strip() or Edition.objects.filter(name=name.strip()).exists():
        raise Refused(_("Give the edition a name that no other one has."), field="name")
    row = Edition(
        name=name.strip()[:40],
        rows=queries.in_force(at).reference.rows(),
        based_on_id=queries.edition_in_force(at),
        note=note.strip()[:1000],
        created_by=actor,
        created_at=at,
    )
    row.save()
    _record(row, "draft", actor, at, events.created(row, "name"))
    return row


@transaction.atomic
def put_row(*, edition: Edition, table: str, number: int | None, row: Row, actor: User, at: datetime) -> Edition:
    """Add a row to a table of a draft, or change one (`number` counts from 0). Raises ReferenceRefused and Refused."""
    return _edit(edition, table, number, dict(row), actor, at)


@transaction.atomic
def drop_row(*, edition: Edition, table: str, number: int, actor: User, at: datetime) -> Edition:
    """Take a row out of a draft."""
    return _edit(edition, table, number, None, actor, at)


def _edit(
    edition: Edition, table: str, number: int | None, row: dict[str, str] | None, actor: User, at: datetime
) -> Edition:
    kept = Edition.objects.select_for_update().get(pk=edition.pk)
    _check("edit", EditionView(status=kept.status, author_id=kept.created_by_id), actor, at)
    tables = {name: list(rows) for name, rows in kept.rows.items()}
    if table not in tables or (number is not None and not 0 <= number < len(tables[table])):
        raise Refused(_("This row is not there any more. Load the page again."), code="stale")
    before = tables[table][number] if number is not None else None
    if number is None:
        assert row is not None  # noqa: S101 - adding brings a row
        tables[table].append(row)
    elif row is None:
        del tables[table][number]
    else:
        tables[table][number] = row
    Reference.of(tables)
    kept.rows, kept.replay = tables, {}
    kept.save()
    _record(kept, "edit", actor, at, {table: {"old": before, "new": row}})
    return kept


@transaction.atomic
def submit(*, edition: Edition, actor: User, at: datetime) -> Edition:
    """Close the draft: its rows get a version and are replayed over the last year's decisions. Raises Refused."""
    kept = Edition.objects.select_for_update().get(pk=edition.pk)
    _check("submit", EditionView(status=kept.status, author_id=kept.created_by_id), actor, at)
    try:
        version = RuleSet(kept.name, Reference.of(kept.rows)).version
    except ReferenceRefused as refused:
        raise Refused(str(refused), field="rows") from refused
    if kept.rows == queries.in_force(at).reference.rows():
        raise Refused(_("Nothing differs from what is in force. Change a row first."), code="same")
    changes = events.changed(kept, status="closed", version=version)
    _record(kept, "submit", actor, at, changes)
    kept.save()
    effects.add(REPLAY, f"edition:{kept.pk}", 1, at=at, payload={"edition": kept.pk})
    return kept


@transaction.atomic
def propose(
    *, edition: Edition | None, starts_at: datetime, reason: str, actor: User, at: datetime, rollback: bool = False
) -> Activation:
    """Propose to put an edition in force from a moment on (None: the data that came with the program). Raises Refused."""
    view = EditionView(
        status=edition.status if edition else "closed",
        replayed=edition is None or rollback or bool(edition.replay.get("done")),
        starts_at=starts_at,
        open_proposal=Activation.objects.filter(status="proposed").exists(),
    )
    _check("propose", view, actor, at)
    if len(reason.strip()) < 10:
        raise Refused(_("Give the reason in a sentence. It stays on record."), field="reason")
    row = Activation.objects.create(
        edition=edition,
        starts_at=starts_at,
        is_rollback=rollback,
        reason=reason.strip()[:1000],
        proposed_by=actor,
        proposed_at=at,
    )
    _record(row, "propose", actor, at, events.created(row, "edition_id", "starts_at", "is_rollback"), reason)
    return row


def roll_back(*, reason: str, actor: User, at: datetime) -> Activation:
    """Propose to go back, at once, to what was in force before the present edition. Raises Refused."""
    before = Activation.objects.filter(status="confirmed", starts_at__lte=at).order_by("-starts_at", "-pk")[1:2]
    now = queries.edition_in_force(at)
    if now is None:
        raise Refused(_("The data that came with the program are in force; there is nothing to go back to."))
    edition = before[0].edition if before else None
    return propose(edition=edition, starts_at=at, reason=reason, actor=actor, at=at, rollback=True)


@transaction.atomic
def confirm(*, activation: Activation, actor: User, at: datetime) -> Activation:
    """A second person puts it in force; open requests are asked again from that moment on. Raises Refused."""
    row = _conclude(activation, "confirm", "confirmed", actor, at)
    if row.starts_at < at:  # a proposal that waited doesn't reach back
        Activation.objects.filter(pk=row.pk).update(starts_at=at)
        row.starts_at = at
    effects.add(IN_FORCE, f"activation:{row.pk}", 1, at=at, not_before=row.starts_at, payload={"activation": row.pk})
    return row


@transaction.atomic
def reject(*, activation: Activation, actor: User, at: datetime) -> Activation:
    """Turn a proposal down, or take one's own back."""
    return _conclude(activation, "reject", "rejected", actor, at)


def _conclude(activation: Activation, action: str, to: str, actor: User, at: datetime) -> Activation:
    row = Activation.objects.select_for_update().get(pk=activation.pk)
    if row.status != "proposed":
        raise Refused(_("%(who)s has concluded this already.") % {"who": row.concluded_by}, code="conflict")
    _check(action, EditionView(status="proposed", proposer_id=row.proposed_by_id), actor, at)
    changes = events.changed(row, status=to, concluded_by=actor, concluded_at=at)
    _record(row, action, actor, at, changes, row.reason)
    row.save()
    return row


def _check(action: str, view: EditionView, actor: User, at: datetime) -> None:
    roles: frozenset[Role] = actor.staff_roles
    moves.check_in(TABLE, action, case=view, actor=ActorView(user_id=actor.pk, roles=roles, at=at))


def _record(row: Any, operation: str, actor: User, at: datetime, changes: events.Changes, reason: str = "") -> None:
    events.record(
        SUBJECT, f"rulebook.{operation}", actor=actor, at=at, about=row, changes=changes, reason=reason, internal=True
    )
