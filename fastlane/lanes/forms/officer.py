"""The port officers' forms: a fact of the agency, and the reason of a step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainErrors
from fastlane.lanes.agency import MOST_SOURCE, Observation
from fastlane.lanes.forms.moments import MomentField
from fastlane.lanes.queries import AGENCY_PATHS, AQUA, NOTICE
from fastlane.lanes.zones import zone_of
from fastlane.rules import paths

MISUSES = [
    ("crew_ashore_early", _("Crew went ashore early")),
    ("diversion", _("The ship was diverted")),
    ("false_data", _("False data were given")),
]


def _facts() -> list[tuple[str, str]]:
    known = paths(AQUA.facts)
    titles = {NOTICE: _now("Notice of Arrival received")}
    for path in AGENCY_PATHS:
        fact = known[path]
        titles[path] = capfirst(_now(fact.title)) + (f": {_now(fact.description)}" if fact.description else "")
    return sorted(titles.items(), key=lambda pair: pair[1])


class FactForm(PlainErrors, forms.Form):
    """What an officer knows of a port call."""

    path = forms.ChoiceField(label=_("Fact"))
    value = forms.CharField(
        label=_("Value"), max_length=20, help_text=_("A whole number, or yes or no, as the fact asks.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=MOST_SOURCE, help_text=_("The system or office that says so, such as a desk.")
    )

    def __init__(self, *args: Any, port: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="fact_%s", **kwargs)
        self.fields["path"].choices = [("", _("Choose")), *_facts()]  # type: ignore[attr-defined]
        self.fields["observed_at"] = MomentField(zone=zone_of(port), label=_("Observed"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "observed_at" not in self.errors and cleaned.get("observed_at") is None:
            self.add_error("observed_at", _("Say when it was observed: date, time and zone."))
        return cleaned

    def observation(self) -> Observation:
        data = self.cleaned_data
        return Observation(data["path"], _value(data["value"]), data["source"], data["observed_at"])


def _value(text: str) -> Any:
    """yes, no or a whole number; anything else goes on as text, and the fact's reader says what is wrong."""
    word = text.strip().lower()
    known = {"yes": True, "true": True, "no": False, "false": False, _now("yes"): True, _now("no"): False}
    if word in known:
        return known[word]
    return int(word) if word.isascii() and word.isdecimal() else text


class ReasonForm(PlainErrors, forms.Form):
    """The reason of a step; it stays on record."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{step}_%s", **kwargs)
        if step == "refuse":
            self.fields["reason"].help_text = _("The company reads it.")
        if step == "revoke":
            self.fields["misuse"] = forms.ChoiceField(
                label=_("What was misused"), choices=[("", _("Choose")), *MISUSES]
            )
            self.order_fields(["misuse", "reason"])
