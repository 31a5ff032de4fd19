"""allauth's hooks: where people go after sign-in, what its mails look like, who may have which factor."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import Factor
from accounts.sessions import end_sessions

AGAIN_WORDS = {
    "mfa_reauthenticate": _("Use a code of your authenticator app, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use your passkey"),
}
WRONG_CODE = _("This code doesn't fit. Enter the newest one; each code works once.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("E-mail address and password don't fit together. Check both, then try again."),
        "incorrect_password": _("This isn't your password. Check it, then try again."),
        "incorrect_code": WRONG_CODE,
        "too_many_login_attempts": _("Too many wrong tries from here. Wait five minutes, or use a passkey."),
        "rate_limited": _("Too many tries from here. Wait a minute, then go on."),
    }

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sign-in mails go out at once, as the person waits for the code; they are not notices of the programme."""
        super().send_mail(template_prefix, email, context | {"support_email": settings.SUPPORT_EMAIL})

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """The policy table says where a fresh factor is needed; to set up the first one, none can be asked."""
        return bool(context.request.asking.factor == Factor.STRONG)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Only a second factor shows again that it is you: never the password alone."""
        return [
            method | {"description": AGAIN_WORDS.get(method["id"], method["description"])}
            for method in super().get_reauthentication_methods(user)
            if method["id"] != "reauthenticate"
        ]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count per account and address, so that a stranger's guesses can't shut the owner out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def format_email_subject(self, subject: str) -> str:
        return subject


class MfaAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("This is your last second factor. Set up another one, then take this away."),
        "incorrect_code": WRONG_CODE,
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor can't be removed: nobody works here with one factor."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": "Trusted Trader Portal"}


class MachineAdapter(DefaultOIDCAdapter):
    def get_issuer(self) -> str:
        return str(settings.PUBLIC_URL)


@receiver(authenticator_added)
def remember_enrolment(request: HttpRequest, user: User, authenticator: Authenticator, **more: Any) -> None:
    """Who sets up a second factor has just proved it, so this session goes on without a second sign-in.

    Every other session of the user ends: one that was begun with the password alone could else add a factor too.
    """
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type)
        end_sessions(user.pk, but=request.session.session_key or "")
