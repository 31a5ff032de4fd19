"""How the change feed describes itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from fastlane.feed.models import Change as Row
from fastlane.feed.queries import LARGEST_POSITION, MOST, USUAL
from fastlane.publishing.describing import ENTITY_TYPES, IF_NONE_MATCH, counted, etag_headers, problems


class Change(serializers.Serializer[Any]):
    """One change. With consent.ended nothing but the account's number is told."""

    position = serializers.IntegerField(
        min_value=1, help_text="Its place in your feed; keep the last one you have dealt with."
    )
    type = serializers.ChoiceField(Row.Kind.values)
    at = serializers.DateTimeField(help_text="When it was entered.")
    account = serializers.CharField()
    order = serializers.IntegerField(required=False, min_value=1, help_text="The how manieth entry about this account.")
    name = serializers.CharField(required=False)
    entity_type = serializers.ChoiceField(ENTITY_TYPES, required=False)
    level = serializers.ChoiceField(["none", "certified", "validated"], required=False)
    tier = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=3)
    status = serializers.ChoiceField(["good", "suspended", "removed", "withdrawn", "none"], required=False)
    in_good_standing = serializers.BooleanField(required=False)
    since = serializers.DateTimeField(required=False, allow_null=True, help_text="Since when this standing holds.")


class Changes(serializers.Serializer[Any]):
    """A page of the feed. The last entry about an account tells its standing."""

    changes = Change(many=True)
    position = serializers.IntegerField(min_value=0, help_text="The last position of this page.")
    more = serializers.BooleanField(help_text="There is a next page right now.")
    next = serializers.URLField(help_text="Where to go on, now or later.")


changes = extend_schema(
    operation_id="member_changes",
    summary="What has changed",
    description="All changes of members that consented to you, in the order in which they were made. Start without a "
    "position, then follow `next`. No change is lost or told twice, however often you ask.",
    parameters=[
        OpenApiParameter(
            "after",
            {"type": "integer", "minimum": 0, "maximum": LARGEST_POSITION},
            description="The last position you have dealt with.",
        ),
        OpenApiParameter(
            "limit",
            {"type": "integer", "minimum": 0, "maximum": MOST, "default": USUAL},
            description="How many at most.",
        ),
        IF_NONE_MATCH,
        *etag_headers(),
        *counted(400, 406),
    ],
    responses={(200, "application/json"): Changes, 304: None, **problems(400, 401, 403, 406, 429)},
)
