"""A moment as people enter it: date, time and zone; the zone is always said, never guessed."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fastlane.lanes.zones import ZONES, NoSuchTime, moment_of


class MomentWidget(forms.MultiWidget):
    """Three inputs, each with its own name for screen readers. `zone` is how a kept moment is shown first."""

    def __init__(self, *, zone: str = "", attrs: Any = None) -> None:
        self.zone = zone
        choices = [("", _("Choose the time zone")), *((code, _now(title)) for code, title in ZONES.items())]
        super().__init__(
            [
                forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "aria-label": _("Date"), "class": "part"}),
                forms.TimeInput(format="%H:%M", attrs={"type": "time", "aria-label": _("Time"), "class": "part"}),
                forms.Select(choices=choices, attrs={"aria-label": _("Time zone")}),
            ],
            attrs,
        )

    def decompress(self, value: Any) -> list[Any]:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and value else value
        if not isinstance(moment, datetime):
            return [None, None, self.zone]
        zone = self.zone or "UTC"
        wall = moment.astimezone(ZoneInfo(zone))
        return [wall.date(), wall.time(), zone]


class MomentField(forms.MultiValueField):
    """Gives an aware datetime in UTC, or None when date and time are empty."""

    widget = MomentWidget

    def __init__(self, *, zone: str = "", **kwargs: Any) -> None:
        fields = (
            forms.DateField(error_messages={"invalid": _("Give the date as year-month-day, such as 2026-12-14.")}),
            forms.TimeField(error_messages={"invalid": _("Give the time as hours and minutes, such as 14:30.")}),
            forms.ChoiceField(choices=[("", ""), *ZONES.items()]),
        )
        super().__init__(fields, widget=MomentWidget(zone=zone), require_all_fields=False, **kwargs)
        for field in fields:
            field.required = False

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(initial or data)

    def compress(self, data_list: Any) -> datetime | None:
        day, clock, zone = (*(data_list or ()), None, None, None)[:3]
        if not day and not clock:
            return None
        if not isinstance(day, date) or not isinstance(clock, time):
            raise ValidationError(_("Give both the date and the time."))
        if not zone:
            raise ValidationError(_("Choose the time zone. It is not guessed."))
        try:
            return moment_of(day, clock, zone)
        except NoSuchTime:
            raise ValidationError(
                _("Clocks there are set forward or back at this time. Give it in UTC instead.")
            ) from None
