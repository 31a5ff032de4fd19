"""The form that adds a passkey: one that signs in by itself, unless the person says that the key cannot."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):
    # Not ticked, a device may keep nothing by which the sign-in page finds the passkey without an e-mail address.
    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone"),
        required=False,
        initial=True,
        help_text=_("It asks for your finger, face or PIN. Untick this for a key that only follows your password."),
    )
