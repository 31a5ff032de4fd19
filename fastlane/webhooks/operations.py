"""Writes about webhooks: set up, take away, rotate the secret, test, replay, and announce what has happened.

Callers have found the endpoint under their own tenancy; what is written here is written as the portal.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.utils.translation import gettext as _

from accounts import effects, events, secrecy, tenancy
from accounts.models import PartnerClient, User
from accounts.refusals import Refused
from fastlane.feed.models import Change
from fastlane.publishing.members import moment
from fastlane.webhooks import addresses, sending, signing
from fastlane.webhooks.closing import client_subject
from fastlane.webhooks.models import Delivery, Endpoint, EndpointSecret

MOST_ENDPOINTS = 10
OVERLAP = timedelta(hours=24)
TEST = "webhook.test"
# What can be announced; stories add the kinds of theirs with `kind`.
KINDS: dict[str, str] = {
    Change.Kind.STANDING: "The standing of a member has changed.",
    Change.Kind.GIVEN: "A member has consented to be seen by you.",
    Change.Kind.ENDED: "A member has taken its consent back.",
    TEST: "A test that you asked for.",
}


def kind(name: str, what: str) -> str:
    """Make a kind of message known; returns its name."""
    KINDS[name] = what
    return name


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts for a client: a person who looks after it, or the client itself."""

    pk: Any
    kind: str  # "user" or "client"

    @classmethod
    def person(cls, user: User) -> Acting:
        return cls(user.pk, "user")

    @classmethod
    def machine(cls, client_id: str) -> Acting:
        return cls(client_id, "client")


