"""A partner with a webhook that leads to a real receiver on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts import tenancy
from fastlane.webhooks import operations, sending
from fastlane.webhooks.models import Delivery, Endpoint
from fastlane.webhooks.operations import Acting
from tests.fastlane.conftest import Partner
from tests.fastlane.webhooks.receiver import Receiver, a_receiver

LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as found:
        yield found


@pytest.fixture
def loopback(settings: Settings) -> None:
    settings.WEBHOOK_LOCAL_NETWORKS = LOOPBACK


@pytest.fixture
def hook(partner: Partner, receiver: Receiver, loopback: None) -> tuple[Endpoint, str]:
    """The endpoint with its secret."""
    return operations.create(
        partner=partner.row, url=receiver.url, actor=Acting.machine(partner.client_id), at=timezone.now()
    )


def announce(endpoint: Endpoint, lane: str, about: int, *, at: datetime | None = None) -> None:
    operations.announce(
        [endpoint.partner_id],
        "standing.changed",
        lane=lane,
        about=f"{lane}:{about}",
        data={"account": lane, "position": about},
        at=at or timezone.now(),
    )


class Clock:
    """Time that goes on only as it is told to."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def run(self, endpoint: Endpoint, *, until: datetime, then: Callable[[], object] = lambda: None) -> int:
        """Send whenever something is due, from now until then. Returns how many arrived."""
        arrived = sending.drain(endpoint.pk, clock=self, patience=1.0)
        while (due := next_due(endpoint)) is not None and due <= until:
            self.now = max(due, self.now + timedelta(milliseconds=1))
            then()
            arrived += sending.drain(endpoint.pk, clock=self, patience=1.0)
        self.now = max(self.now, until)
        return arrived


def next_due(endpoint: Endpoint) -> datetime | None:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        row = Endpoint.objects.get(pk=endpoint.pk)
        heads: dict[str, datetime] = {}
        for lane, due_at in (
            Delivery.objects.filter(endpoint=row, state="pending").order_by("pk").values_list("lane", "due_at")
        ):
            heads.setdefault(lane, due_at)
    if not heads or not row.is_active:
        return None
    return max(min(heads.values()), row.rests_until) if row.rests_until else min(heads.values())


def states(endpoint: Endpoint) -> dict[str, int]:
    with tenancy.enter(tenancy.Scope.SYSTEM):
        found: dict[str, int] = {}
        for state in Delivery.objects.filter(endpoint=endpoint).values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
        return found
