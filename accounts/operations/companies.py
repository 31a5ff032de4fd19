"""Companies, their accounts, numbers and sites."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts import events, identifiers, secrecy, tenancy
from accounts.models import (
    Account,
    Company,
    Facility,
    Identifier,
    Membership,
    User,
)
from accounts.operations.records import company_subject, record, record_account, record_membership, unchanged_since
from accounts.refusals import Refused
from accounts.roles import Role


@transaction.atomic
def found_company(*, legal_name: str, actor: User, at: datetime, **details: Any) -> Company:
    """Register a company; who does it becomes its first company officer."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        company = Company.objects.create(legal_name=legal_name.strip(), created_at=at, **details)
        membership = Membership.objects.create(company=company, user=actor, role=Role.OFFICER, started_at=at)
        events.record(
            company_subject(company),
            "company.found",
            actor=actor,
            at=at,
            about=company,
            changes=events.created(company, "legal_name", "country"),
            company_id=company.pk,
        )
        record_membership(membership, "membership.begin", actor=actor, at=at)
    tenancy.widen([company.pk])
    return company


@transaction.atomic
def update_company(*, company_id: int, version: int, actor: User, at: datetime, details: Mapping[str, Any]) -> Company:
    """Change the company's details. Raises Stale when somebody else saved since `version`."""
    company = Company.objects.select_for_update().get(pk=company_id)
    unchanged_since(version, company)
    changes = events.changed(company, **details)
    if changes:
        record(company, "company.change", actor=actor, at=at, about=company, changes=changes)
        company.version += 1
        company.save()
    return company


@transaction.atomic
def open_account(*, company: Company, entity_type: str, actor: User, at: datetime) -> Account:
    """Open the company's account for one entity type. Raises Refused when it has one."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)  # pressed twice, it opens once
    if Account.objects.filter(company=company, entity_type=entity_type).exists():
        raise Refused(_("Your company already has an account of this type. Open that one."), field="entity_type")
    with connection.cursor() as cursor:
        cursor.execute("select nextval('portal_account_number')")
        number = identifiers.account_number(cursor.fetchone()[0])
    account = Account.objects.create(company=company, entity_type=entity_type, number=number, opened_at=at)
    events.record(
        events.account_subject(number),
        "account.open",
        actor=actor,
        at=at,
        about=account,
        changes=events.created(account, "entity_type"),
        company_id=company.pk,
        on_behalf_of=company.pk,
    )
    return account


@transaction.atomic
def set_identifier(*, account: Account, scheme: str, raw: str, actor: User, at: datetime) -> Identifier | None:
    """Give the account its number of this scheme (an empty one takes it away). Raises Refused on a wrong number."""
    with_old = account.identifiers.select_for_update().filter(scheme=scheme)
    old = with_old.first()
    if not raw.strip():
        if old:
            record_account(
                account,
                "identifier.remove",
                actor=actor,
                at=at,
                about=old,
                changes={scheme: {"old": old.shown, "new": None}},
            )
            with_old.delete()
        return None
    problem = identifiers.check(scheme, raw)
    if problem:
        raise Refused(_(problem.message) % problem.params, code=problem.code, field=scheme)
    value = identifiers.normalise(scheme, raw)
    hashed = secrecy.lookup(scheme, value)
    if old and old.lookup == hashed:
        return old
    shown = secrecy.masked(value) if identifiers.SCHEMES[scheme].sensitive else value
    row = old or Identifier(company_id=account.company_id, account=account, scheme=scheme)
    before = old.shown if old else None
    row.sealed, row.lookup, row.shown = secrecy.seal(value), hashed, shown
    row.save()
    record_account(
        account, "identifier.set", actor=actor, at=at, about=row, changes={scheme: {"old": before, "new": shown}}
    )
    return row


@transaction.atomic
def save_facility(
    *,
    company: Company,
    actor: User,
    at: datetime,
    details: Mapping[str, Any],
    facility: Facility | None = None,
    version: int = 0,
) -> Facility:
    """Add a site, or change the one that had this version. Raises Refused, and Stale when somebody else saved."""
    row = Facility(company=company)
    if facility:
        row = Facility.objects.select_for_update().get(pk=facility.pk)
        unchanged_since(version, row)
    changes = events.changed(row, **details)
    if not changes:
        return row
    row.version += bool(facility)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(_("A site of this name was added just now. Give this one another name."), field="name") from error
    record(company, "facility.change" if facility else "facility.add", actor=actor, at=at, about=row, changes=changes)
    return row


@transaction.atomic
def remove_facility(*, facility: Facility, actor: User, at: datetime) -> None:
    record(
        facility.company,
        "facility.remove",
        actor=actor,
        at=at,
        about=facility,
        changes={"name": {"old": facility.name, "new": None}},
    )
    facility.delete()
