"""The API's calls about members, tokens and keys."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext
from datetime import datetime
from typing import Any, cast

from allauth.idp.oidc.views import jwks as sign_in_keys
from allauth.idp.oidc.views import token as issue_token
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import machines
from accounts.machines import Machine
from fastlane.console import spare
from fastlane.publishing import (
    cache,
    conditional,
    describing,
    fastpath,
    keys,
    marks,
    members,
    problems,
    quota,
    usage,
    valkey,
)
from fastlane.publishing.authentication import NoQuestion
from fastlane.publishing.negotiation import JsonAlone
from trusted_trader.entity_types import EntityType

# How often a poller is asked to come back. Nothing is refused for coming sooner, within the quota.
POLL_SECONDS = 15


def calling(request: Request) -> Machine:
    """The machine behind a request that authentication has let through."""
    return cast(Machine, request.auth)


class PartnerView(APIView):
    """A call by a partner's system: counted, with the quota told in every answer; a 304 counts nothing."""

    route = ""  # its name in the policy table, for the description and the usage

    content_negotiation_class = JsonAlone
    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        machine = calling(request)
        known = quota.look(machine.client_id, machine.quota_per_minute, now=time.time())
        # Who comes with an ETag may still get a 304, which is free.
        if known.spent and "HTTP_IF_NONE_MATCH" not in request.META:
            raise Throttled(wait=known.resets_in)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        machine = getattr(request, "auth", None)
        if isinstance(machine, Machine):
            response = self._counted(request._request, machine, response)
        return super().finalize_response(request, response, *args, **kwargs)

    def _counted(self, request: HttpRequest, machine: Machine, response: HttpResponse) -> HttpResponse:
        now = time.time()
        if response.status_code in {304, 429}:
            state = quota.look(machine.client_id, machine.quota_per_minute, now=now)
        else:
            state = quota.charge(machine.client_id, machine.quota_per_minute, now=now)
            if state.exceeded:
                response = problems.answer(request, "too-many", headers={"Retry-After": str(state.resets_in)})
        for name, value in state.headers().items():
            response.headers[name] = value
        usage.count(machine.client_id, self.route, response.status_code, now=now)
        return response


def give(request: Request, found: cache.Answer) -> HttpResponse:
    """A signed answer with its headers, or a 304."""
    headers = {"Last-Modified": found.last_modified, "X-Poll-Interval": str(POLL_SECONDS)}
    return conditional.answer(request, found.body, etag=found.etag, headers=headers)


class MemberView(PartnerView):
    """The standing of a member."""

    route = "api:member"

    http_method_names = ["get", "head"]

    @describing.member
    def get(self, request: Request, scheme: str, value: str) -> HttpResponse:
        now = timezone.now()
        at = self._at(request, now)
        entity_type = entity_type_of(request)
        client_id = calling(request).client_id
        # Read before what they guard: a change in between is then noticed.
        seen = marks_of(client_id)
        try:
            party = members.find(client_id, scheme, value, entity_type)
        except members.SeveralAccounts as several:
            raise problems.SeveralFit(several.entity_types) from several
        if party is None:
            raise NotFound
        seen = marks_of(client_id, members.key_of(party), seen)
        found = members.answer(party, at=at, now=now)
        if seen and at is None:
            fastpath.offer(request._request.META, members.key_of(party), seen, found)
        return give(request, found)

    def _at(self, request: Request, now: datetime) -> datetime | None:
        text = request.query_params.get("at")
        if text is None:
            return None
        try:
            return members.parse_at(text, now=now)
        except members.WrongTime as wrong:
            raise problems.WrongValue("/at", "time", str(wrong)) from wrong


def entity_type_of(request: Request) -> str:
    """The entity type that the caller names, or "". Raises WrongValue."""
    word = request.query_params.get("entity_type")
    if word is None:
        return ""
    if word not in EntityType:
        raise problems.WrongValue("/entity_type", "choice", f"Choose one of: {', '.join(EntityType)}.")
    return word


def marks_of(client_id: str, party: int = 0, before: marks.Marks | None = None) -> marks.Marks | None:
    """The marks as they stand now, with the client's as they stood before; None while Valkey is away."""
    if party and before is None:
        return None
    try:
        now = marks.read(client_id, party)
    except valkey.Away:
        return None
    return now.since(before) if before else now


class OpenView(APIView):
    """A call that anyone may make."""

    authentication_classes = [NoQuestion]
    permission_classes = []
    content_negotiation_class = JsonAlone
    metadata_class = None


class TokenView(OpenView):
    """Bearer tokens for partner systems (OAuth 2, client credentials)."""

    http_method_names = ["post"]
    parser_classes = [FormParser]

    @describing.token
    def post(self, request: Request) -> HttpResponseBase:
        spare_secret = spare.fitting(request._request, at=timezone.now())
        with spare.in_its_place(spare_secret) if spare_secret else nullcontext():
            response = issue_token(request._request)
        if response.status_code == 200 and machines.by_token(json.loads(response.content)["access_token"]) is None:
            response = JsonResponse(
                {"error": "invalid_client", "error_description": "This client is switched off."}, status=401
            )
        response.headers["Cache-Control"] = "no-store"
        return response


class JwksView(OpenView):
    """The keys by which statements can be checked, and those of sign-in where there are any."""

    http_method_names = ["get", "head"]

    @describing.jwks
    def get(self, request: Request) -> JsonResponse:
        content = keys.jwks()
        content["keys"] += json.loads(sign_in_keys(request._request).content)["keys"]
        headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
        return JsonResponse(content, headers=headers)


class SchemaView(OpenView):
    """What the API is, in OpenAPI 3.1."""

    http_method_names = ["get", "head"]

    @describing.own
    def get(self, request: Request) -> HttpResponse:
        return describing.schema_response(request._request)
