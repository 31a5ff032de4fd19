"""The demonstration's rule book: an edition that names members as operators of terminals, and a draft in work."""

from __future__ import annotations

from collections.abc import Mapping

from accounts import effects
from accounts.models import Account, Effect
from accounts.roles import Role
from fastlane.demo.data import lines
from fastlane.rulebook import operations as rulebook
from fastlane.rulebook.models import Edition
from trusted_trader.demo.founding import Days, Founded
from trusted_trader.demo.reviewing import Staff

NAME = "Demonstration operators"
DRAFT = "Storm season at Oakland"
IN_FORCE = 243  # days ago: before the first port call of this world
DRAFTED = 3


def name_operators(made: Mapping[str, Founded], staff: Staff, days: Days) -> None:
    """Draft, replay, propose and confirm the edition, with those operators that are there; nothing when it is there."""
    operated = [row for row in lines("operators.txt") if row[1] in made]
    if not operated or Edition.objects.filter(name=NAME).exists():
        return
    steward, at = staff.of(Role.DATA_STEWARD)[0], days.at(IN_FORCE + 2, 9, 10)
    note = "Members of the demonstration take the place of the invented operators."
    edition = rulebook.draft(name=NAME, note=note, actor=steward, at=at)
    for terminal, company in operated:
        edition = _name(edition, terminal, made[company].account, staff, days)
    edition = rulebook.submit(edition=edition, actor=steward, at=days.at(IN_FORCE + 2, 9, 40))
    _run(rulebook.REPLAY, f"edition:{edition.pk}")
    edition.refresh_from_db()
    at = days.at(IN_FORCE, 10)
    row = rulebook.propose(edition=edition, starts_at=at, reason=note, actor=steward, at=at)
    rulebook.confirm(activation=row, actor=staff.of(Role.SUPERVISOR)[0], at=at)
    _run(rulebook.IN_FORCE, f"activation:{row.pk}")


def _name(edition: Edition, terminal: str, account: Account, staff: Staff, days: Days) -> Edition:
    rows = edition.rows["terminals"]
    number = next(place for place, row in enumerate(rows) if row["code"] == terminal)
    changed = rows[number] | {"operator": account.company.legal_name, "operator_account": account.number}
    at, steward = days.at(IN_FORCE + 2, 9, 20), staff.of(Role.DATA_STEWARD)[0]
    return rulebook.put_row(edition=edition, table="terminals", number=number, row=changed, actor=steward, at=at)


def begin_draft(staff: Staff, days: Days) -> None:
    """A draft that nobody has closed yet: arrivals at one port may move further without losing their approval."""
    if Edition.objects.filter(name=DRAFT).exists():
        return
    steward, at = staff.of(Role.DATA_STEWARD)[0], days.at(DRAFTED, 15, 30)
    note = "Storms delay ships by half a day. Let arrivals move by twelve hours from December on."
    edition = rulebook.draft(name=DRAFT, note=note, actor=steward, at=at)
    row = {
        "port": "2811", "name": "eta_change_hours", "value": "12", "from": f"{days.today.year}-12-01", "to": "",
        "tag": "D", "source": "demonstration: invented, no source names it",
    }  # fmt: skip
    rulebook.put_row(
        edition=edition, table="settings", number=None, row=row, actor=steward, at=days.at(DRAFTED, 15, 50)
    )


def _run(kind: str, subject: str) -> None:
    for pk in list(Effect.objects.filter(kind=kind, subject=subject, done_at=None).values_list("pk", flat=True)):
        effects.run(pk)
