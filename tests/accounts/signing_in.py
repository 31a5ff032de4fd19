"""Sign people in as they do it: with a password and a one-time code, on the real pages."""

from __future__ import annotations

import time

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client

from accounts.models import User

PASSWORD = "correct horse battery"  # as in tests.builders
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def verified(user: User) -> User:
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    return user


def with_app(user: User) -> User:
    """Give the user an authenticator app that holds SECRET."""
    if not Authenticator.objects.filter(user=user, type="totp").exists():
        TOTP.activate(verified(user), SECRET)
    return user


def code(*, secret: str = SECRET, steps: int = 0) -> str:
    """The one-time code of now, or of so many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_password(client: Client, user: User, password: str = PASSWORD) -> HttpResponseBase:
    return client.post("/sign-in/login/", {"login": user.email, "password": password})


def signed_in(user: User) -> Client:
    """A client whose user has given password and code just now."""
    with_app(user)
    client = Client()
    give_password(client, user)
    client.post("/sign-in/factors/authenticate/", {"code": code()})
    assert settings.SESSION_COOKIE_NAME in client.cookies
    return client
