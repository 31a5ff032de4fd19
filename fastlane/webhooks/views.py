"""The calls about webhooks."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.models import PartnerClient
from accounts.refusals import Refused
from fastlane.publishing import idempotency, members, problems, reading
from fastlane.publishing.views import PartnerView, calling
from fastlane.webhooks import addresses, describing, operations, queries
from fastlane.webhooks.models import Delivery, Endpoint
from fastlane.webhooks.operations import Acting

NO_STORE = {"Cache-Control": "no-store"}


class WebhookView(PartnerView):
    """A call about the client's own webhooks; another client's are the same 404 as none."""

    def endpoint(self, request: Request, key: uuid.UUID) -> Endpoint:
        found = queries.endpoint(calling(request).client_id, key)
        if found is None:
            raise NotFound
        return found

    def acting(self, request: Request) -> Acting:
        return Acting.machine(calling(request).client_id)


class WebhooksView(WebhookView):
    route = "api:webhooks"

    http_method_names = ["get", "head", "post"]

    @describing.listing
    def get(self, request: Request) -> HttpResponse:
        rows = queries.endpoints(calling(request).client_id)
        return answer({"webhooks": [queries.endpoint_json(row) for row in rows], "next": None})

    @describing.create
    @idempotency.once
    def post(self, request: Request) -> HttpResponse:
        fields = reading.document(request, ("url", "description", "types"))
        types = fields.get("types", [])
        if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
            raise problems.WrongValue("/types", "list", "Give a list of kinds, or leave it out for all.")
        partner = PartnerClient.objects.get(client_id=calling(request).client_id)
        try:
            row, secret = operations.create(
                partner=partner,
                url=reading.text(fields, "url", longest=addresses.LONGEST_URL, needed=True),
                description=reading.text(fields, "description", longest=200),
                types=types,
                actor=self.acting(request),
                at=timezone.now(),
            )
        except Refused as refused:
            raise refusal(refused) from refused
        where = {"Location": reverse("api:webhook", args=[row.key])}
        return answer(queries.endpoint_json(row) | {"secret": secret}, status=201, headers=where)


class OneWebhookView(WebhookView):
    route = "api:webhook"

    http_method_names = ["get", "head", "patch", "delete"]

    @describing.one
    def get(self, request: Request, key: uuid.UUID) -> HttpResponse:
        return answer(queries.endpoint_json(self.endpoint(request, key)))

    @describing.change
    @idempotency.once
    def patch(self, request: Request, key: uuid.UUID) -> HttpResponse:
        row = self.endpoint(request, key)
        on = reading.flag(reading.document(request, ("active",)), "active")
        row = operations.switch(endpoint=row, on=on, actor=self.acting(request), at=timezone.now())
        return answer(queries.endpoint_json(row))

    @describing.delete
    @idempotency.once_if_asked
    def delete(self, request: Request, key: uuid.UUID) -> HttpResponse:
        operations.end(endpoint=self.endpoint(request, key), actor=self.acting(request), at=timezone.now())
        response = HttpResponse(status=204, headers=NO_STORE)
        del response.headers["Content-Type"]
        return response


class DeliveriesView(WebhookView):
    route = "api:deliveries"

    http_method_names = ["get", "head"]

    @describing.deliveries
    def get(self, request: Request, key: uuid.UUID) -> HttpResponse:
        row = self.endpoint(request, key)
        state = request.query_params.get("state", "")
        if state and state not in Delivery.State.values:
            raise problems.WrongValue("/state", "choice", f"Choose one of: {', '.join(Delivery.State.values)}.")
        before = request.query_params.get("before")
        if before is not None and not (before.isascii() and before.isdigit() and len(before) < 19):
            raise problems.WrongValue("/before", "number", "Follow `next`, or leave it out.")
        found = queries.deliveries(row, state=state, before=int(before) if before else None, limit=queries.PAGE + 1)
        shown = found[: queries.PAGE]
        following = None
        if len(found) > queries.PAGE:
            kept = f"&state={state}" if state else ""
            following = f"{settings.PUBLIC_URL}{request.path}?before={shown[-1].pk}{kept}"
        return answer({"deliveries": [queries.delivery_json(one) for one in shown], "next": following})


class ReplayView(WebhookView):
    route = "api:replay"

    http_method_names = ["post"]

    @describing.replay
    @idempotency.once
    def post(self, request: Request, key: uuid.UUID) -> HttpResponse:
        row = self.endpoint(request, key)
        fields = reading.document(request, ("delivery", "since"))
        now = timezone.now()
        try:
            count = operations.replay(
                endpoint=row,
                delivery=_message(fields),
                since=_since(fields, now),
                actor=self.acting(request),
                at=now,
            )
        except Refused as refused:
            raise refusal(refused) from refused
        if "delivery" in fields and not count:
            raise problems.WrongValue("/delivery", "unknown", "There is no such message, or it still waits to be sent.")
        return answer({"replayed": count}, status=202)


class SecretView(WebhookView):
    route = "api:webhook_secret"

    http_method_names = ["post"]

    @describing.rotate
    @idempotency.once
    def post(self, request: Request, key: uuid.UUID) -> HttpResponse:
        row = self.endpoint(request, key)
        secret, until = operations.rotate(endpoint=row, actor=self.acting(request), at=timezone.now())
        return answer({"secret": secret, "previous_signs_until": members.moment(until)}, status=201)


class TestView(WebhookView):
    route = "api:webhook_test"

    http_method_names = ["post"]

    @describing.test
    @idempotency.once
    def post(self, request: Request, key: uuid.UUID) -> HttpResponse:
        row = self.endpoint(request, key)
        try:
            sent = operations.send_test(endpoint=row, actor=self.acting(request), at=timezone.now())
        except Refused as refused:
            raise refusal(refused) from refused
        return answer({"delivery": queries.message_id(sent)}, status=202)


def answer(content: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse(content, status=status, headers=NO_STORE | (headers or {}))


def refusal(refused: Refused) -> Exception:
    """An operation's no as a problem: a wrong value, or a state that doesn't allow it."""
    if refused.field:
        return problems.WrongValue(f"/{refused.field}", refused.code, str(refused))
    return problems.Refusal("conflict", str(refused))


def _message(fields: dict[str, Any]) -> uuid.UUID | None:
    if "delivery" not in fields:
        return None
    word = reading.text(fields, "delivery", longest=40, needed=True).removeprefix("msg_")
    try:
        return uuid.UUID(word)
    except ValueError as error:
        raise problems.WrongValue("/delivery", "id", "Give the id of a message as the list tells it.") from error


def _since(fields: dict[str, Any], now: datetime) -> datetime | None:
    if "since" not in fields:
        return None
    try:
        return members.parse_at(reading.text(fields, "since", longest=40), now=now)
    except members.WrongTime as wrong:
        raise problems.WrongValue("/since", "time", str(wrong)) from wrong
