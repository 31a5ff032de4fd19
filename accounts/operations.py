"""Writes about WHO: each operation checks, records its event and saves, in one transaction."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import events, identifiers, queries, secrecy, tenancy
from accounts.effects import add as add_effect
from accounts.models import (
    Account,
    Company,
    Consent,
    Facility,
    Identifier,
    Invitation,
    Membership,
    PartnerClient,
    Person,
    User,
)
from accounts.refusals import Refused, Stale
from accounts.roles import COMPANY_ROLES, Role

INVITATION_LIFE = timedelta(days=14)
CONSENT_CHANGED = "consent.changed"
PERSONAL = ("birth_date", "birth_country", "citizenship", "document_kind", "document_number", "national_number")


def company_subject(company: Company) -> str:
    return f"company:{company.pk}"


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
        _record_membership(membership, "membership.begin", actor=actor, at=at)
    tenancy.widen([company.pk])
    return company


@transaction.atomic
def update_company(*, company_id: int, version: int, actor: User, at: datetime, details: Mapping[str, Any]) -> Company:
    """Change the company's details. Raises Stale when somebody else saved since `version`."""
    company = Company.objects.select_for_update().get(pk=company_id)
    if company.version != version:
        raise Stale(
            _("Somebody else has changed these details since you opened the page. Compare both and save again."),
            current=company,
        )
    changes = events.changed(company, **details)
    if changes:
        _record(company, "company.change", actor=actor, at=at, about=company, changes=changes)
        company.version += 1
        company.save()
    return company


@transaction.atomic
def rename_user(*, user: User, name: str, at: datetime) -> User:
    """Change one's own name, with which one signs. The chain keeps that it changed, not the name."""
    if name.strip() != user.name:
        user.name = name.strip()
        events.record(f"user:{user.pk}", "user.rename", actor=user, at=at, about=user)
        user.save(update_fields=["name"])
    return user


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
            _record_account(
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
    _record_account(
        account, "identifier.set", actor=actor, at=at, about=row, changes={scheme: {"old": before, "new": shown}}
    )
    return row


@transaction.atomic
def save_facility(
    *, company: Company, actor: User, at: datetime, details: Mapping[str, Any], facility: Facility | None = None
) -> Facility:
    """Add a site, or change one."""
    row = facility or Facility(company=company)
    changes = events.changed(row, **details)
    if not changes:
        return row
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(_("A site of this name was added just now. Give this one another name."), field="name") from error
    _record(company, "facility.change" if facility else "facility.add", actor=actor, at=at, about=row, changes=changes)
    return row


@transaction.atomic
def remove_facility(*, facility: Facility, actor: User, at: datetime) -> None:
    _record(
        facility.company,
        "facility.remove",
        actor=actor,
        at=at,
        about=facility,
        changes={"name": {"old": facility.name, "new": None}},
    )
    facility.delete()


@transaction.atomic
def save_person(
    *, company: Company, actor: User, at: datetime, details: Mapping[str, Any], person: Person | None = None
) -> Person:
    """Add or change an officer, contact, owner or manager. Personal values are sealed under the person's own key.

    `details` may hold the names in PERSONAL; an empty one leaves what was given before.
    """
    row = person or Person(company=company)
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
    row.save()
    _record(company, "person.change" if person else "person.add", actor=actor, at=at, about=row, changes=changes)
    return row


@transaction.atomic
def remove_person(*, person: Person, actor: User, at: datetime) -> None:
    _record(person.company, "person.remove", actor=actor, at=at, about=person)
    person.delete()


@transaction.atomic
def reveal_person(*, person: Person, actor: User, reason: str, at: datetime) -> dict[str, str]:
    """Open a person's sealed values, leaving who looked and why. Raises Refused without a reason."""
    if len(reason.strip()) < 5:
        raise Refused(_("Say why you need to see these details. The person may ask who looked."), field="reason")
    values: dict[str, str] = json.loads(secrecy.unseal_for(person.wrapped_key, person.sealed)) if person.sealed else {}
    _record(person.company, "person.reveal", actor=actor, at=at, about=person, reason=reason.strip())
    return values


@transaction.atomic
def erase_person(*, person: Person, actor: User, reason: str, at: datetime) -> None:
    """Erase the person's key: sealed values, also those in old events, can't be read any more; the chain holds."""
    _record(person.company, "person.erase", actor=actor, at=at, about=person, reason=reason)
    person.wrapped_key, person.sealed, person.lookup, person.erased_at = "", "", "", at
    person.name, person.email, person.phone, person.title = _("Erased person"), "", "", ""
    person.save()


@transaction.atomic
def invite(*, company: Company, email: str, role: Role, actor: User, at: datetime) -> tuple[Invitation, str]:
    """Invite someone by e-mail into the company; returns the row and the token that only the mail carries."""
    if role not in COMPANY_ROLES:
        raise Refused(_("This role can't be given in a company."), field="role")
    token = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        company=company,
        email=email.strip().lower(),
        role=role,
        token_lookup=hashlib.sha256(token.encode()).hexdigest(),
        invited_by=actor,
        created_at=at,
        expires_at=at + INVITATION_LIFE,
    )
    _record(company, "invitation.send", actor=actor, at=at, about=row, changes=events.created(row, "role"))
    add_effect(
        "invitation.mail",
        f"invitation:{row.pk}",
        1,
        at=at,
        payload={"invitation": row.pk, "sealed": secrecy.seal(token)},
    )
    return row, token


