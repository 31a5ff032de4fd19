"""What the fast lane does when a standing, a consent or a number changes: remembered answers stop, partners are told.

Remembered answers are stopped twice. Right after the commit, so that pollers see a "no" within the second; and again by the effect, whose
retries outlast a process that dies or a Valkey that is away in between.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from accounts import effects, events, tenancy
from accounts.effects.models import Effect
from accounts.events.models import Event
from accounts.models import Account, Consent
from accounts.operations import CONSENT_CHANGED
from fastlane import history
from fastlane.feed import operations as feed
from fastlane.lanes import handlers as lanes
from fastlane.ledger import following as ledger
from fastlane.parcels import handlers as parcels
from fastlane.publishing import marks, sandbox, valkey
from fastlane.status_list import operations as status_list
from fastlane.webhooks import dispatch, sending
from fastlane.webhooks import operations as webhooks
from trusted_trader.standing.operations import CHANGED as STANDING_CHANGED

IDENTIFIER_EVENTS = frozenset({"identifier.set", "identifier.remove"})

log = logging.getLogger(__name__)


@effects.handler(STANDING_CHANGED)
def standing_changed(effect: Effect) -> str:
    account_id, now = account_of(effect), timezone.now()
    status_list.follow(account_id, at=now)
    marks.change(accounts=(account_id,))
    messages = webhooks.announce_changes(feed.standing_changed(account_id, at=now), at=now)
    return f"answers renewed, {messages} messages"


@effects.handler(CONSENT_CHANGED)
def consent_changed(effect: Effect) -> str:
    account_id, now = account_of(effect), timezone.now()
    if status_list.follow(account_id, at=now):
        # The account's place stands in its answers, so the marks are set once it is there for all to see.
        transaction.on_commit(partial(_change_now, Q(pk=account_id), sight=True))
    marks.change(accounts=(account_id,), clients=clients_of(account_id))
    entered = feed.consent_changed(int(effect.subject.removeprefix("consent:")), at=now)
    return f"sight renewed, {webhooks.announce_changes(entered, at=now)} messages"


@effects.handler(sandbox.CHANGED)
def made_up_standing_changed(effect: Effect) -> str:
    member, now = sandbox.of_effect(effect), timezone.now()
    marks.change(accounts=(-member.pk,))
    return f"{webhooks.announce_changes(feed.sandbox_changed(member, at=now), at=now)} messages"


@effects.handler(sending.SEND)
def send_messages(effect: Effect) -> str:
    # After the commit: while a socket waits for an answer, no transaction is open.
    transaction.on_commit(partial(dispatch.wake, int(effect.payload["endpoint"])))
    return "woken"


def account_of(effect: Effect) -> int:
    return int(effect.payload["account"])


def clients_of(account_id: int) -> tuple[str, ...]:
    """Every client that ever had the account's consent: what it sees may be another account now."""
    rows = Consent.objects.filter(account_id=account_id)
    return tuple(sorted(set(rows.values_list("partner__client_id", flat=True))))


@receiver(post_save, sender=Effect)
def at_commit(instance: Effect, created: bool, **_: Any) -> None:
    if created and instance.kind in {STANDING_CHANGED, CONSENT_CHANGED}:
        account = Q(pk=account_of(instance))
        transaction.on_commit(partial(_change_now, account, sight=instance.kind == CONSENT_CHANGED))


@receiver(post_save, sender=Event)
def at_commit_of_a_number(instance: Event, created: bool, **_: Any) -> None:
    """A number decides which account a client finds, so its change is one of sight, too."""
    if created and instance.operation in IDENTIFIER_EVENTS:
        account = Q(number=instance.subject.removeprefix(events.account_subject("")))
        transaction.on_commit(partial(_change_now, account, sight=True))


def _change_now(account: Q, *, sight: bool) -> None:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        account_id = Account.objects.values_list("pk", flat=True).get(account)
        clients = clients_of(account_id) if sight else ()
    try:
        marks.change(accounts=(account_id,), clients=clients)
    except valkey.Away:
        log.warning("valkey away: the effect will renew the answers of account %s", account_id)


__all__ = ["history", "lanes", "ledger", "parcels"]
