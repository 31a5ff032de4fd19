"""The columns of a file of parcels, in words, and a file to begin with."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fastlane.rules import LANES, paths
from fastlane.rules.facts import Fact
from fastlane.rules.kinds import MOST

LOW_VALUE = LANES["low_value"]
PARCEL, PARCEL_EXAMPLE = "parcel", "PK-000017"
OTHER = {  # a second example: Section 321, whose filing facts stay empty
    "arrival_date": "2025-08-21", "entry_type": "section_321", "fair_retail_value_usd": "23", "day_total_usd": "23",
    "split_order": "false", "goods": "general", "consolidated_total_usd": "0",
    "antidumping_or_countervailing": "false", "duty_tax_or_fee_due": "false", "exception": "none",
}  # fmt: skip
OWN = gettext_noop("your own name of the parcel; it comes back with the answer")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the heading, what it means, how it is written, and an example."""

    name: str
    title: str
    form: str
    example: str


def columns() -> Iterator[Column]:
    """The sender's own column, then the lane's facts in their order."""
    yield Column(PARCEL, capfirst(_(OWN)), _("Up to 60 letters, digits and . _ / # - signs"), PARCEL_EXAMPLE)
    example = LOW_VALUE.example()
    for name, fact in paths(LOW_VALUE.facts).items():
        title = capfirst(_(fact.title))
        if fact.description:
            title = f"{title} ({_(fact.description)})"
        yield Column(name, title, _form(fact), cell(example[name]))


def _form(fact: Fact) -> str:
    assert fact.kind is not None  # noqa: S101 - the lane's facts are flat
    schema = fact.kind.schema
    if schema["type"] == "boolean":
        return "true, false"
    if schema["type"] == "number":
        return _("Dollars, 0 to %(most)s, with a point") % {"most": f"{MOST:,}"}
    if schema.get("format") == "date":
        return _("Date, year-month-day")
    choices = schema.get("enum")
    return ", ".join(choices) if isinstance(choices, list) else _("Up to 10 digits, without points")


def cell(value: object) -> str:
    """A fact as a cell of a CSV file."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def template() -> str:
    """A CSV file with the heading and two made-up parcels."""
    out = StringIO()
    lines = csv.writer(out)
    lines.writerow([PARCEL, *paths(LOW_VALUE.facts)])
    example = LOW_VALUE.example()
    lines.writerow([PARCEL_EXAMPLE, *(cell(example[name]) for name in paths(LOW_VALUE.facts))])
    lines.writerow(["PK-000018", *(OTHER.get(name, "") for name in paths(LOW_VALUE.facts))])
    return out.getvalue()
