"""How the API describes itself (OpenAPI 3.1): what each call takes and every answer it may give."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from accounts.identifiers import API_SCHEMES
from accounts.policy.middleware import policy_table
from fastlane.publishing.members import LONGEST_VALUE, REASONS
from fastlane.publishing.problems import KINDS, MEDIA_TYPE
from fastlane.scopes import SCOPES
from trusted_trader.entity_types import EntityType

# Named in settings, so that the description has one name for the entity types.
STANDING_STATUSES = ["good", "suspended", "removed", "withdrawn", "none"]
ENTITY_TYPES = [entity_type.value for entity_type in EntityType]


class Fault(serializers.Serializer[Any]):
    """One value that is wrong."""

    pointer = serializers.CharField(help_text="Where it stands, for example /at.")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="What is wrong and what to do.")


class Problem(serializers.Serializer[Any]):
    """A problem document (RFC 9457)."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = Fault(many=True, required=False)  # type: ignore[assignment]
    entity_types = serializers.ListField(
        child=serializers.ChoiceField(ENTITY_TYPES), required=False, help_text="With 409: what to choose from."
    )


class Member(serializers.Serializer[Any]):
    account = serializers.CharField()
    name = serializers.CharField()
    entity_type = serializers.ChoiceField(ENTITY_TYPES)


class Reason(serializers.Serializer[Any]):
    code = serializers.ChoiceField(list(REASONS))
    text = serializers.CharField()


class Place(serializers.Serializer[Any]):
    """Where a member stands in the status list. Tell nobody."""

    idx = serializers.IntegerField(min_value=0)
    uri = serializers.URLField()


class Standing(serializers.Serializer[Any]):
    """What a member's standing is, signed and bound in time."""

    member = Member()
    level = serializers.ChoiceField(["none", "certified", "validated"])
    tier = serializers.IntegerField(allow_null=True, min_value=1, max_value=3)
    status = serializers.ChoiceField(STANDING_STATUSES)
    in_good_standing = serializers.BooleanField()
    reasons = Reason(many=True)
    as_of = serializers.DateTimeField(help_text="When this was read.")
    valid_until = serializers.DateTimeField(help_text="Don't rely on it from then on.")
    at = serializers.DateTimeField(required=False, help_text="The time asked about, where one was.")
    sandbox = serializers.BooleanField(required=False, help_text="True for a made-up member of a sandbox.")
    status_list = Place(required=False, help_text="Its place in the status list, once it has one.")
    statement = serializers.CharField(help_text="A compact JWS (ES256) over all the other fields.")


class Token(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    scope = serializers.CharField(required=False)


class TokenRequest(serializers.Serializer[Any]):
    grant_type = serializers.ChoiceField(["client_credentials"])
    scope = serializers.CharField(required=False, help_text="Scopes, with a space between them.")
    client_id = serializers.CharField(required=False, help_text="Unless sent by HTTP Basic.")
    client_secret = serializers.CharField(required=False, help_text="Unless sent by HTTP Basic.")


class TokenRefusal(serializers.Serializer[Any]):
    """RFC 6749, section 5.2."""

    error = serializers.CharField()
    error_description = serializers.CharField(required=False)


class Keys(serializers.Serializer[Any]):
    """A JSON Web Key Set (RFC 7517)."""

    keys = serializers.ListField(child=serializers.DictField())


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "fastlane.publishing.authentication.BearerAuthentication"
    name = "partner"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        flow = {"tokenUrl": "/api/oauth/token", "scopes": dict(SCOPES)}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        row = policy_table()[auto_schema.view.route][auto_schema.method]  # type: ignore[attr-defined]
        return {self.name: sorted(str(who).removeprefix("scope:") for who in row.who)}


def problems(*statuses: int) -> dict[tuple[int, str], Any]:
    return {(status, MEDIA_TYPE): Problem for status in statuses}


def _told(name: str, what: str, *statuses: int) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=what, response=list(statuses))


COUNTED = (200, 304, 400, 404, 406, 409, 429)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag you hold."
)


