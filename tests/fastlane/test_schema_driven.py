"""P22: schemathesis drives the running API through all its phases and judges every answer with all its checks.

The client that asks holds every scope, and there is something behind each address it may find: a member, a carrier that
lets it file, requests, webhooks, made-up members. A client without any scope asks as well.
"""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.engine import Status, events, from_schema

from accounts import operations as who
from fastlane.lanes import operations as lanes
from fastlane.lanes.acting import Actor
from fastlane.publishing import sandbox
from fastlane.rules import LANES
from fastlane.rules.kinds import FIRST_YEAR
from fastlane.scopes import SCOPES
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks.models import Endpoint
from tests import builders
from tests.fastlane.conftest import Member, Partner, a_partner
from tests.fastlane.lanes import harbor
from tests.proofs.serving import a_site
from tests.world import QUICK_PASSWORDS, size

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

CASES = size(3_000, 50_000)
REFUSED_CASES = size(200, 2_000)
SEED = 20261124
PHASES = {"examples", "coverage", "fuzzing", "stateful"}
# What has nothing to do here, and why.
WITHOUT_WORK = {
    "phases": {
        "stateful": "no call leads to another one: there are no links",
    },
    "checks": {
        "max_response_time": "times are judged by the bench",
    },
}
REQUESTS, HOOKS = 12, 4  # what there is to change and to delete
EXPECTED = ["400", "401", "403", "404", "409", "422"]
# What makes a well-formed value wrong, and no schema can tell: by the code of the error.
BEYOND_A_SCHEMA: Mapping[str, str] = {
    "check_digit": "a number's last digit is computed from the others",
    "date": "a day that no calendar has, or a year in which no law was written down here",
    "unknown_word": "an area has several spellings, which are reference data",
    "contradiction": "two values that don't go together",
    "arrived": "it depends on the time of the call",
    "arrival_ahead": "it depends on the time of the call",
    "future": "it depends on the time of the call",
    "refused /happened_at": "it depends on the time of the call",
    "refused /terminal": "the terminals of a port are reference data",
    "refused /types": "which kinds of message there are is told by the documentation",
    "refused /url": "whether an address is a public one",
    "port /port": "the aliases of ports are reference data",
    "unknown /delivery": "which messages were sent",
    "id /delivery": "the id of a message, as the list tells it",
    "choice /tier": "importers and exporters have a tier, and nobody else",
}
# The facts of a lane are described by its own schema, which the call that lists the lanes tells.
BY_ANOTHER_SCHEMA = "/what-if"
# Calls that this client can't bring to a good answer, and why.
NEVER_WELL = {
    "PUT /api/v1/sandbox/members/{number}",  # a sandbox client's alone; it has a run of its own
    "POST /api/oauth/token",  # needs the secret, which isn't in the description
    "GET /api/v1/status-list/{number}",  # no list was published yet
}
OPEN = {"POST /api/oauth/token", "GET /api/v1/status-list/{number}", "GET /api/v1/schema", "GET /.well-known/jwks.json"}


@dataclass
class Heard:
    """What the run told: answers by status, cases by phase and call, checks by name, and what was found."""

    described: set[str]
    statuses: Counter[int] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    well: set[str] = field(default_factory=set)  # calls that were answered well at least once
    checks: Counter[str] = field(default_factory=Counter)
    without_work: set[str] = field(default_factory=set)
    found: Counter[str] = field(default_factory=Counter)

    def of(self, event: Any) -> None:
        if isinstance(event, events.PhaseFinished) and (event.phase.skip_reason or event.status == Status.SKIP):
            self.without_work.add(event.phase.name.value)
        if isinstance(event, events.NonFatalError | events.FatalError):
            self.found[repr(event)] += 1
        if isinstance(event, events.ScenarioFinished):
            self._scenario(event.phase.value, event.recorder)

    def _scenario(self, phase: str, recorder: Any) -> None:
        for case_id, talk in recorder.interactions.items():
            status = talk.response.status_code if talk.response else 0
            self.phases[phase] += 1
            self.calls[recorder.label] += 1
            self.statuses[status] += 1
            if status >= 500:
                case = recorder.cases[case_id].value
                self.found[
                    f"{case.method} {case.path} {case.path_parameters} {case.query} {case.body!r}: {status}"
                ] += 1
            if 200 <= status < 300:
                self.well.add(recorder.label)
            self._refused_without_cause(recorder.cases[case_id].value, talk.response)
        for nodes in recorder.checks.values():
            for node in nodes:
                self.checks[node.name] += 1
                if node.failure_info is not None:
                    failure = node.failure_info.failure
                    self.found[f"{recorder.label} {node.name}: {failure.title}. {failure.message[:600]}"] += 1

    def _refused_without_cause(self, case: Any, response: Any) -> None:
        """A well-formed question gets a 400 only for what no schema can tell: each of its errors says which."""
        well_formed = case.meta is not None and case.meta.generation.mode.is_positive
        if not (well_formed and response and response.status_code == 400) or "oauth" in case.path:
            return
        if BY_ANOTHER_SCHEMA in case.path:
            return
        for error in response.json().get("errors") or [{"code": "none", "detail": "no errors told"}]:
            code, last = error["code"], error.get("pointer", "").rpartition("/")[2]
            if not {code, f"{code} /{last}"} & set(BEYOND_A_SCHEMA) and not _beyond(case, error):
                told = {name: error.get(name) for name in ("pointer", "code", "detail")}
                self.found[f"{case.method} {case.path}: a well-formed question is refused: {told}"] += 1


