"""The forms of a request: what form 3171 asks, the port list, a change of the call, arrival events, and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainErrors
from fastlane.lanes.filing import VOYAGE, Filing
from fastlane.lanes.forms.facts import FactsForm, Options, Section
from fastlane.lanes.forms.moments import MomentField
from fastlane.lanes.models import ArrivalEvent
from fastlane.lanes.row_text import RowsRefused, decoded, read_rows
from fastlane.lanes.zones import zone_of
from fastlane.rules.aqua_facts import MOST_CALLS, PortCall
from fastlane.rules.kinds import Wrong

SHIPS = [
    ("container", _("Container ship")), ("general_cargo", _("General cargo ship")), ("bulk_carrier", _("Bulk carrier")),
    ("ro_ro", _("Roll-on roll-off ship")), ("tanker", _("Tanker")), ("passenger", _("Passenger ship")),
    ("other", _("Other")),
]  # fmt: skip
CARGOES = [
    ("container", _("Containers")), ("break_bulk", _("Break bulk")), ("dry_bulk", _("Dry bulk")),
    ("liquid_bulk", _("Liquid bulk")), ("ro_ro", _("Vehicles")), ("other", _("Other")),
]  # fmt: skip
MANIFESTS = [("ams", _("AMS (electronic)")), ("paperless", _("Paperless")), ("paper", _("On paper"))]

OPTIONS = {
    "leave_out": frozenset({"port_calls"}),
    "ticks": frozenset({*(f"operations.box_{n}" for n in range(1, 6)), "bond.overtime"}),
    "choices": {"ship.type": SHIPS, "cargo_type": CARGOES, "carriers.manifest": MANIFESTS},
    "suggest": {
        "port": "ports", "terminal": "terminals", "ship.flag": "countries", "ship.operator_nationality": "countries",
        "arriving_from.country": "countries", "itinerary.country": "countries",
    },
    "rows": frozenset({"itinerary", "carriers"}),
}  # fmt: skip

# The order of the page: the boxes of form 3171, then what is declared with them.
PARTS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("call", _("The ship and its call"), ("ship.", "voyage", "port", "terminal", "eta", "arriving_from.")),
    ("agent", _("The vessel agent"), ("agent.",)),
    ("operations", _("Operations applied for"), ("operations.", "notice_of_arrival_ref")),
    ("itinerary", _("Itinerary of the voyage"), ()),
    ("cargo", _("Cargo on board"), ("cargo_type", "containers_delivered_direct", "fumigation_on_arrival")),
    ("carriers", _("Carriers and slot charterers on board"), ()),
    ("people", _("Crew and passengers"), ("crew_undertaking", "stowaways", "passengers")),
    ("papers", _("Earlier entry and certificates"), ("formal_entry_done", "fsmc_certificate")),
    ("bond", _("Overtime and bond"), ("bond.",)),
)


class FilingForm(FactsForm):
    """All fields of a filing but the port list, which has its own page."""

    def __init__(self, data: Any = None, *, document: Mapping[str, Any], more: str = "") -> None:
        options = Options(**OPTIONS, zone=zone_of(str(document.get("port", ""))) if document.get("port") else "")
        super().__init__(Filing, data, document=document, options=options, more=more)
        self.fields["arriving_from.port"].label = _("Arriving from: port")
        self.fields["arriving_from.country"].label = _("Arriving from: country")
        self.fields["eta"].help_text = _("Box 7 of form 3171. Give the port's local time or UTC, and say which.")
        for name in ("ship.type", "cargo_type"):  # the list itself says what there is
            self.fields[name].help_text = ""
        self.fields["port"].help_text = _("Box 2 of form 3171: four digits, such as 2704 for Los Angeles.")
        self.fields["terminal"].help_text = _("Box 8 of form 3171: the terminal's code, such as W185.")

    def parts(self) -> list[tuple[str, Section, list[Any]]]:
        """Every part with its code, its fields, and its rows where it is a list."""
        found = []
        for code, title, starts in PARTS:
            names = [n for n in self.fields if any(n == s or (s.endswith(".") and n.startswith(s)) for s in starts)]
            rows = self.rows_of(code) if code in self.lists else []
            found.append((code, Section(title, [self[name] for name in names]), rows))
        return found


class PortListForm(PlainErrors, forms.Form):
    """The port calls of 24 months, as a file or as pasted rows."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        help_text=_("Columns: country, region, date, locode. The heading may be left out."),
    )
    pasted = forms.CharField(
        label=_("Or paste the rows"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("A line each, such as: SG,,2026-08-02,SGSIN. Cells may be split by comma, semicolon or tab."),
    )

    faults: tuple[Any, ...] = ()
    total = 0
    calls: list[dict[str, Any]]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        upload, pasted = cleaned.get("file"), cleaned.get("pasted", "")
        if upload and pasted.strip():
            self.add_error("pasted", _("Give a file or rows, not both. Empty one of them."))
        elif not upload and not pasted.strip():
            if not self.errors:
                self.add_error("file", _("Choose a file, or paste rows."))
        else:
            self._read("file" if upload else "pasted", upload, pasted)
        return cleaned

    def _read(self, name: str, upload: Any, pasted: str) -> None:
        try:
            text = decoded(upload.read()) if upload else pasted
            self.calls = read_rows(PortCall, text, MOST_CALLS)
        except RowsRefused as refused:
            self.faults, self.total = refused.faults, refused.rows
            self.add_error(name, _("Nothing was kept. Mend the rows that are listed, then send all of them again."))


class AmendForm(PlainErrors, forms.Form):
    """A change of arrival, terminal or voyage."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    voyage = forms.CharField(label=_("Voyage"), max_length=20)
    terminal = forms.CharField(
        label=_("Terminal"), max_length=10, widget=forms.TextInput(attrs={"list": "terminals", "autocomplete": "off"})
    )

    def __init__(self, *args: Any, port: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["eta"] = MomentField(
            zone=zone_of(port),
            label=_("Estimated arrival"),
            help_text=_("Give the port's local time or UTC, and say which."),
            error_messages={"required": _("Enter: Estimated arrival.")},
        )

    def clean_terminal(self) -> str:
        return str(self.cleaned_data["terminal"]).strip().upper()

    def clean_voyage(self) -> str:
        try:
            return str(VOYAGE.read(self.cleaned_data["voyage"].strip()))
        except Wrong as wrong:
            raise forms.ValidationError(wrong.detail) from wrong

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "eta" not in self.errors and cleaned.get("eta") is None:
            self.add_error("eta", _("Enter: Estimated arrival."))
        return cleaned

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("eta", "terminal", "voyage")}


class ArrivalForm(PlainErrors, forms.Form):
    """What happened on arrival."""

    kind = forms.ChoiceField(label=_("What happened"), choices=ArrivalEvent.Kind.choices, widget=forms.RadioSelect)
    remark = forms.CharField(label=_("Remark"), max_length=300, required=False)

    def __init__(self, *args: Any, port: str, told: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [pair for pair in ArrivalEvent.Kind.choices if pair[0] not in told]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["happened_at"] = MomentField(
            zone=zone_of(port), label=_("When"), help_text=_("Give the port's local time or UTC, and say which.")
        )
        self.order_fields(["kind", "happened_at", "remark"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "happened_at" not in self.errors and cleaned.get("happened_at") is None:
            self.add_error("happened_at", _("Say when it happened: date, time and zone."))
        return cleaned


class WithdrawForm(PlainErrors, forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("It stays on record with the request.")
    )
