"""The partner console's pages about webhooks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.models import PartnerClient
from accounts.refusals import Refused
from fastlane.console import access
from fastlane.console.forms import WebhookForm
from fastlane.webhooks import operations, queries
from fastlane.webhooks.models import Delivery, Endpoint
from fastlane.webhooks.operations import Acting


def webhooks(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    row = access.client_of(request, pk)
    context = {"partner": row, "endpoints": queries.endpoints(row.client_id)}
    return render(request, "fastlane/console/webhooks.html", context)


def new(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    row = access.client_of(request, pk)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = operations.create(
                partner=row, actor=Acting.person(request.user), at=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            access.show_once(request, secret)
            return redirect("partner_webhook", pk, endpoint.key)
    return render(request, "fastlane/console/webhook_new.html", {"partner": row, "form": form})


def webhook(request: AuthenticatedRequest, pk: int, key: uuid.UUID) -> HttpResponse:
    """One webhook with its deliveries, newest first (?state=, ?before=)."""
    row, endpoint = _found(request, pk, key)
    state = request.GET.get("state", "")
    state = state if state in Delivery.State.values else ""
    before = request.GET.get("before", "")
    before_pk = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = queries.deliveries(endpoint, state=state, before=before_pk, limit=queries.PAGE + 1)
    shown = found[: queries.PAGE]
    context = {
        "partner": row,
        "endpoint": endpoint,
        "secret": access.shown_once(request),
        "deliveries": [(one, queries.delivery_json(one), list(one.tries.all())) for one in shown],
        "older": shown[-1].pk if len(found) > queries.PAGE else None,
        "state": state,
        "states": Delivery.State.values,
    }
    response = render(request, "fastlane/console/webhook.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def rotate(request: AuthenticatedRequest, pk: int, key: uuid.UUID) -> HttpResponse:
    _row, endpoint = _found(request, pk, key)
    secret, _until = operations.rotate(endpoint=endpoint, actor=Acting.person(request.user), at=timezone.now())
    access.show_once(request, secret)
    return redirect("partner_webhook", pk, key)


def act(request: AuthenticatedRequest, pk: int, key: uuid.UUID, action: str) -> HttpResponse:
    """Test, replay, switch on or off, delete."""
    _row, endpoint = _found(request, pk, key)
    if action not in ACTIONS:
        raise Http404
    try:
        messages.success(request, ACTIONS[action](request, endpoint))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("partner_webhooks", pk) if action == "delete" else redirect("partner_webhook", pk, key)


def _test(request: AuthenticatedRequest, endpoint: Endpoint) -> str:
    operations.send_test(endpoint=endpoint, actor=Acting.person(request.user), at=timezone.now())
    return _("A test message is on its way. Open this page again in a moment to see your answer.")


def _replay(request: AuthenticatedRequest, endpoint: Endpoint) -> str:
    """The message that the form names, or all that failed."""
    word = request.POST.get("delivery", "")
    try:
        delivery = uuid.UUID(word) if word else None
    except ValueError as error:
        raise Http404 from error
    count = operations.replay(
        endpoint=endpoint, delivery=delivery, actor=Acting.person(request.user), at=timezone.now()
    )
    return _("Messages that are sent again: %(count)s.") % {"count": count}


def _switch(on: bool) -> Callable[[AuthenticatedRequest, Endpoint], str]:
    def run(request: AuthenticatedRequest, endpoint: Endpoint) -> str:
        operations.switch(endpoint=endpoint, on=on, actor=Acting.person(request.user), at=timezone.now())
        return _("The webhook is on. Replay what is listed as failed.") if on else _("The webhook is off.")

    return run


def _delete(request: AuthenticatedRequest, endpoint: Endpoint) -> str:
    operations.end(endpoint=endpoint, actor=Acting.person(request.user), at=timezone.now())
    return _("The webhook is deleted. Nothing is sent there any more.")


ACTIONS: Mapping[str, Callable[[AuthenticatedRequest, Endpoint], str]] = {
    "test": _test, "replay": _replay, "on": _switch(True), "off": _switch(False), "delete": _delete,
}  # fmt: skip


def _found(request: AuthenticatedRequest, pk: int, key: uuid.UUID) -> tuple[PartnerClient, Endpoint]:
    row = access.client_of(request, pk)
    endpoint = queries.endpoint(row.client_id, key)
    if endpoint is None:
        raise Http404
    return row, endpoint
