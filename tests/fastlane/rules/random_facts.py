"""Random facts that press on the edges: for replay and for the bulk forms."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastlane.rules import LANES
from fastlane.rules.moth_areas import AREAS

# Days on which the law of low-value goods or the identifier test changes.
LAW_DAYS = (
    "2016-03-10", "2018-06-12", "2019-09-28", "2022-12-19", "2024-01-01", "2024-02-15", "2024-03-01", "2025-08-29",
    "2026-02-20", "2026-06-24", "2027-02-24", "2027-07-01",
)  # fmt: skip


def day_near(chance: random.Random) -> date:
    """A day at or next to a change of the law, or any day around."""
    if chance.random() < 0.6:
        return date.fromisoformat(chance.choice(LAW_DAYS)) + timedelta(days=chance.randint(-1, 1))
    return date(2015, 1, 1) + timedelta(days=chance.randrange(4_800))


def parcel(chance: random.Random) -> dict[str, Any]:
    """A parcel of low value; some facts are missing."""
    arrival = day_near(chance)
    value = chance.choice([0, 5, 5.01, 800, 800.0, 800.01, round(chance.uniform(0, 1000), 2)])
    facts = {
        "arrival_date": arrival.isoformat(),
        "entry_type": chance.choice(["section_321", "type_86"]),
        "fair_retail_value_usd": value,
        "day_total_usd": chance.choice([value, 800, 800.01]),
        "split_order": chance.random() < 0.1,
        "goods": chance.choice(["general"] * 6 + ["alcohol", "cigars", "cigarettes", "quota", "alcohol_perfume"]),
        "consolidated_total_usd": chance.choice([0, 0, 0, 800, 800.01]),
        "antidumping_or_countervailing": chance.random() < 0.1,
        "duty_tax_or_fee_due": chance.random() < 0.1,
        "exception": chance.choice(["none"] * 3 + ["donation", "information_material", "personal_baggage"]),
        "filed_on": (arrival + timedelta(days=chance.choice([-1, 0, 0, 1, 15, 16]))).isoformat(),
        "filer": chance.choice(["owner", "purchaser", "broker", "broker", "consignee", "other"]),
        "power_of_attorney": chance.random() < 0.7,
        "hts_code": chance.choice(["6109100012"] * 4 + ["610910001", "6"]),
    }
    return without_some(chance, facts)


def without_some(chance: random.Random, facts: dict[str, Any]) -> dict[str, Any]:
    if chance.random() < 0.4:
        for name in chance.sample(sorted(facts), min(chance.choice([1, 1, 2, 6]), len(facts))):
            facts.pop(name)
    return facts


def _port_call(chance: random.Random) -> dict[str, str]:
    day = (date(2025, 1, 1) + timedelta(days=chance.randrange(700))).isoformat()
    if chance.random() < 0.3:
        area = chance.choice(list(AREAS.values()))
        return {"country": area.country, "region": area.code, "date": day}
    return {"country": chance.choice(["SG", "KR", "JP", "CN", "NL"]), "region": "", "date": day}


def aqua(chance: random.Random) -> dict[str, Any]:
    """A port call; a few facts are changed or missing."""
    document: Any = LANES["aqua"].example()
    eta = datetime(2026, 12, 14, 9, 30, tzinfo=UTC)
    document["port_calls_24m"]["calls"] = [_port_call(chance) for _ in range(chance.randrange(1, 12))]
    changes: list[Callable[[], object]] = [
        lambda: document.update(submitted_at=(eta - timedelta(hours=24, seconds=chance.randint(-1, 1))).isoformat()),
        lambda: document["port_calls_24m"].update(
            received_at=(eta - timedelta(hours=96, seconds=chance.randint(-1, 1))).isoformat()
        ),
        lambda: document.update(port_code=chance.choice(["2704", "1003", "9999"])),
        lambda: document["carrier"].update(ctpat_status=chance.choice(["certified", "validated"])),
        lambda: document["terminal"].update(approved=chance.random() < 0.5),
        lambda: document.update(fsmc_certificate=True),
        lambda: document.update(stowaways=chance.randint(0, 1), passengers=chance.randint(0, 2)),
        lambda: document["wpm"].update(carrier_violations_12m=chance.randint(0, 5)),
        lambda: document["targeting"].update(holds=chance.randint(0, 1)),
        lambda: document.pop(chance.choice(sorted(document)), None),
        lambda: document["last_us_port"].update(formal_entry_done=chance.random() < 0.5),
    ]
    for change in chance.sample(changes[:-2], chance.randint(0, 4)) + chance.sample(changes[-2:], chance.randint(0, 1)):
        change()
    return document


def other(chance: random.Random, lane: str) -> dict[str, Any]:
    """Another lane's example on any day, without some of its facts."""
    document = LANES[lane].example()
    day = day_near(chance).isoformat()
    dated_by = LANES[lane].dated_by
    document[dated_by] = day if len(str(document[dated_by])) == 10 else f"{day}T12:00:00Z"
    return without_some(chance, document)


def any_lane(chance: random.Random) -> tuple[str, dict[str, Any]]:
    """A lane and facts for it."""
    lane = chance.choice([*LANES, "aqua", "aqua", "low_value"])
    made = {"aqua": aqua, "low_value": parcel}.get(lane)
    return lane, made(chance) if made else other(chance, lane)