def _as_portal[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with tenancy.enter(tenancy.Scope.SYSTEM):
            return function(*args, **kwargs)

    return run


@_as_portal
def create(
    *, partner: PartnerClient, url: str, actor: Acting, at: datetime, description: str = "", types: Iterable[str] = ()
) -> tuple[Endpoint, str]:
    """Set up an endpoint. Returns it with its secret, which is shown this once. Raises Refused."""
    PartnerClient.objects.select_for_update().get(pk=partner.pk)
    check_url(url)
    wanted = sorted(set(types))
    if unknown := [name for name in wanted if name not in KINDS]:
        raise Refused(_("There is no message of the kind %(name)s.") % {"name": unknown[0]}, field="types")
    if Endpoint.objects.filter(partner=partner, ended_at=None).count() >= MOST_ENDPOINTS:
        raise Refused(
            _("You have %(most)s webhooks already. Delete one first.") % {"most": MOST_ENDPOINTS}, code="most"
        )
    endpoint = Endpoint(partner=partner, url=url, description=description, types=wanted, created_at=at)
    endpoint.save()
    _record(endpoint, "webhook.create", actor, at, events.created(endpoint, "url", "types"))
    return endpoint, _new_secret(endpoint, at)


def check_url(url: str) -> None:
    """Raise Refused when this can't be called, as far as the URL alone tells; the socket is checked as it opens."""
    try:
        target = addresses.parse(url)
        if not target.secure and not list(addresses.local_networks()):
            raise addresses.Forbidden(_("Write an address that begins with https://."))
    except addresses.Forbidden as forbidden:
        raise Refused(str(forbidden), field="url") from forbidden


@_as_portal
def end(*, endpoint: Endpoint, actor: Acting, at: datetime) -> None:
    """Take an endpoint away. What was sent stays listed; nothing is sent any more."""
    row = Endpoint.objects.select_for_update().select_related("partner").get(pk=endpoint.pk)
    if row.ended_at:
        return
    changes = events.changed(row, ended_at=at, is_active=False)
    _record(row, "webhook.delete", actor, at, changes)
    row.save(update_fields=["ended_at", "is_active"])
    Delivery.objects.filter(endpoint=row, state=Delivery.State.PENDING).update(state=Delivery.State.FAILED)


@_as_portal
def switch(*, endpoint: Endpoint, on: bool, actor: Acting, at: datetime) -> Endpoint:
    """Switch an endpoint on or off. While it is off nothing is sent to it; the change feed holds everything."""
    row = Endpoint.objects.select_for_update().select_related("partner").get(pk=endpoint.pk)
    changes = events.changed(row, is_active=on, switched_off_at=None if on else at)
    if "is_active" in changes:
        _record(row, "webhook.switch_on" if on else "webhook.switch_off", actor, at, changes)
        row.failures, row.rests_until = 0, None
        row.save(update_fields=["is_active", "switched_off_at", "failures", "rests_until"])
    return row


@_as_portal
def rotate(*, endpoint: Endpoint, actor: Acting, at: datetime, overlap: timedelta = OVERLAP) -> tuple[str, datetime]:
    """A new secret, shown this once; the old one signs as well until the returned time."""
    row = Endpoint.objects.select_for_update().select_related("partner").get(pk=endpoint.pk)
    until = at + overlap
    row.secrets.filter(expires_at=None).update(expires_at=until)
    _record(row, "webhook.rotate", actor, at, {})
    return _new_secret(row, at), until


@_as_portal
def send_test(*, endpoint: Endpoint, actor: Acting, at: datetime) -> Delivery:
    """Send a message that says nothing, to see whether it arrives. Raises Refused when the endpoint is off."""
    if not endpoint.is_active:
        raise Refused(_("This webhook is switched off. Switch it on, then test it."), code="off")
    word = uuid.uuid4().hex
    body = _body(TEST, at, {"account": None, "position": None, "test": word})
    [row] = _queue([endpoint], TEST, lane=f"test:{word}", about=word, body=body, at=at)
    _record(endpoint, "webhook.test", actor, at, {})
    return row


@_as_portal
def replay(
    *,
    endpoint: Endpoint,
    actor: Acting,
    at: datetime,
    delivery: uuid.UUID | None = None,
    since: datetime | None = None,
) -> int:
    """Send again: one message, or all that failed (since a time). Same ids as before. Raises Refused when it is off."""
    row = Endpoint.objects.select_for_update().select_related("partner").get(pk=endpoint.pk)
    if not row.is_active:
        raise Refused(_("This webhook is switched off. Switch it on, then replay."), code="off")
    rows = Delivery.objects.filter(endpoint=row).exclude(state=Delivery.State.PENDING)
    if delivery is not None:
        rows = rows.filter(key=delivery)
    else:
        rows = rows.filter(state=Delivery.State.FAILED)
        rows = rows.filter(created_at__gte=since) if since else rows
    count = rows.update(
        state=Delivery.State.PENDING, due_at=at, tried_since=at, leased_until=None, delivered_at=None, attempts=0
    )
    if count:
        _record(row, "webhook.replay", actor, at, {"messages": {"old": None, "new": count}})
        effects.add(
            sending.SEND, f"endpoint:{row.pk}", f"replay {uuid.uuid4().hex}", at=at, payload={"endpoint": row.pk}
        )
    return count


@_as_portal
def announce(
    partners: Iterable[int], name: str, *, lane: str, about: str, data: Mapping[str, Any], at: datetime
) -> list[Delivery]:
    """Tell these clients' endpoints. Saying it twice (kind and `about`) is saying it once. Thin: `data` holds ids.

    Messages of one `lane` reach an endpoint in the order in which they were announced.
    """
    if name not in KINDS:
        raise KeyError(f"No such kind of message: {name!r}.")
    endpoints = Endpoint.objects.filter(partner_id__in=list(partners), is_active=True, ended_at=None)
    wanting = [endpoint for endpoint in endpoints if not endpoint.types or name in endpoint.types]
    return _queue(wanting, name, lane=lane, about=about, body=_body(name, at, data), at=at) if wanting else []


def announce_changes(changes: Iterable[Change], *, at: datetime) -> int:
    """Tell every client of what was just entered into its feed. Returns how many messages follow."""
    return sum(
        len(
            announce(
                [change.partner_id],
                change.kind,
                lane=change.number,
                about=f"change:{change.position}",
                data={"account": change.number, "position": change.position, "order": change.order},
                at=at,
            )
        )
        for change in changes
    )


def _body(name: str, at: datetime, data: Mapping[str, Any]) -> str:
    return json.dumps({"type": name, "timestamp": moment(at), "data": dict(data)}, separators=(",", ":"))


def _queue(
    endpoints: Iterable[Endpoint], name: str, *, lane: str, about: str, body: str, at: datetime
) -> list[Delivery]:
    made = []
    for endpoint in endpoints:
        row, fresh = Delivery.objects.get_or_create(
            endpoint=endpoint,
            type=name,
            about=about,
            defaults={"lane": lane, "body": body, "created_at": at, "tried_since": at, "due_at": at},
        )
        if fresh:
            effects.add(sending.SEND, f"endpoint:{endpoint.pk}", f"message {row.pk}", at=at,
                        payload={"endpoint": endpoint.pk})  # fmt: skip
            made.append(row)
    return made


def _new_secret(endpoint: Endpoint, at: datetime) -> str:
    secret = signing.new_secret()
    EndpointSecret.objects.create(endpoint=endpoint, sealed=secrecy.seal(secret), created_at=at)
    return secret


def _record(endpoint: Endpoint, operation: str, actor: Acting, at: datetime, changes: events.Changes) -> None:
    events.record(
        client_subject(endpoint.partner.client_id), operation, actor=actor, at=at, about=endpoint, changes=changes,
        actor_kind=actor.kind,
    )  # fmt: skip
