"""P22: schemathesis drives the running API through all its phases and judges every answer with all its checks."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.engine import Status, events, from_schema

from tests.fastlane.conftest import Member, Partner
from tests.proofs.serving import a_site
from tests.world import size

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

CASES = size(3_000, 50_000)
SEED = 20261124
PHASES = {"examples", "coverage", "fuzzing", "stateful"}
# What has nothing to do here, and why.
WITHOUT_WORK = {
    "phases": {
        "examples": "the description gives no examples",
        "stateful": "no call leads to another one: there are no links, and nothing is created",
    },
    "checks": {
        "max_response_time": "times are judged by the bench",
    },
}


@dataclass
class Heard:
    """What the run told: answers by status, cases by phase and call, checks by name, and what was found."""

    described: set[str]
    statuses: Counter[int] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    without_work: set[str] = field(default_factory=set)
    found: list[str] = field(default_factory=list)

    def of(self, event: Any) -> None:
        if isinstance(event, events.PhaseFinished) and (event.phase.skip_reason or event.status == Status.SKIP):
            self.without_work.add(event.phase.name.value)
        if isinstance(event, events.NonFatalError | events.FatalError):
            self.found.append(repr(event))
        if isinstance(event, events.ScenarioFinished):
            self._scenario(event.phase.value, event.recorder)

    def _scenario(self, phase: str, recorder: Any) -> None:
        for case_id, talk in recorder.interactions.items():
            self.phases[phase] += 1
            self.calls[recorder.label] += 1
            self.statuses[talk.response.status_code if talk.response else 0] += 1
            self._refused_without_cause(recorder.cases[case_id].value, talk.response)
        for nodes in recorder.checks.values():
            for node in nodes:
                self.checks[node.name] += 1
                if node.failure_info is not None:
                    failure = node.failure_info.failure
                    self.found.append(f"{recorder.label} {node.name}: {failure.title}. {failure.message}")

    def _refused_without_cause(self, case: Any, response: Any) -> None:
        """A well-formed question gets a 400 for one reason alone, which no schema can tell: its time lies ahead."""
        well_formed = case.meta is not None and case.meta.generation.mode.is_positive
        if not (well_formed and response and response.status_code == 400 and "members" in case.path):
            return
        told = (case.query or {}).get("at")
        if told is None or not _ahead(str(told)):
            self.found.append(f"{case.method} {case.path}: a well-formed question is refused: {case.query}")


def _ahead(at: str) -> bool:
    try:
        return datetime.fromisoformat(at.upper()) > datetime.now(UTC)
    except (ValueError, OverflowError):  # as a leap second, or the year 0
        return True


def described(address: str) -> dict[str, Any]:
    """What the running API says of itself. Its key is told as a bearer token: the judge can't take OAuth away."""
    with urllib.request.urlopen(f"{address}/api/v1/schema") as answer:
        description: dict[str, Any] = json.load(answer)
    schemes = description["components"]["securitySchemes"]
    assert {scheme["type"] for scheme in schemes.values()} == {"oauth2"}
    schemes.update({name: {"type": "http", "scheme": "bearer"} for name in schemes})
    return description


def calls_of(description: dict[str, Any]) -> set[str]:
    return {f"{method.upper()} {path}" for path, methods in description["paths"].items() for method in methods}


def drive(address: str, token: str, numbers: Iterable[str], cases: int) -> Heard:
    config = schemathesis.Config.from_dict(
        {
            "seed": SEED,
            "base-url": address,
            "headers": {"Authorization": f"Bearer {token}"},
            "dictionaries": {"numbers": {"values": list(numbers)}, "schemes": {"values": ["account"]}},
            "parameters": {
                "path.value": {"dictionary": "numbers", "probability": 0.7},
                "path.scheme": {"dictionary": "schemes", "probability": 0.7},
            },
            # The calls without arguments have few different cases; the others make up for them.
            "generation": {"max-examples": max(cases // 60, 12), "deterministic": True, "database": "none"},
            "operations": [
                {
                    "include-path": "/api/v1/members/{scheme}/{value}",
                    "generation": {"max-examples": cases * 3 // 5},
                    "checks": {
                        "positive_data_acceptance": {
                            "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409"]
                        }
                    },
                }
            ],
        }
    )
    description = described(address)
    heard = Heard(described=calls_of(description))
    for event in from_schema(schemathesis.openapi.from_dict(description, config=config)).execute():
        heard.of(event)
    return heard


def test_the_description_tells_the_truth_in_every_phase_and_check(member: Member, token: str, partner: Partner) -> None:
    partner.row.quota_per_minute = 10**7
    partner.row.save()
    load_all_checks()
    with a_site() as address:
        heard = drive(address, token, [member.account.number], CASES)
    print(
        f"\nseed {SEED}: {heard.phases.total():,} cases {dict(heard.phases)}, answers {dict(heard.statuses)}, "
        f"{len(heard.checks)} checks, {len(heard.found)} found"
    )
    assert heard.found == []
    assert heard.phases.total() >= CASES
    assert set(heard.phases) | heard.without_work >= PHASES
    assert heard.without_work <= set(WITHOUT_WORK["phases"])
    assert set(heard.checks) == set(CHECKS.get_all_names()) - set(WITHOUT_WORK["checks"])
    assert {200, 304, 400, 401, 404, 405} <= set(heard.statuses)
    assert max(heard.statuses) < 500
    assert set(heard.calls) - {"Stateful tests"} == heard.described


def test_the_control_a_lie_in_the_description_is_found(member: Member, token: str) -> None:
    """The same run against an API that answers what it doesn't describe, and asks nobody for a key."""
    load_all_checks()
    with a_site(settings={"DJANGO_SETTINGS_MODULE": "tests.fastlane.lying"}) as address:
        heard = drive(address, token, [member.account.number], 60)
    found = "\n".join(heard.found)
    assert "status_code_conformance" in found
    assert "ignored_auth" in found
