"""Mail invitations: to an address that may belong to nobody here yet, so there is no inbox to put a notice in."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage

from accounts import effects, operations, secrecy
from accounts.effects.models import Effect
from accounts.models import Invitation


@effects.handler("invitation.mail")
def mail(effect: Effect) -> str:
    invitation = Invitation.objects.select_related("company", "invited_by").get(pk=effect.payload["invitation"])
    subject, body, link = operations.invitation_mail(invitation, secrecy.unseal(effect.payload["sealed"]))
    message_id = f"<invitation-{invitation.pk}@portal>"
    EmailMessage(
        subject=subject,
        body=f"{body}\n\n{settings.PUBLIC_URL}{link}",
        to=[invitation.email],
        headers={"Message-ID": message_id},
    ).send()
    return message_id
