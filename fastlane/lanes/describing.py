"""How the lanes' calls describe themselves (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from accounts.identifiers import API_SCHEMES
from fastlane.lanes import filing, queries
from fastlane.lanes.life import State
from fastlane.lanes.models import ArrivalEvent
from fastlane.publishing import idempotency
from fastlane.publishing.describing import IF_NONE_MATCH, counted, etag_headers, problems
from fastlane.publishing.eligibility_call import FiredRule
from fastlane.rules import LANES, Outcome, paths
from fastlane.rules.aqua_facts import VOYAGE
from fastlane.rules.kinds import FLAG

EVENT_KINDS: list[str] = [str(kind) for kind in ArrivalEvent.Kind.values]
# Named in settings, so that the description has one name for each.
LANE_CODES = list(LANES)
REQUEST_STATES = [state.value for state in State]
OUTCOMES = [outcome.value for outcome in Outcome]

REFERENCE = OpenApiParameter(
    "reference", {"type": "string", "minLength": 1, "maxLength": 20}, OpenApiParameter.PATH, description="The request."
)
LANE = OpenApiParameter("lane", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(LANES), description="The lane.")


class WhatIf(serializers.Serializer[Any]):
    """What the rules make of facts that somebody gave."""

    lane = serializers.ChoiceField(LANE_CODES)
    port = serializers.CharField(allow_null=True)
    at = serializers.CharField(allow_null=True, help_text="The arrival (or the day) by which the rules were chosen.")
    outcome = serializers.ChoiceField(OUTCOMES)
    rules = FiredRule(many=True)
    rule_set = serializers.CharField()


class LaneRequestAnswer(serializers.Serializer[Any]):
    """A request as it stands, signed and bound in time."""

    id = serializers.CharField()
    account = serializers.CharField()
    lane = serializers.ChoiceField(LANE_CODES)
    imo = serializers.CharField()
    voyage = serializers.CharField()
    port = serializers.CharField()
    terminal = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True, help_text="The estimated arrival.")
    status = serializers.ChoiceField(REQUEST_STATES)
    status_text = serializers.CharField()
    outcome = serializers.ChoiceField(OUTCOMES, allow_null=True)
    rules = FiredRule(many=True)
    rule_set = serializers.CharField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reply_due_at = serializers.DateTimeField(allow_null=True, help_text="Twelve hours before arrival.")
    events = serializers.DictField(child=serializers.DateTimeField())
    what_remains = serializers.CharField(required=False)
    as_of = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(help_text="Don't rely on it from then on: 60 seconds at most.")
    statement = serializers.CharField(help_text="A compact JWS (ES256) over all the other fields.")


class Event(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(EVENT_KINDS)
    happened_at = serializers.DateTimeField()
    remark = serializers.CharField(required=False, max_length=300, allow_blank=True)


class Withdrawal(serializers.Serializer[Any]):
    reason = serializers.CharField(required=False, max_length=300, allow_blank=True)


def _filing_schema() -> dict[str, Any]:
    described = {name: value for name, value in filing.json_schema().items() if name != "$schema"}
    carrier = {
        "type": "object",
        "additionalProperties": False,
        "required": ["scheme", "value"],
        "properties": {
            "scheme": {"type": "string", "enum": list(API_SCHEMES)},
            "value": {"type": "string", "minLength": 1, "maxLength": 100},
        },
    }
    properties: Any = described["properties"]
    described = described | {"required": ["carrier"], "properties": {"carrier": carrier} | properties}
    for path in filing.NEEDED:
        _need(described, path)
    return described


def _need(described: dict[str, Any], path: str) -> None:
    """Say that a field of a filing is needed: it stands there, and is neither null nor empty."""
    name, _, rest = path.partition(".")
    field = described["properties"][name]
    described["required"] = list(dict.fromkeys([*described.get("required", ()), name]))
    if isinstance(field["type"], list):
        field["type"] = field["type"][0]
    if rest:
        _need(field, rest)
    elif field["type"] == "string":
        field["minLength"] = 1


AMENDED = ("eta", "terminal", "voyage")
AMENDMENT = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {name: _filing_schema()["properties"][name] for name in AMENDED},
}
OBSERVED = {
    "type": "object",
    "additionalProperties": False,
    "required": ["value", "source", "observed_at"],
    "properties": {
        "value": {"type": ["boolean", "integer"]},
        "source": {"type": "string", "minLength": 1, "maxLength": 100},
        "observed_at": {"type": "string", "format": "date-time"},
    },
}


def _observed(path: str) -> dict[str, Any]:
    """A fact as it was observed, with a value of its own kind."""
    kind = paths(queries.AQUA.facts)[path].kind if path != queries.NOTICE else FLAG
    properties: Any = OBSERVED["properties"]
    return OBSERVED | {"properties": properties | {"value": dict(kind.schema) if kind else {}}}


FACTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["facts"],
    "properties": {
        "facts": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {path: _observed(path) for path in sorted(queries.AGENCY_PATHS | {queries.NOTICE})},
        }
    },
}
BAD = (400, 401, 403, 404, 406, 415, 429)

lanes = extend_schema(
    operation_id="lanes",
    summary="The lanes and their rules",
    description="Lanes, the rule set in force, every rule with its authority, tag and dates, ports and terminals; for "
    "each lane a JSON Schema of its facts and an example that answers eligible on its date.",
    parameters=[IF_NONE_MATCH, *etag_headers(), *counted(406)],
    responses={(200, "application/json"): OpenApiTypes.OBJECT, 304: None, **problems(401, 403, 406, 429)},
)
what_if = extend_schema(
    operation_id="what_if",
    summary="What would happen if",
    description="Facts in, outcome out, nothing stored. The facts of each lane and an example are told by the lanes.",
    parameters=[LANE, *counted(*BAD)],
    request={"application/json": {"type": "object"}},
    responses={(200, "application/json"): WhatIf, **problems(*BAD)},
)
file_request = extend_schema(
    operation_id="file_lane_request",
    summary="File an AQUA request",
    description="The fields of form 3171 and its declarations. The rules answer at once.",
    parameters=[idempotency.PARAMETER, *counted(*BAD, 409, 422)],
    request={"application/json": _filing_schema()},
    responses={(201, "application/json"): LaneRequestAnswer, **problems(*BAD, 409, 422)},
)
request = extend_schema(
    operation_id="lane_request",
    summary="A request as it stands",
    parameters=[REFERENCE, IF_NONE_MATCH, *etag_headers(), *counted(404, 406)],
    responses={(200, "application/json"): LaneRequestAnswer, 304: None, **problems(401, 403, 404, 406, 429)},
)
amend_request = extend_schema(
    operation_id="amend_lane_request",
    summary="Change arrival, terminal or voyage",
    parameters=[REFERENCE, idempotency.PARAMETER, *counted(*BAD, 409, 422)],
    request={"application/json": AMENDMENT},
    responses={(200, "application/json"): LaneRequestAnswer, **problems(*BAD, 409, 422)},
)
report_event = extend_schema(
    operation_id="report_arrival_event",
    summary="Report what happened on arrival",
    parameters=[REFERENCE, idempotency.PARAMETER, *counted(*BAD, 409, 422)],
    request={"application/json": Event},
    responses={(201, "application/json"): LaneRequestAnswer, **problems(*BAD, 409, 422)},
)
withdraw_request = extend_schema(
    operation_id="withdraw_lane_request",
    summary="Take a request back",
    parameters=[REFERENCE, idempotency.PARAMETER, *counted(*BAD, 409, 422)],
    request={"application/json": Withdrawal},
    responses={(200, "application/json"): LaneRequestAnswer, **problems(*BAD, 409, 422)},
)
put_facts = extend_schema(
    operation_id="put_port_call_facts",
    summary="What the agency knows about a port call",
    description="Each fact with value, source and when it was observed. What is left out stays as it was; the history "
    "is kept. Requests for this port call are decided anew at once.",
    parameters=[
        OpenApiParameter("imo", {"type": "string", "pattern": "^[0-9]{7}$"}, OpenApiParameter.PATH),
        OpenApiParameter("voyage", dict(VOYAGE.schema), OpenApiParameter.PATH),
        OpenApiParameter("port", {"type": "string", "pattern": "^[0-9]{4}$"}, OpenApiParameter.PATH),
        idempotency.OPTIONAL_PARAMETER,
        *counted(*BAD, 409, 422),
    ],
    request={"application/json": FACTS},
    responses={(200, "application/json"): OpenApiTypes.OBJECT, **problems(*BAD, 409, 422)},
)
