"""Who belongs to a company: invitations, roles, leaving."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import events, queries, secrecy, tenancy
from accounts.effects import add as add_effect
from accounts.models import (
    Company,
    Invitation,
    Membership,
    User,
)
from accounts.operations.records import record, record_membership
from accounts.refusals import Refused
from accounts.roles import COMPANY_ROLES, Role

INVITATION_LIFE = timedelta(days=14)
LONGEST_DELEGATION = timedelta(days=731)
LAPSE = "membership.lapse"


@transaction.atomic
def invite(
    *, company: Company, email: str, role: Role, actor: User, at: datetime, until: datetime | None = None
) -> tuple[Invitation, str]:
    """Invite someone by e-mail into the company; returns the row and the token that only the mail carries.

    A vessel agent acts for the company until a moment that has to be given. Raises Refused.
    """
    if role not in COMPANY_ROLES:
        raise Refused(_("This role can't be given in a company."), field="role")
    if role == Role.VESSEL_AGENT and (until is None or not at < until <= at + LONGEST_DELEGATION):
        raise Refused(_("Say until when the agent may act for you: at most two years ahead."), field="until")
    token = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        company=company,
        email=email.strip().lower(),
        role=role,
        token_lookup=hashlib.sha256(token.encode()).hexdigest(),
        invited_by=actor,
        created_at=at,
        expires_at=at + INVITATION_LIFE,
        until=until if role == Role.VESSEL_AGENT else None,
    )
    record(company, "invitation.send", actor=actor, at=at, about=row, changes=events.created(row, "role"))
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
        membership = Membership.objects.create(
            company_id=row.company_id, user=actor, role=row.role, started_at=at, until=row.until
        )
        if row.until:
            add_effect(
                LAPSE,
                f"membership:{membership.pk}",
                1,
                at=at,
                not_before=row.until,
                payload={"membership": membership.pk},
            )
        record_membership(membership, "membership.begin", actor=actor, at=at)
    tenancy.widen([row.company_id])
    return membership


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: User, at: datetime) -> None:
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.accepted_at:
        raise Refused(_("The invitation has been accepted already. End the membership instead."))
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    record(row.company, "invitation.revoke", actor=actor, at=at, about=row)


@transaction.atomic
def change_role(*, membership: Membership, role: Role, actor: User, at: datetime) -> Membership:
    """Give a member another role. Raises Refused for the last officer."""
    row = _locked_member(membership)
    if row.role == Role.OFFICER and role != Role.OFFICER:
        _need_another_officer(row)
    record_membership(row, "membership.change", actor=actor, at=at, changes=events.changed(row, role=role, until=None))
    row.save()
    return row


@transaction.atomic
def end_membership(*, membership: Membership, actor: User, at: datetime) -> Membership:
    """End a membership. The last officer can't leave without a successor: raises Refused."""
    row = _locked_member(membership)
    if row.role == Role.OFFICER:
        _need_another_officer(row)
    record_membership(row, "membership.end", actor=actor, at=at, changes=events.changed(row, ended_at=at))
    row.save()
    return row


@transaction.atomic
def lapse_delegation(*, membership_id: int, at: datetime) -> bool:
    """A timer's step: the time of a delegation is over. False when it has ended before."""
    row = Membership.objects.select_for_update().filter(pk=membership_id, ended_at=None, until__lte=at).first()
    if row is None:
        return False
    record_membership(row, "membership.lapse", actor=None, at=at, changes=events.changed(row, ended_at=at))
    row.save()
    return True


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


def invitation_mail(invitation: Invitation, token: str) -> tuple[str, str, str]:
    """Subject, body and link of an invitation."""
    subject = _("Join %(company)s in the Trusted Trader Portal") % {"company": invitation.company}
    body = _(
        "%(who)s invites you to work for %(company)s in the Trusted Trader Portal.\n\n"
        "Open the link within 14 days, with this e-mail address. If you don't know the sender, ignore this message."
    ) % {"who": invitation.invited_by, "company": invitation.company}
    return subject, body, reverse("invitation", args=[token])
