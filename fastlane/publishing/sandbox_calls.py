"""The sandbox's calls: list the made-up members, and set their standing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.refusals import Refused
from fastlane.publishing import conditional, describing, idempotency, problems, reading, sandbox
from fastlane.publishing.models import SandboxMember
from fastlane.publishing.views import PartnerView, calling
from fastlane.webhooks.operations import Acting


class MadeUpMember(serializers.Serializer[Any]):
    account = serializers.CharField()
    name = serializers.CharField()
    entity_type = serializers.ChoiceField(describing.ENTITY_TYPES)
    level = serializers.ChoiceField(sandbox.LEVELS)
    tier = serializers.IntegerField(allow_null=True, min_value=1, max_value=3)
    status = serializers.ChoiceField(sandbox.STATUSES)


class MadeUpMembers(serializers.Serializer[Any]):
    """Your made-up members; an empty list unless yours is a sandbox client."""

    members = MadeUpMember(many=True)
    next = serializers.CharField(allow_null=True)


class MadeUpStanding(serializers.Serializer[Any]):
    level = serializers.ChoiceField(sandbox.LEVELS, required=False)
    tier = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=3)
    status = serializers.ChoiceField(sandbox.STATUSES, required=False)


listed = extend_schema(
    operation_id="sandbox_members",
    summary="The made-up members of a sandbox",
    parameters=[describing.IF_NONE_MATCH, *describing.etag_headers()[:1], *describing.counted(406)],
    responses={(200, "application/json"): MadeUpMembers, 304: None, **describing.problems(401, 403, 406, 429)},
)
flipped = extend_schema(
    operation_id="sandbox_member_set",
    summary="Set a made-up member's standing",
    description="Answers, change feed and webhooks follow as they would for a real member.",
    parameters=[
        OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH, description="The account, TS-…"),
        idempotency.OPTIONAL_PARAMETER,
        *describing.counted(400, 404, 406, 409, 415, 422),
    ],
    request={"application/json": MadeUpStanding},
    responses={
        (200, "application/json"): MadeUpMember,
        **describing.problems(400, 401, 403, 404, 406, 409, 415, 422, 429),
    },
)


class SandboxMembersView(PartnerView):
    route = "api:sandbox_members"

    http_method_names = ["get", "head"]

    @listed
    def get(self, request: Request) -> HttpResponse:
        rows = SandboxMember.objects.filter(partner__client_id=calling(request).client_id).order_by("pk")
        body = conditional.written({"members": [as_json(row) for row in rows], "next": None})
        return conditional.answer(request, body)


class SandboxMemberView(PartnerView):
    route = "api:sandbox_member"

    http_method_names = ["put"]

    @flipped
    @idempotency.once_if_asked
    def put(self, request: Request, number: str) -> HttpResponse:
        rows = SandboxMember.objects.filter(partner__client_id=calling(request).client_id)
        row = rows.filter(number=number.upper()).first() if "\0" not in number else None
        if row is None:
            raise NotFound
        fields = reading.document(request, ("level", "tier", "status"))
        tier = fields.get("tier", row.tier)
        if tier is not None and type(tier) is not int:
            raise problems.WrongValue("/tier", "number", "Give a number from 1 to 3, or null.")
        level, status = (reading.text({name: getattr(row, name)} | fields, name, longest=20)
                         for name in ("level", "status"))  # fmt: skip
        try:
            row = sandbox.change(
                member=row, level=level, tier=tier, status=status,
                actor=Acting.machine(calling(request).client_id), at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            raise problems.WrongValue(f"/{refused.field}", "choice", str(refused)) from refused
        return HttpResponse(conditional.written(as_json(row)), content_type="application/json")


def as_json(row: SandboxMember) -> dict[str, Any]:
    return {
        "account": row.number,
        "name": row.name,
        "entity_type": row.entity_type,
        "level": row.level,
        "tier": row.tier,
        "status": row.status,
    }
