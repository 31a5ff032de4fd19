"""Forms of the rule book: an edition's name, a row by its table's columns, and from when an edition is in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainErrors
from fastlane.lanes.forms.moments import MomentField
from fastlane.rulebook import words
from fastlane.rules import ReferenceRefused
from fastlane.rules.reference.tables import TABLES
from fastlane.rules.rule import TAGS

DAYS = frozenset({"from", "to"})


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("It stays on record.")
    )


class DraftForm(PlainErrors, forms.Form):
    name = forms.CharField(label=_("Name of the edition"), max_length=40)
    note = forms.CharField(
        label=_("What it is for"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RowForm(forms.Form):
    """One row of a table. `before` is the row as the page showed it, so that a page that is old is known."""

    before = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, table: str, row: Mapping[str, str] | None) -> None:
        super().__init__(data, initial={"before": json.dumps(row, sort_keys=True) if row else ""})
        self.columns = [column.name for column in TABLES[table].columns]
        for name in self.columns:
            value = (row or {}).get(name, "")
            self.fields[f"c_{name}"] = _column(name, value)

    def row(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"c_{name}"].strip() for name in self.columns}

    def tell(self, refused: ReferenceRefused, table: str, number: int) -> None:
        """Show what is wrong: at the column where it is this row, else with table and row."""
        for problem in refused.problems[:20]:
            here = problem.table == table and problem.row == number and f"c_{problem.column}" in self.fields
            place = "" if here else f"{words.cell(problem.table, str(problem.row), problem.column)}: "
            self.add_error(f"c_{problem.column}" if here else None, f"{place}{_(problem.detail)}")


def _column(name: str, value: str) -> forms.Field:
    label = words.column(name)
    if name == "tag":
        choices = [(tag, f"{tag}: {_(words)}") for tag, words in TAGS.items()]
        return forms.CharField(label=label, initial=value, required=False, widget=forms.Select(choices=choices))
    hint = _("Year-month-day; the row holds up to, but not on, “to”. Empty: until further notice.")
    field = forms.CharField(label=label, initial=value, required=False, max_length=300)
    if name in DAYS:
        field.help_text = hint if name == "to" else _("Year-month-day; the first day counts.")
    return field


class ProposeForm(PlainErrors, forms.Form):
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="propose_%s", **kwargs)
        self.fields["starts_at"] = MomentField(
            label=_("In force from"), zone="America/New_York", help_text=_("A moment that is not over.")
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "starts_at" not in self.errors and cleaned.get("starts_at") is None:
            self.add_error("starts_at", _("Say from when: date, time and zone."))
        return cleaned


class RollBackForm(PlainErrors, forms.Form):
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="back_%s", **kwargs)