def counted(*statuses: int) -> list[OpenApiParameter]:
    """The headers of a call that counts: those of good answers, and of these refusals."""
    answered = sorted({200, 304, 429, *statuses})
    return [
        _told("RateLimit", "What is left of the quota, and seconds until it is whole again.", *answered),
        _told("RateLimit-Policy", "The quota.", *answered),
        _told("Retry-After", "Seconds to wait.", 429),
        _told("WWW-Authenticate", "What is missing.", 401, 403),
    ]


def etag_headers() -> list[OpenApiParameter]:
    return [
        _told("ETag", "Strong: equal for equal answers only.", 200, 304),
        _told("X-Poll-Interval", "How many seconds to wait before asking again.", 200, 304),
    ]


member = extend_schema(
    operation_id="member_standing",
    summary="The standing of a member",
    description="Tells the standing of a member that consented to be seen by you. Keep the ETag and send it as "
    "If-None-Match: while nothing has changed you get a 304, which costs no quota.",
    parameters=[
        OpenApiParameter(
            "scheme", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(API_SCHEMES), description="The kind of number."
        ),
        OpenApiParameter(
            "value",
            {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE},
            OpenApiParameter.PATH,
            description="The number.",
        ),
        OpenApiParameter(
            "at", OpenApiTypes.DATETIME, description="The standing at this time in the past, RFC 3339 with its zone."
        ),
        OpenApiParameter(
            "entity_type",
            OpenApiTypes.STR,
            enum=ENTITY_TYPES,
            description="Which account, where a company has several.",
        ),
        OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag you hold."),
        _told("ETag", "Strong: equal for equal answers only.", 200, 304),
        _told("Last-Modified", "When the answer was signed.", 200, 304),
        _told("X-Poll-Interval", "How many seconds to wait before asking again.", 200, 304),
        _told("RateLimit", "What is left of the quota, and seconds until it is whole again.", *COUNTED),
        _told("RateLimit-Policy", "The quota.", *COUNTED),
        _told("Retry-After", "Seconds to wait.", 429),
        _told("WWW-Authenticate", "What is missing.", 401, 403),
    ],
    responses={(200, "application/json"): Standing, 304: None, **problems(400, 401, 403, 404, 406, 409, 429)},
)

token = extend_schema(
    operation_id="token",
    auth=[],
    summary="A bearer token",
    description="OAuth 2, client credentials: client id and secret by HTTP Basic or in the form.",
    request={"application/x-www-form-urlencoded": TokenRequest},
    responses={
        (200, "application/json"): Token,
        (400, "application/json"): TokenRefusal,
        (401, "application/json"): TokenRefusal,
        **problems(406, 415, 429),
    },
)

jwks = extend_schema(
    operation_id="jwks",
    auth=[],
    summary="The keys that sign statements",
    responses={(200, "application/json"): Keys, **problems(406)},
)

own = extend_schema(
    operation_id="schema",
    auth=[],
    summary="This description",
    responses={(200, "application/json"): OpenApiTypes.OBJECT, 304: None, **problems(406)},
)


@lru_cache(maxsize=1)
def schema() -> Mapping[str, Any]:
    """The whole description, made once a process."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    _close(found)
    found["info"]["x-problems"] = {kind.slug: kind.detail for kind in KINDS.values()}
    return found


def _close(found: dict[str, Any]) -> None:
    """What the calls refuse, the description says: a body without a needed field, or with one that isn't told."""
    for methods in found["paths"].values():
        for operation in methods.values():
            request = operation.get("requestBody", {})
            body = request.get("content", {}).get("application/json", {}).get("schema")
            if body is None:
                continue
            if name := body.get("$ref", "").rpartition("/")[2]:
                body = found["components"]["schemas"][name]
                body["additionalProperties"] = False
            # A body of which nothing is needed may be left out.
            if not name or body.get("required"):
                request["required"] = True


@lru_cache(maxsize=1)
def schema_bytes() -> bytes:
    text: bytes = OpenApiJsonRenderer().render(schema(), renderer_context={})  # type: ignore[no-untyped-call]
    return text


def schema_response(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        schema_bytes(), content_type="application/json", headers={"Cache-Control": "public, max-age=300"}
    )
