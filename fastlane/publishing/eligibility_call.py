"""The call that asks whether a party is eligible for a lane as it stands."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.identifiers import API_SCHEMES
from fastlane.publishing import cache, describing, eligibility, fastpath, keys, members, problems
from fastlane.publishing.members import Party
from fastlane.publishing.views import PartnerView, calling, entity_type_of, give, marks_of
from fastlane.rulebook import queries as rulebook
from fastlane.rules import LANES, Lane, Outcome
from fastlane.rules.kinds import FIRST_YEAR, LAST_YEAR

LONGEST_SECONDS = 60  # the contract's limit for an answer about a lane
LONGEST_PORT = 40


class FiredRule(serializers.Serializer[Any]):
    """A rule that fired."""

    code = serializers.CharField()
    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome])
    reason = serializers.CharField()
    authority = serializers.CharField()
    tag = serializers.ChoiceField(["S", "D", "U"], help_text="Sourced, design of this portal, or unconfirmed.")


class NotConsidered(serializers.Serializer[Any]):
    """A rule that needs facts which nobody has given here."""

    rule = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField())


class Eligibility(describing.Standing):
    """Whether a party is eligible for a lane as it stands, signed and bound in time."""

    lane = serializers.ChoiceField(list(LANES))
    port = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField([outcome.value for outcome in Outcome])
    rules = FiredRule(many=True, help_text="The rules that fired.")
    rule_set = serializers.CharField()
    not_considered = NotConsidered(many=True, help_text="What this answer says nothing about.")


described = extend_schema(
    operation_id="eligibility",
    summary="Is a party eligible for a lane?",
    description="Judges the party as it stands, at a port and time, without a request. Rules that need facts of one "
    "shipment are left out and named in `not_considered`. The answer lives 60 seconds at most.",
    parameters=[
        OpenApiParameter("lane", OpenApiTypes.STR, required=True, enum=list(LANES), description="The lane."),
        OpenApiParameter(
            "scheme", OpenApiTypes.STR, required=True, enum=list(API_SCHEMES), description="The kind of number."
        ),
        OpenApiParameter(
            "value",
            {"type": "string", "minLength": 1, "maxLength": members.LONGEST_VALUE},
            required=True,
            description="The number.",
        ),
        OpenApiParameter(
            "port",
            {"type": "string", "pattern": "^[0-9A-Za-z]{4,5}$"},
            description="The port: Schedule D's four digits, or an alias.",
        ),
        OpenApiParameter("at", OpenApiTypes.DATETIME, description="The arrival, RFC 3339 with its zone; else now."),
        OpenApiParameter(
            "entity_type",
            OpenApiTypes.STR,
            enum=describing.ENTITY_TYPES,
            description="Which account, where several take part.",
        ),
        describing.IF_NONE_MATCH,
        *describing.etag_headers(),
        *describing.counted(400, 404, 406, 409),
    ],
    responses={
        (200, "application/json"): Eligibility,
        304: None,
        **describing.problems(400, 401, 403, 404, 406, 409, 429),
    },
)


class EligibilityView(PartnerView):
    """Is this party eligible for this lane there and then? No request is filed."""

    route = "api:eligibility"

    http_method_names = ["get", "head"]

    @described
    def get(self, request: Request) -> HttpResponse:
        now = timezone.now()
        lane = _lane(request)
        scheme, value, at = _needed(request, "scheme"), _needed(request, "value"), _at(request)
        port = _port(request, lane, at or now)
        client_id = calling(request).client_id
        # Read before what they guard: a change in between is then noticed.
        seen = marks_of(client_id)
        try:
            party = find(client_id, lane, scheme, value, entity_type_of(request))
        except members.SeveralAccounts as several:
            raise problems.SeveralFit(several.entity_types) from several
        if party is None:
            raise NotFound
        seen = marks_of(client_id, members.key_of(party), seen)
        found = answer(party, lane, port=port, at=at, now=now)
        if seen and at is None:
            fastpath.offer(request._request.META, members.key_of(party), seen, found)
        return give(request, found)


def find(client_id: str, lane: Lane, scheme: str, value: str, entity_type: str) -> Party | None:
    """The party as the lane means it: the lane implies the entity type where a company has several accounts.

    Raises SeveralAccounts.
    """
    parties = members.visible(client_id, scheme, value)
    if not entity_type:
        taking_part = [party for party in parties if party.entity_type in eligibility.ROLES[lane.code]]
        # An account that doesn't take part is told so by the rules.
        parties = taking_part or parties
    return members.one_of(parties, entity_type)


def answer(party: Party, lane: Lane, *, port: str | None, at: datetime | None, now: datetime) -> cache.Answer:
    """The signed answer, shared by all processes until it expires or what it depends on changes."""
    # A time ahead is judged by the standing as it is known now.
    facts = members.read(party, at=min(at or now, now))
    rule_set = rulebook.in_force(now)
    judged = eligibility.judge(lane, facts, rule_set, port=port, at=at or now)
    told = _told(judged, lane, port)

    def sign() -> cache.Answer:
        as_of, valid_until = members.span(facts, now, LONGEST_SECONDS, bounded=at is None or at >= now)
        content = members.body(facts, as_of=as_of, valid_until=valid_until, at=at or as_of) | told
        return members.signed(content, as_of, valid_until)

    question = f"{lane.code} {port or '-'} {at.astimezone(UTC).isoformat() if at else 'now'}"
    depends_on = json.dumps([asdict(facts), told, keys.ring().kid], default=str, sort_keys=True)
    return cache.shared(members.key_of(party), question, depends_on, now=now.timestamp(), sign=sign)


def _told(judged: eligibility.Judged, lane: Lane, port: str | None) -> dict[str, Any]:
    return {
        "lane": lane.code,
        "port": port,
        "outcome": str(judged.decision.outcome),
        "rules": [
            {
                "code": rule.code,
                "outcome": str(rule.outcome),
                "reason": rule.public_reason,
                "authority": rule.authority,
                "tag": rule.tag,
            }
            for rule in judged.decision.rules
        ],
        "rule_set": judged.decision.rule_set,
        "not_considered": [{"rule": code, "facts": list(paths)} for code, paths in judged.not_considered],
    }


def _needed(request: Request, name: str) -> str:
    text = request.query_params.get(name, "")
    if not text:
        raise problems.WrongValue(f"/{name}", "required", f"Name the {name}.")
    return str(text)


def _lane(request: Request) -> Lane:
    word = _needed(request, "lane")
    if word not in LANES:
        raise problems.WrongValue("/lane", "choice", f"Choose one of: {', '.join(LANES)}.")
    return LANES[word]


def _port(request: Request, lane: Lane, at: datetime) -> str | None:
    """The port's four digits, where the lane knows ports; also by an alias. Raises WrongValue."""
    text = request.query_params.get("port")
    if text is None:
        return None
    known = rulebook.in_force(timezone.now()).reference.port(text) if len(text) <= LONGEST_PORT else None
    code = known.code if known else text
    if not (len(code) == 4 and code.isascii() and code.isdigit()):
        raise problems.WrongValue("/port", "port", "Give the port's four digits (Schedule D), or leave it out.")
    return code


def _at(request: Request) -> datetime | None:
    text = request.query_params.get("at")
    if text is None:
        return None
    try:
        at = members.parse_time(text)
    except members.WrongTime as wrong:
        raise problems.WrongValue("/at", "time", str(wrong)) from wrong
    if not FIRST_YEAR <= at.year <= LAST_YEAR:  # the rules know no law of other years
        raise problems.WrongValue("/at", "time", f"Give a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return at
