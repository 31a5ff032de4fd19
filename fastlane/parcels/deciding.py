"""The worker's way through a parcel file: look at it, decide it part by part, join the parts, remove what is over.

Each step is an effect of its own, which does its part, adds its counts and says the next step in one transaction. So the
page sees how far it is, a stop is heeded between two steps, and a killed worker leaves a step to do again: its part is
written over, and its counts were never added.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts import effects, events
from accounts.effects.models import Effect
from fastlane.parcels import isolated, store
from fastlane.parcels.isolated import ChildFailed, Unreadable
from fastlane.parcels.life import KEPT, LIVE, MOST_ROWS, TABLE, FileView, State
from fastlane.parcels.models import ParcelFile
from fastlane.rulebook import queries as rulebook
from fastlane.rules import RuleSet
from trusted_trader import moves
from trusted_trader.workflow import timer

STEP, TIDY = "parcels.step", "parcels.tidy"

# A file is decided in about so many parts, each of some tenths of a second and no more than a second or two.
PARTS, FEWEST, MOST = 20, 10_000, 50_000
FIRST_BAD = 100
TRIES = 3
NOT_READ = _("The file could not be read safely. Make it anew, or split it, and upload it again.")
NO_ROWS = _("The file has a heading and no rows.")
TOO_LONG = _("The file has more than a million rows. Split it.")


@effects.handler(STEP)
def step(effect: Effect) -> str:
    """Do one step of a file, if it is still the next one."""
    row = ParcelFile.objects.select_for_update(of=("self",)).select_related("account").get(pk=effect.payload["file"])
    if row.status not in LIVE or row.steps != int(effect.version):
        return "over"
    at = timezone.now()
    row.steps += 1
    try:
        if row.status == State.WAITING:
            _begin(row, at)
        elif row.rows_total is not None and row.rows_done < row.rows_total:
            _decide(row)
        else:
            _finish(row, at)
    except Unreadable as unreadable:
        _refuse(row, str(unreadable), at)
    except ChildFailed:
        if effect.attempts + 1 < TRIES:
            raise
        _refuse(row, NOT_READ, at)
    row.save()
    if row.status in LIVE:
        effects.add(STEP, effect.subject, row.steps, at=at, payload={"file": row.pk})
    return f"{row.status}, {row.rows_done} of {row.rows_total} rows"


def _begin(row: ParcelFile, at: datetime) -> None:
    """Look at the file as a whole, and choose the rule set: the one in force when it was brought."""
    source = store.at_hand(row, store.source_of(row))
    row.edition_id = rulebook.edition_in_force(row.uploaded_at)
    rule_set = rulebook.of_edition(row.edition_id)
    rows = isolated.look(source, rule_set, MOST)
    if not 0 < rows <= MOST_ROWS:
        raise Unreadable(TOO_LONG if rows else NO_ROWS)
    with source.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    _move(row, "begin", at, sha256=digest, rows_total=rows, rule_set=rule_set.version, began_at=at)


def _decide(row: ParcelFile) -> None:
    rule_set = _rule_set(row)
    size = max(FEWEST, min(MOST, -(-(row.rows_total or 0) // PARTS)))
    names = store.part(row, row.parts)
    made = [store.workplace(row) / name for name in names]
    part = isolated.decide(
        store.at_hand(row, store.source_of(row)), rule_set, row.place, size, target=made[0], bad_rows=made[1]
    )
    if not part.rows:
        raise ChildFailed("There are fewer rows than were counted.")
    for name, path in zip(names, made, strict=True):
        store.keep(row, name, path)
    row.parts += 1
    row.place = part.after
    row.rows_done += part.rows
    row.outcomes = _added(row.outcomes, part.outcomes)
    row.reasons = _with_reasons(row.reasons, part.reasons)
    row.bad += part.bad
    row.first_bad = [*row.first_bad, *part.first_bad][:FIRST_BAD]


def _rule_set(row: ParcelFile) -> RuleSet:
    """The file's rule set. Where the rules' code was renewed in between, the file is decided anew from its first row."""
    rule_set = rulebook.of_edition(row.edition_id)
    if rule_set.version != row.rule_set:
        row.rule_set = rule_set.version
        row.parts, row.place, row.rows_done = 0, None, 0
        row.outcomes, row.reasons, row.bad, row.first_bad = {}, [], 0, []
    return rule_set


def _added(counted: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return counted | {name: counted.get(name, 0) + count for name, count in more.items()}


def _with_reasons(counted: list[list[Any]], more: list[list[Any]]) -> list[list[Any]]:
    """Add up the rows of each sentence, the most frequent first."""
    found: dict[tuple[str, str], tuple[set[str], int]] = {}
    for codes, text, outcome, count in [*counted, *more]:
        before, rows = found.get((text, outcome), (set(), 0))
        found[text, outcome] = before | set(codes), rows + count
    added = [[sorted(codes), *sentence, rows] for sentence, (codes, rows) in found.items()]
    return sorted(added, key=lambda reason: (-reason[3], reason[1]))


def _finish(row: ParcelFile, at: datetime) -> None:
    parts = [store.part(row, number) for number in range(row.parts)]
    wanted = [(store.result_of(row), [decided for decided, _bad in parts])]
    if row.bad:
        wanted.append((store.BAD_ROWS, [bad for _decided, bad in parts]))
    for name, pieces in wanted:
        joined = store.workplace(row) / name
        isolated.join([store.at_hand(row, piece) for piece in pieces], joined)
        store.keep(row, name, joined)
    until = at + KEPT
    told = {name: {"old": None, "new": count} for name, count in (row.outcomes | {"bad": row.bad}).items()}
    _move(row, "finish", at, told, finished_at=at, kept_until=until)
    effects.add(TIDY, f"parcels:{row.pk}", "done", at=at, payload={"file": row.pk})
    effects.add(TIDY, f"parcels:{row.pk}", "expired", at=at, not_before=until, payload={"file": row.pk})


def _refuse(row: ParcelFile, reason: str, at: datetime) -> None:
    _move(row, "refuse", at, refusal=reason[:1000], finished_at=at)
    effects.add(TIDY, f"parcels:{row.pk}", "refused", at=at, payload={"file": row.pk})


def _move(row: ParcelFile, action: str, at: datetime, told: events.Changes | None = None, **fields: Any) -> None:
    to = moves.check_in(TABLE, action, case=FileView(row.status), actor=timer(at)).to
    changes = events.changed(row, status=to, **fields)
    moves.record_account(
        row.account, f"parcels.{action}", actor=None, at=at, about=row, changes=changes | dict(told or {})
    )


@effects.handler(TIDY)
def tidy(effect: Effect) -> str:
    """Remove the files that are not needed any more; when the time is over, the results as well."""
    row = ParcelFile.objects.select_for_update(of=("self",)).select_related("account").get(pk=effect.payload["file"])
    if row.status in LIVE:
        return "still at work"
    at = timezone.now()
    store.clear(row)
    over = row.kept_until is None or row.kept_until <= at
    if over:
        store.clear_results(row)
    if over and row.status == State.DONE:
        _move(row, "expire", at)
        row.save()
    return row.status
