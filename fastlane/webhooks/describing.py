"""How the calls about webhooks describe themselves."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers

from fastlane.publishing import idempotency
from fastlane.publishing.describing import counted, problems
from fastlane.webhooks.addresses import LONGEST_URL
from fastlane.webhooks.models import Delivery as DeliveryRow


class Webhook(serializers.Serializer[Any]):
    """An address of yours that is told of changes."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    description = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField(), help_text="Kinds of message; empty: all of them.")
    active = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    switched_off_at = serializers.DateTimeField(allow_null=True)


class NewWebhook(Webhook):
    """A webhook that was just set up, with its secret, which is shown this once."""

    secret = serializers.CharField()


class Webhooks(serializers.Serializer[Any]):
    webhooks = Webhook(many=True)
    next = serializers.CharField(allow_null=True)


@extend_schema_field(
    {"type": "string", "pattern": r"^https://\S+$", "maxLength": LONGEST_URL,
     "description": "https, a public address, port 443."}
)  # fmt: skip
class Address(serializers.CharField):
    """Where messages go."""


class WebhookRequest(serializers.Serializer[Any]):
    url = Address()
    description = serializers.CharField(required=False, max_length=200)
    types = serializers.ListField(child=serializers.CharField(), required=False, help_text="Leave out for all kinds.")


# Written out, as the body of a PATCH is otherwise told to be empty at will.
WebhookChange = {
    "type": "object",
    "additionalProperties": False,
    "required": ["active"],
    "properties": {"active": {"type": "boolean"}},
}


class Try(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    took_ms = serializers.IntegerField()
    request_headers = serializers.DictField(child=serializers.CharField())
    status = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField(help_text="The beginning of your answer.")
    error = serializers.CharField()


class Delivery(serializers.Serializer[Any]):
    """A message with every try to deliver it."""

    id = serializers.CharField(help_text="The webhook-id header, the same in every try.")
    type = serializers.CharField()
    state = serializers.ChoiceField(DeliveryRow.State.values)
    created_at = serializers.DateTimeField()
    next_try_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    body = serializers.DictField()
    tries = Try(many=True)


class Deliveries(serializers.Serializer[Any]):
    deliveries = Delivery(many=True)
    next = serializers.CharField(allow_null=True, help_text="Where older ones are.")


class ReplayRequest(serializers.Serializer[Any]):
    """One message by its id, or all that failed (since a time)."""

    delivery = serializers.CharField(required=False)
    since = serializers.DateTimeField(required=False)


class Replayed(serializers.Serializer[Any]):
    replayed = serializers.IntegerField(help_text="How many messages are sent again.")


class NewSecret(serializers.Serializer[Any]):
    secret = serializers.CharField()
    previous_signs_until = serializers.DateTimeField(help_text="Until then messages carry two signatures.")


class TestSent(serializers.Serializer[Any]):
    delivery = serializers.CharField()


REFUSALS = (401, 403, 404, 406, 429)
UNSAFE = (400, *REFUSALS, 409, 415, 422)


def _reading(operation_id: str, summary: str, answer: Any, *more: OpenApiParameter, statuses: tuple[int, ...]) -> Any:
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        parameters=[*more, *counted(*statuses)],
        responses={(200, "application/json"): answer, **problems(*statuses)},
    )


def _unsafe(
    operation_id: str, summary: str, request: Any, status: int, answer: Any, *, key: OpenApiParameter | None = None
) -> Any:
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        parameters=[key or idempotency.PARAMETER, *counted(status, *UNSAFE)],
        request={"application/json": request} if request else None,
        responses={(status, "application/json") if answer else status: answer, **problems(*UNSAFE)},
    )


listing = _reading("webhooks", "Your webhooks", Webhooks, statuses=(401, 403, 406, 429))
one = _reading("webhook", "One webhook", Webhook, statuses=REFUSALS)
deliveries = _reading(
    "webhook_deliveries",
    "What was sent, and what you answered",
    Deliveries,
    OpenApiParameter("state", OpenApiTypes.STR, enum=DeliveryRow.State.values, description="Messages in this state."),
    OpenApiParameter("before", {"type": "integer", "minimum": 0}, description="Older than this; follow `next`."),
    statuses=(400, *REFUSALS),
)
create = _unsafe("webhook_create", "Set up a webhook", WebhookRequest, 201, NewWebhook)
change = _unsafe("webhook_change", "Switch a webhook on or off", WebhookChange, 200, Webhook)
delete = _unsafe("webhook_delete", "Delete a webhook", None, 204, None, key=idempotency.OPTIONAL_PARAMETER)
replay = _unsafe("webhook_replay", "Send messages again", ReplayRequest, 202, Replayed)
rotate = _unsafe("webhook_secret", "Rotate a webhook's secret", None, 201, NewSecret)
test = _unsafe("webhook_test", "Send a test message", None, 202, TestSent)
