"""Reads about WHO."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from django.db import connection

from accounts import identifiers, secrecy, tenancy
from accounts.models import Account, Invitation, Membership, Person, User
from accounts.policy.owners import finder
from accounts.roles import Role


@finder("number")
def company_of_account(number: str) -> int | None:
    return Account.objects.filter(number=number).values_list("company_id", flat=True).first()


@finder("company")
def company_itself(company: str) -> int | None:
    member = Membership.objects.in_force().filter(company_id=int(company))
    return member.values_list("company_id", flat=True).first()


def role_in(user: User, company_id: int) -> Role | None:
    """The user's role in the company now."""
    role = Membership.objects.in_force().filter(user=user, company_id=company_id).values_list("role", flat=True)
    return Role(role[0]) if role else None


def officers(company_id: int) -> list[User]:
    return [
        m.user
        for m in Membership.objects.select_related("user").filter(
            company_id=company_id, ended_at=None, role=Role.OFFICER, user__is_active=True
        )
    ]


def people_to_tell(company_id: int) -> list[User]:
    """Who hears of a case: the company's officers and contacts."""
    rows = Membership.objects.select_related("user").filter(
        company_id=company_id, ended_at=None, role__in=[Role.OFFICER, Role.CONTACT], user__is_active=True
    )
    return [m.user for m in rows.order_by("pk")]


def given_details(person: Person) -> frozenset[str]:
    """The names of the vetting details that were given for this person; never the values."""
    return (
        frozenset(json.loads(secrecy.unseal_for(person.wrapped_key, person.sealed))) if person.sealed else frozenset()
    )


def is_tied(user_id: int, company_id: int) -> bool:
    """Has this person a tie to the company: a membership now or in the last two years, or a declared one?"""
    with connection.cursor() as cursor:
        cursor.execute("select portal_is_tied(%s, %s, 2)", [user_id, company_id])
        return bool(cursor.fetchone()[0])


def tied_people(company_id: int) -> frozenset[int]:
    """Members of staff who have a tie to the company."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct g.user_id from accounts_staffgrant g where portal_is_tied(g.user_id, %s, 2)", [company_id]
        )
        return frozenset(row[0] for row in cursor.fetchall())


def account_by_identifier(scheme: str, raw: str) -> list[Account]:
    """The accounts known by this identifier to the current tenant; ill-formed values find nothing."""
    if scheme == "account":
        return list(Account.objects.select_related("company").filter(number=raw.strip().upper()))
    if scheme not in identifiers.SCHEMES or identifiers.check(scheme, raw):
        return []
    value = identifiers.normalise(scheme, raw)
    hashed = secrecy.lookup(scheme, value)
    return list(
        Account.objects.select_related("company")
        .filter(identifiers__scheme=scheme, identifiers__lookup=hashed)
        .order_by("number")
        .distinct()
    )


def invitation_by_token(token: str) -> Invitation | None:
    hashed = hashlib.sha256(token.encode()).hexdigest()
    return Invitation.objects.select_related("company", "invited_by").filter(token_lookup=hashed).first()


def invitations_to(email: str, *, at: datetime) -> list[Invitation]:
    """Invitations to this confirmed address that can be accepted now. They belong to companies one is not in yet."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        rows = Invitation.objects.filter(email=email.lower(), accepted_at=None, revoked_at=None, expires_at__gt=at)
        return list(rows.select_related("company").order_by("expires_at"))
