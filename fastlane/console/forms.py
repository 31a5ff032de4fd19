"""Forms of the console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainErrors
from fastlane.publishing import sandbox
from fastlane.publishing.models import SandboxMember
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks.addresses import LONGEST_URL


class WebhookForm(PlainErrors, forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_URL,
        help_text=_("Where we send messages. It begins with https:// and is reachable from the internet."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(label=_("Description (optional)"), max_length=200, required=False)
    types = forms.MultipleChoiceField(
        label=_("Kinds of message"),
        required=False,
        help_text=_("Choose none to get all of them."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(name, f"{what} ({name})") for name, what in webhooks.KINDS.items() if name != webhooks.TEST]
        self.fields["types"].choices = kinds  # type: ignore[attr-defined]


class StewardForm(PlainErrors, forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("Of somebody who has an account here and works for the partner.")
    )


class MadeUpForm(PlainErrors, forms.Form):
    """The standing of a made-up member."""

    level = forms.ChoiceField(label=_("Level"), choices=[(word, word) for word in sandbox.LEVELS])
    tier = forms.TypedChoiceField(
        label=_("Tier"),
        choices=[("", "–"), (1, "1"), (2, "2"), (3, "3")],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Of importers and exporters alone."),
    )
    status = forms.ChoiceField(label=_("Status"), choices=[(word, word) for word in sandbox.STATUSES])

    def __init__(self, *args: Any, member: SandboxMember, **kwargs: Any) -> None:
        initial = {"level": member.level, "tier": member.tier or "", "status": member.status}
        super().__init__(*args, initial=initial, auto_id=f"member_{member.pk}_%s", **kwargs)
        if member.entity_type not in sandbox.TIERED:
            del self.fields["tier"]
