"""A terminal's port call without the lane, as it was measured."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainErrors
from fastlane.rulebook import queries as rulebook
from fastlane.rules.kinds import IMO, Wrong

UTC_HINT = _("In UTC.")


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class MeasuredCallForm(PlainErrors, forms.Form):
    terminal = forms.ChoiceField(label=_("Terminal"), help_text=_("Where the ship was worked."))
    imo = forms.CharField(label=_("IMO number"), max_length=12, help_text=_("7 digits, as on the ship's papers."))
    voyage = forms.CharField(label=_("Voyage"), max_length=20, help_text=_("The carrier's voyage number."))
    all_fast_at = forms.DateTimeField(label=_("All fast"), help_text=UTC_HINT, widget=_moment())
    first_container_at = forms.DateTimeField(label=_("First container"), help_text=UTC_HINT, widget=_moment())
    crew_cleared_at = forms.DateTimeField(
        label=_("Crew cleared"), required=False, help_text=_("In UTC, if it is known."), widget=_moment()
    )
    source = forms.CharField(label=_("Source"), max_length=100, help_text=_("The log or system that says so."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terminals = rulebook.in_force(timezone.now()).reference.terminals.values()
        choices = [(row.code, f"{row.code} {row.name} ({row.port})") for row in terminals]
        self.fields["terminal"].choices = choices  # type: ignore[attr-defined]

    def clean_imo(self) -> str:
        try:
            return str(IMO.read(self.cleaned_data["imo"].strip()))
        except Wrong as wrong:
            raise forms.ValidationError(_now(wrong.detail)) from wrong
