"""Users' own names, and the people a company names for vetting."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events, secrecy
from accounts.models import (
    Company,
    Person,
    User,
)
from accounts.operations.records import record, unchanged_since
from accounts.refusals import Refused

PERSONAL = ("birth_date", "birth_country", "citizenship", "document_kind", "document_number", "national_number")


@transaction.atomic
def rename_user(*, user: User, name: str, at: datetime) -> User:
    """Change one's own name, with which one signs. The chain keeps that it changed, not the name."""
    if name.strip() != user.name:
        user.name = name.strip()
        events.record(f"user:{user.pk}", "user.rename", actor=user, at=at, about=user)
        user.save(update_fields=["name"])
    return user


@transaction.atomic
def save_person(
    *,
    company: Company,
    actor: User,
    at: datetime,
    details: Mapping[str, Any],
    person: Person | None = None,
    version: int = 0,
) -> Person:
    """Add or change an officer, contact, owner or manager. Personal values are sealed under the person's own key.

    `details` may hold the names in PERSONAL; an empty one leaves what was given before. A person is changed as the
    page of this `version` showed them. Raises Refused, and Stale when somebody else saved meanwhile.
    """
    row = Person(company=company)
    if person:
        row = Person.objects.select_for_update().get(pk=person.pk)
        unchanged_since(version, row)
    if row.erased_at:
        raise Refused(_("This person was erased and stays so. Add the person anew."))
    personal = {name: str(details[name]) for name in PERSONAL if details.get(name)}
    changes = events.changed(row, **{name: value for name, value in details.items() if name not in PERSONAL})
    # Name and position are personal as well: the chain keeps them only under the person's key.
    for name in ("name", "title", "email", "phone"):
        if name in changes:
            changes[name] = {
                "old": None,
                "new": "sealed:" + secrecy.seal_for(row.wrapped_key, str(changes[name]["new"])),
            }
    if personal:
        known = json.loads(secrecy.unseal_for(row.wrapped_key, row.sealed)) if row.sealed else {}
        known |= personal
        row.sealed = secrecy.seal_for(row.wrapped_key, json.dumps(known, sort_keys=True))
        row.lookup = secrecy.lookup("person", f"{row.name.casefold()}|{known.get('birth_date', '')}")
        changes["vetting details"] = {
            "old": None,
            "new": "sealed:" + secrecy.seal_for(row.wrapped_key, ", ".join(sorted(personal))),
        }
    if not changes:
        return row
    row.version += bool(person)
    row.save()
    record(company, "person.change" if person else "person.add", actor=actor, at=at, about=row, changes=changes)
    return row


@transaction.atomic
def remove_person(*, person: Person, actor: User, at: datetime) -> None:
    record(person.company, "person.remove", actor=actor, at=at, about=person)
    person.delete()


@transaction.atomic
def reveal_person(*, person: Person, actor: User, reason: str, at: datetime) -> dict[str, str]:
    """Open a person's sealed values, leaving who looked and why. Raises Refused without a reason."""
    if len(reason.strip()) < 5:
        raise Refused(_("Say why you need to see these details. The person may ask who looked."), field="reason")
    values: dict[str, str] = json.loads(secrecy.unseal_for(person.wrapped_key, person.sealed)) if person.sealed else {}
    record(person.company, "person.reveal", actor=actor, at=at, about=person, reason=reason.strip())
    return values


@transaction.atomic
def erase_person(*, person: Person, actor: User, reason: str, at: datetime) -> None:
    """Erase the person's key: sealed values, also those in old events, can't be read any more; the chain holds."""
    record(person.company, "person.erase", actor=actor, at=at, about=person, reason=reason)
    person.wrapped_key, person.sealed, person.lookup, person.erased_at = "", "", "", at
    person.name, person.email, person.phone, person.title = _("Erased person"), "", "", ""
    person.save()