@transaction.atomic
def accept_invitation(*, token: str, actor: User, at: datetime) -> Membership:
    """Join the company. Raises Refused when the invitation is unknown, used, revoked, expired or someone else's."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        found = queries.invitation_by_token(token)
        if found is None:
            raise Refused(_("We don't know this invitation. Ask the person who invited you to send a new one."))
        row = Invitation.objects.select_for_update().get(pk=found.pk)
        if row.email != actor.email.lower():
            raise Refused(
                _(
                    "This invitation was sent to another e-mail address. Sign in with that address, or ask for a new invitation to yours."
                ),
                code="foreign",
            )
        if row.accepted_at:
            raise Refused(
                _("This invitation has been used. If it was not by you, tell the company's officer."), code="used"
            )
        if not row.is_open(at):
            raise Refused(
                _("This invitation has ended. Ask the person who invited you to send a new one."), code="expired"
            )
        if queries.role_in(actor, row.company_id):
            raise Refused(_("You already belong to this company."), code="member")
        row.accepted_at = at
        row.save(update_fields=["accepted_at"])
        membership = Membership.objects.create(company_id=row.company_id, user=actor, role=row.role, started_at=at)
        _record_membership(membership, "membership.begin", actor=actor, at=at)
    tenancy.widen([row.company_id])
    return membership


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: User, at: datetime) -> None:
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.accepted_at:
        raise Refused(_("The invitation has been accepted already. End the membership instead."))
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    _record(row.company, "invitation.revoke", actor=actor, at=at, about=row)


@transaction.atomic
def change_role(*, membership: Membership, role: Role, actor: User, at: datetime) -> Membership:
    """Give a member another role. Raises Refused for the last officer."""
    row = _locked_member(membership)
    if row.role == Role.OFFICER and role != Role.OFFICER:
        _need_another_officer(row)
    _record_membership(row, "membership.change", actor=actor, at=at, changes=events.changed(row, role=role))
    row.save()
    return row


@transaction.atomic
def end_membership(*, membership: Membership, actor: User, at: datetime) -> Membership:
    """End a membership. The last officer can't leave without a successor: raises Refused."""
    row = _locked_member(membership)
    if row.role == Role.OFFICER:
        _need_another_officer(row)
    _record_membership(row, "membership.end", actor=actor, at=at, changes=events.changed(row, ended_at=at))
    row.save()
    return row


def _locked_member(membership: Membership) -> Membership:
    # All officers of the company are locked, so that two of them can't leave at the same moment.
    rows = list(
        Membership.objects.select_for_update().filter(company_id=membership.company_id, ended_at=None).order_by("pk")
    )
    row = next((row for row in rows if row.pk == membership.pk), None)
    if row is None:
        raise Refused(_("This membership has ended already."))
    return row


def _need_another_officer(row: Membership) -> None:
    others = Membership.objects.filter(company_id=row.company_id, role=Role.OFFICER, ended_at=None).exclude(pk=row.pk)
    if not others.exists():
        raise Refused(
            _("A company needs an officer. Name another officer first, then this one can leave."), code="last_officer"
        )


@transaction.atomic
def grant_consent(*, account: Account, partner: PartnerClient, actor: User, at: datetime) -> Consent:
    """Let a partner's system see the account's standing, at once and until revoked."""
    consent, fresh = Consent.objects.get_or_create(
        account=account,
        partner=partner,
        revoked_at=None,
        defaults={"company_id": account.company_id, "granted_by": actor, "granted_at": at},
    )
    if fresh:
        _record_account(
            account,
            "consent.grant",
            actor=actor,
            at=at,
            about=consent,
            changes={"partner": {"old": None, "new": partner.organisation}},
        )
        add_effect(CONSENT_CHANGED, f"consent:{consent.pk}", "granted", at=at, payload={"account": account.pk})
    return consent


@transaction.atomic
def revoke_consent(*, consent: Consent, actor: User, at: datetime) -> None:
    """Take the partner's sight away at once."""
    row = Consent.objects.select_for_update().select_related("account", "partner").get(pk=consent.pk)
    if row.revoked_at:
        return
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    _record_account(
        row.account,
        "consent.revoke",
        actor=actor,
        at=at,
        about=row,
        changes={"partner": {"old": row.partner.organisation, "new": None}},
    )
    add_effect(CONSENT_CHANGED, f"consent:{row.pk}", "revoked", at=at, payload={"account": row.account_id})


def _record(company: Company, operation: str, *, actor: User, at: datetime, **more: Any) -> None:
    behalf = None if actor.is_staff else company.pk
    events.record(
        company_subject(company), operation, actor=actor, at=at, company_id=company.pk, on_behalf_of=behalf, **more
    )


def _record_account(account: Account, operation: str, *, actor: User, at: datetime, **more: Any) -> None:
    behalf = None if actor.is_staff else account.company_id
    events.record(
        events.account_subject(account.number),
        operation,
        actor=actor,
        at=at,
        company_id=account.company_id,
        on_behalf_of=behalf,
        **more,
    )


def _record_membership(
    row: Membership, operation: str, *, actor: User, at: datetime, changes: events.Changes | None = None
) -> None:
    _record(
        row.company, operation, actor=actor, at=at, about=row, changes=changes or events.created(row, "user_id", "role")
    )


def invitation_mail(invitation: Invitation, token: str) -> tuple[str, str, str]:
    """Subject, body and link of an invitation."""
    subject = _("Join %(company)s in the Trusted Trader Portal") % {"company": invitation.company}
    body = _(
        "%(who)s invites you to work for %(company)s in the Trusted Trader Portal.\n\n"
        "Open the link within 14 days, with this e-mail address. If you don't know the sender, ignore this message."
    ) % {"who": invitation.invited_by, "company": invitation.company}
    return subject, body, reverse("invitation", args=[token])
