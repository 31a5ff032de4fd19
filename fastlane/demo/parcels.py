"""A file of low-value parcels of the demonstration's importer, made up row by row and decided like any other."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from io import StringIO

from django.core.files.base import ContentFile

from fastlane.parcels import operations
from fastlane.parcels.columns import PARCEL, cell
from fastlane.parcels.models import ParcelFile
from fastlane.rules import LANES, paths
from trusted_trader.demo.founding import Days, Founded, as_portal

SENDER = "brightharbor"
NAME, ROWS = "parcels-of-two-summers.csv", 2_400
LOW_VALUE = LANES["low_value"]


def bring(made: Founded, days: Days) -> None:
    """Upload the file, unless the account has one; the worker's steps are due then."""
    with as_portal():
        if not ParcelFile.objects.filter(account=made.account).exists():
            content = ContentFile(text().encode())
            operations.upload(account=made.account, name=NAME, file=content, actor=made.officer, at=days.now)


def text() -> str:
    """The rows as CSV, always the same; some have mistakes that people make."""
    chance = random.Random(NAME)  # noqa: S311 - made-up parcels, no secret
    out = StringIO()
    lines = csv.writer(out)
    names = list(paths(LOW_VALUE.facts))
    lines.writerow([PARCEL, *names])
    for number in range(ROWS):
        row = _parcel(chance)
        if number % 300 == 140:
            row["fair_retail_value_usd"] = "$" + row["fair_retail_value_usd"]
        elif number % 300 == 230:
            row["arrival_date"] = row["arrival_date"].replace("-", "/")
        lines.writerow([f"BH-{number + 1:05d}", *(row[name] for name in names)])
    return out.getvalue()


def _parcel(chance: random.Random) -> dict[str, str]:
    row = {name: cell(value) for name, value in LOW_VALUE.example().items()}
    arrival = date(2025, 6, 1) + timedelta(days=chance.choice((chance.randrange(89), chance.randrange(450))))
    value = round(chance.lognormvariate(4.2, 0.9), 2)
    row |= {
        "arrival_date": arrival.isoformat(),
        "filed_on": (arrival - timedelta(days=chance.choice((1, 1, 0, 2, -1)))).isoformat(),
        "fair_retail_value_usd": f"{value:.2f}",
        "day_total_usd": f"{value * chance.choice((1, 1, 1, 1.5, 3)):.2f}",
        "goods": chance.choice(("general",) * 30 + ("alcohol_perfume", "cigars")),
    }
    for name, odds in (("split_order", 0.02), ("duty_tax_or_fee_due", 0.03), ("antidumping_or_countervailing", 0.02)):
        row[name] = cell(chance.random() < odds)
    if chance.random() < 0.03:
        row[chance.choice(("hts_code", "day_total_usd", "goods"))] = ""
    return row
