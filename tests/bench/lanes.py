"""The lanes: a decision through the API, bulk files on one core, and the replay of a year's decisions."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
from django.test import Client
from django.utils import timezone

from accounts import operations as who
from accounts.models import PartnerClient
from tests import builders
from tests.bench.programme import p95, timed
from tests.bench.rows import Line, row
from tests.bench.world import FOLDER, ROOT, World
from tests.fastlane.lanes import harbor
from tests.fastlane.rules import random_facts

ON_ONE_CORE = ["taskset", "-c", "0"]


@row("lane")
def lane(bench: World) -> Iterator[Line]:
    """Facts in, signed decision out, stored with its event: a request filed by a partner's system."""
    with builders.system():
        quay = harbor.build()
        partner = PartnerClient.objects.get(organisation="Bench")
        who.grant_consent(account=quay.carrier, partner=partner, actor=quay.agent, at=timezone.now(), acts=True)
    client = Client()
    eta = (timezone.now() + timedelta(days=5)).isoformat()
    body = harbor.FILING | {"carrier": {"scheme": "account", "value": quay.carrier.number}, "eta": eta}

    def file(turn: int) -> None:
        answer = client.post(
            "/api/v1/lanes/aqua/requests",
            json.dumps(body | {"voyage": f"V{turn}"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {bench.token}", "Idempotency-Key": f"lane-{turn}"},
        )
        assert answer.status_code == 201, answer.content

    timed(5, file)
    took = p95(timed(200 if bench.full else 60, lambda turn: file(turn + 100))) * 1000
    yield Line("lane decision through the API, stored with event", f"p95 {took:.0f} ms", "60 ms", took <= 60)


@row("bulk")
def bulk(bench: World) -> Iterator[Line]:
    parcels, calls = FOLDER / "parcels.csv", FOLDER / "calls.jsonl"
    _parcels(parcels, 1_000_000)
    took = _decide(parcels, FOLDER / "parcels-out.csv")
    yield Line("1,000,000 low-value parcels on one core, files included", f"{took:.1f} s", "20 s", took <= 20)
    _calls(calls, 100_000)
    took = _decide(calls, FOLDER / "calls-out.jsonl")
    yield Line("100,000 port calls on one core, files included", f"{took:.1f} s", "20 s", took <= 20)


def _decide(source: Path, target: Path) -> float:
    program = (
        "import sys; from pathlib import Path; from fastlane.rules import RuleSet;"
        " from fastlane.rules.bulk import decide_file; import time; began = time.perf_counter();"
        " tally = decide_file(Path(sys.argv[1]), Path(sys.argv[2]), RuleSet.packaged());"
        " print(time.perf_counter() - began)"
    )
    done = subprocess.run(
        [*ON_ONE_CORE, sys.executable, "-c", program, str(source), str(target)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout.split()[-1])


def _parcels(path: Path, count: int) -> None:
    """Rows that repeat after 20,000, so that making them doesn't take longer than deciding them."""
    chance = random.Random(11)
    made = [random_facts.parcel(chance) for _ in range(20_000)]
    names = list(dict.fromkeys(name for facts in made for name in facts))
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        lines = [[_cell(facts.get(name)) for name in names] for facts in made]
        for _ in range(count // len(lines)):
            writer.writerows(lines)


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else value


def _calls(path: Path, count: int) -> None:
    chance = random.Random(12)
    made = [json.dumps(random_facts.aqua(chance)) + "\n" for _ in range(5_000)]
    with path.open("w") as out:
        for _ in range(count // len(made)):
            out.writelines(made)


@row("replay")
def replay(bench: World) -> Iterator[Line]:
    """A draft rule set over 100,000 kept decisions: read from the database, decided again, compared."""
    from fastlane.lanes.models import LaneDecision
    from fastlane.lanes.replaying import differences
    from fastlane.rulebook import queries as rulebook

    count = 100_000
    with builders.system():
        quay = harbor.build() if not LaneDecision.objects.exists() else None
        if quay is not None:
            quay.file()
        kept = LaneDecision.objects.order_by("-pk")[0]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        columns = ", ".join(field.column for field in LaneDecision._meta.local_fields if not field.primary_key)
        others = (
            columns.replace("number,", "n,", 1) if columns.startswith("number") else columns.replace(", number", ", n")
        )
        owner.execute("set session_replication_role = replica")
        owner.execute(
            f"insert into fastlane_lanedecision ({columns})"
            f" select {others} from fastlane_lanedecision, generate_series(1000, {count + 999}) n where id = {kept.pk}"
        )
    with builders.system():
        began = time.process_time()
        decisions = sum(1 for _ in differences(rulebook.packaged(), since=timezone.now() - timedelta(days=400)))
        took = (time.process_time() - began) * count / max(decisions, 1)
    yield Line("replay of 100,000 decisions, processor time of one core", f"{took:.1f} s", "20 s", took <= 20)