def _beyond(case: Any, error: Mapping[str, str]) -> bool:
    """A time that lies ahead, or that no calendar has; text that is empty but for what can't be printed; 1.0 for 1."""
    value: Any = (case.query or {}) | {"": case.body}
    steps = error["pointer"].strip("/").split("/")
    if steps[0] not in value:
        value = case.body
    for step in steps:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
    if error["code"] == "time":
        return _ahead(str(value))
    if isinstance(value, float) and error["code"] in {"type", "number"}:
        return value.is_integer()
    return isinstance(value, str) and not (value.strip() and value.isprintable())


def _ahead(at: str) -> bool:
    try:
        moment = datetime.fromisoformat(at.upper())
        return moment > datetime.now(UTC) or moment.year < FIRST_YEAR
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


def with_examples(description: dict[str, Any], examples: Mapping[str, Any]) -> dict[str, Any]:
    """The description with a body that works for some of its calls, by their names."""
    for methods in description["paths"].values():
        for operation in methods.values():
            if (example := examples.get(operation["operationId"])) is not None:
                operation["requestBody"]["content"]["application/json"]["example"] = example
    return description


def drive(
    address: str,
    token: str,
    known: Mapping[str, list[str]],
    cases: int,
    *,
    examples: Mapping[str, Any] | None = None,
    alone: str = "",
    coverage: bool = True,
) -> Heard:
    """Ask with this token; `known` are values by parameter; `alone` narrows the calls to paths that hold it."""
    config = schemathesis.Config.from_dict(
        {
            "seed": SEED,
            "base-url": address,
            "phases": {"coverage": {"enabled": coverage}},
            "headers": {"Authorization": f"Bearer {token}"},
            "dictionaries": {name.replace(".", "_"): {"values": values} for name, values in known.items()},
            "parameters": {name: {"dictionary": name.replace(".", "_"), "probability": 0.8} for name in known},
            "generation": {"max-examples": max(cases // 60, 6), "deterministic": True, "database": "none"},
            # What a schema can't tell may be refused as well; `_refused_without_cause` says what that is.
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", *EXPECTED]}},
        }
    )
    description = described(address)
    heard = Heard(described={call for call in calls_of(description) if alone in call})
    schema = schemathesis.openapi.from_dict(with_examples(description, examples or {}), config=config)
    if alone:
        schema = schema.include(path_regex=alone)
    for event in from_schema(schema).execute():
        heard.of(event)
    return heard


def told(heard: Heard, name: str) -> None:
    print(
        f"\n{name}, seed {SEED}: {heard.phases.total():,} cases {dict(heard.phases)}, answers "
        f"{dict(sorted(heard.statuses.items()))}, {len(heard.checks)} checks, {len(heard.found)} found"
    )
    print(*(f"{count} x {words}" for words, count in heard.found.most_common()), sep="\n")


@dataclass
class Quay:
    """What a client with every scope may find: values by parameter, and bodies that work by call."""

    known: dict[str, list[str]]
    examples: dict[str, Any]


def a_quay(member: Member, partner: Partner) -> Quay:
    """A carrier that lets the client file, with requests and webhooks of its own."""
    now = timezone.now()
    eta = now + timedelta(days=5)
    partner.row.quota_per_minute = 10**7
    partner.row.save()
    with QUICK_PASSWORDS, builders.system():
        quay = harbor.build()
        who.grant_consent(account=quay.carrier, partner=partner.row, actor=quay.agent, at=now, acts=True)
        references = []
        for number in range(REQUESTS):
            row = lanes.draft(
                account=quay.carrier, filing=harbor.a_filing(eta, voyage=f"{number + 200}E"),
                actor=Actor(client_id=partner.client_id), at=now,
            )  # fmt: skip
            quay.observe(row, at=now)
            lanes.submit(request=row, actor=Actor(client_id=partner.client_id), at=now)
            references.append(row.reference)
        acting = webhooks.Acting.machine(partner.client_id)
        for number in range(HOOKS):
            hook, _secret = webhooks.create(
                partner=partner.row, url=f"https://partner.example/{number}", actor=acting, at=now
            )
            webhooks.send_test(endpoint=hook, actor=acting, at=now)
        keys = [str(key) for key in Endpoint.objects.filter(partner=partner.row).values_list("key", flat=True)]
    carrier, written = quay.carrier.number, eta.isoformat().replace("+00:00", "Z")
    fact = {"value": 0, "source": "Targeting", "observed_at": now.isoformat().replace("+00:00", "Z")}
    return Quay(
        known={
            "path.value": [member.account.number, carrier],
            "path.scheme": ["account"],
            "query.value": [member.account.number, carrier],
            "query.scheme": ["account"],
            "path.reference": references,
            "path.key": keys,
            "path.imo": ["9703291"],
            "path.voyage": ["200E", "201E"],
            "path.port": ["2704"],
            "body.carrier.value": [carrier],
            "body.carrier.scheme": ["account"],
            "body.url": ["https://partner.example/new"],
        },
        examples={
            "what_if": LANES["aqua"].example(),
            "file_lane_request": harbor.FILING
            | {"carrier": {"scheme": "account", "value": carrier}, "eta": written, "voyage": "300E"},
            "put_port_call_facts": {"facts": {"targeting.holds": fact}},
            "amend_lane_request": {"eta": written},
        },
    )


def test_the_description_tells_the_truth_in_every_phase_and_check(member: Member, partner: Partner) -> None:
    member.consents_to(partner)
    quay = a_quay(member, partner)
    token = partner.token(*SCOPES)
    load_all_checks()
    with a_site() as address:
        heard = drive(address, token, quay.known, CASES, examples=quay.examples)
    told(heard, "every scope")
    print("never answered well:", sorted(heard.described - heard.well))
    assert heard.found == Counter()
    assert heard.phases.total() >= CASES
    assert set(heard.phases) | heard.without_work >= PHASES
    assert heard.without_work <= set(WITHOUT_WORK["phases"])
    assert set(heard.checks) == set(CHECKS.get_all_names()) - set(WITHOUT_WORK["checks"])
    assert {200, 201, 202, 204, 304, 400, 401, 404, 405, 409} <= set(heard.statuses)
    assert 403 not in heard.statuses, "a client with every scope lacks none"
    assert max(heard.statuses) < 500
    assert set(heard.calls) - {"Stateful tests"} == heard.described
    assert heard.described - heard.well <= NEVER_WELL


def test_it_tells_the_truth_of_a_sandbox_and_to_a_client_without_a_scope(member: Member) -> None:
    made_up, bare = a_partner("Trying Lines", quota=10**7), a_partner("Bare Lines", quota=10**7)
    made_up.row.is_sandbox = True
    made_up.row.save()
    with builders.system():
        numbers = [row.number for row in sandbox.furnish(made_up.row, at=timezone.now())]
    load_all_checks()
    with a_site() as address:
        trying = drive(address, made_up.token(*SCOPES), {"path.number": numbers}, CASES, alone="sandbox")
        refused = drive(address, bare.token("nothing:read"), {}, REFUSED_CASES, coverage=False)
    told(trying, "a sandbox")
    told(refused, "no scope")
    assert trying.found == refused.found == Counter()
    assert trying.well == trying.described
    scoped = refused.described - OPEN
    assert refused.well & scoped == set()
    assert {403} <= set(refused.statuses)
    assert max({**trying.statuses, **refused.statuses}) < 500


def test_the_control_a_lie_in_the_description_is_found(member: Member, token: str) -> None:
    """The same run against an API that answers what it doesn't describe, and asks nobody for a key."""
    load_all_checks()
    with a_site(settings={"DJANGO_SETTINGS_MODULE": "tests.fastlane.lying"}) as address:
        heard = drive(address, token, {"path.value": [member.account.number], "path.scheme": ["account"]}, 60)
    found = "\n".join(heard.found)
    assert "status_code_conformance" in found
    assert "ignored_auth" in found
