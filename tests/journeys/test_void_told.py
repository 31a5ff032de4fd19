"""A carrier is suspended: real web, worker and receiver; the terminal's system hears that the approval is void."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from accounts import operations as who
from fastlane.lanes import announcing
from fastlane.lanes.models import LaneRequest
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks.operations import Acting
from tests import builders
from tests.fastlane.conftest import a_partner
from tests.fastlane.lanes.harbor import SUSPENDED, Harbor, build
from tests.fastlane.webhooks.receiver import Receiver, a_receiver
from tests.journeys.conftest import Running

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
LONGEST = 120  # seconds until the test gives up: the worker may still have other journeys' work to do. Promised is one


def site_log() -> str:
    return (Path(os.environ["PORTAL_LOCAL"]) / "site.log").read_text()[-3000:]


def heard(receiver: Receiver, count: int) -> float:
    """Wait for so many messages; how long that took in seconds."""
    began = time.monotonic()
    while len(receiver.got) < count:
        assert time.monotonic() - began < LONGEST, f"{len(receiver.got)} of {count} messages came\n{site_log()}"
        time.sleep(0.01)
    return time.monotonic() - began


def test_the_terminals_system_hears_of_the_void(running: Running, settings: object) -> None:
    settings.WEBHOOK_LOCAL_NETWORKS = ["127.0.0.0/8"]  # type: ignore[attr-defined]
    with a_receiver() as receiver:
        with builders.system():
            quay: Harbor = build()
            partner = a_partner("Gate System")
            at = timezone.now()
            who.grant_consent(account=quay.operator, partner=partner.row, actor=quay.keeper, at=at, acts=True)
            _endpoint, secret = webhooks.create(
                partner=partner.row, url=receiver.url, actor=Acting.machine(partner.client_id), at=at,
                types=[announcing.CHANGED],
            )  # fmt: skip
            row = quay.file(at=at, eta=at + timedelta(days=5))
            assert row.status == "approved", row.decisions.latest("pk").rules
        heard(receiver, 1)
        with builders.system():
            quay.stands(quay.carrier, SUSPENDED, at=timezone.now())
        took = heard(receiver, 2)
    print(f"\nthe terminal's system heard of the void after {took * 1000:.0f} ms")
    told = [Webhook(secret).verify(got.body, got.headers)["data"] for got in receiver.got]
    assert [(data["request"], data["status"]) for data in told] == [(row.reference, s) for s in ("approved", "void")]
    with builders.system():
        assert LaneRequest.objects.get(pk=row.pk).status == "void"
