"""No yes outlives its reason, and every fall was told, in whatever order people, world and worker act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from pytest_django.plugin import DjangoDbBlocker

from accounts import operations as who
from accounts.models import Notice
from fastlane.lanes import announcing, deciding, telling
from fastlane.lanes.models import LaneRequest
from fastlane.rulebook.models import Edition
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks.operations import Acting
from tests import builders
from tests.builders import NOW
from tests.fastlane.conftest import a_partner
from tests.fastlane.lanes.harbor import VALIDATED, an_edition, build
from tests.fastlane.lanes.request_machine import Stage, machine
from tests.world import QUICK_PASSWORDS, size

pytestmark = pytest.mark.django_db
SMALL = settings(
    max_examples=size(25, 1000),
    stateful_step_count=size(15, 40),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    phases=[Phase.generate],  # to make a failure smaller takes minutes; the blob brings it back for that
)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Begun once; each run is rolled back."""
    with django_db_blocker.unblock(), QUICK_PASSWORDS, transaction.atomic():
        with builders.system():
            quay = build()
            next_door = builders.a_user("Nina Next")
            other = who.open_account(
                company=builders.a_company(next_door, name="Next Pier"),
                entity_type="marine_port_terminal_operator", actor=next_door, at=NOW,
            )  # fmt: skip
            quay.stands(other, VALIDATED, at=NOW)
            systems = []
            for account, officer in ((quay.carrier, quay.agent), (quay.operator, quay.keeper), (other, next_door)):
                partner = a_partner(f"System of {account.number}")
                who.grant_consent(account=account, partner=partner.row, actor=officer, at=NOW, acts=True)
                webhooks.create(
                    partner=partner.row, url=f"https://{account.number.lower()}.example.org/hook",
                    actor=Acting.machine(partner.client_id), at=NOW,
                )  # fmt: skip
                systems.append(partner)
            runs = ("terminals", "W185", {"operator_account": quay.operator.number})
            closed = {"to": (NOW + timedelta(days=1)).date().isoformat()}
            editions = {
                "closed": [runs, ("approvals", "W185", closed)],
                "strict hours": [runs, ("settings", "eta_change_hours", {"value": "1"})],
                "handed over": [("terminals", "W185", {"operator_account": other.number})],
            }
            made = {name: an_edition(quay, name, edits, at=NOW) for name, edits in editions.items()}
            yield Stage(quay, tuple(systems), made | {"open": Edition.objects.get(name="operators")})
        transaction.set_rollback(True)


def test_no_yes_outlives_its_reason_and_every_fall_is_told(stage: Stage) -> None:
    seen: Counter[str] = Counter()
    run_state_machine_as_test(machine(stage, seen), settings=SMALL)
    print(dict(seen))
    # The runs do reach what they are about.
    assert seen["falls"] > 20
    assert seen["terminals told"] > 5
    assert seen["yes read"] > 30
    assert {"void", "approved"} <= seen.keys()


@contextmanager
def a_run(stage: Stage, seen: Counter[str]) -> Iterator[Any]:
    """A run whose steps the test takes itself; it begins with an approval."""
    run = machine(stage, seen)()
    try:
        run.begin(voyage="118E")
        run.work()
        assert LaneRequest.objects.get().status == "approved"
        yield run
    finally:
        run.teardown()


def suspend(run: Any, *, lazy: bool = False) -> None:
    run.lazy = lazy
    run.change_standing(whose="carrier", to="suspended")


def test_what_the_controls_do_goes_through_when_all_is_well(stage: Stage) -> None:
    seen: Counter[str] = Counter()
    with a_run(stage, seen) as run:
        suspend(run, lazy=True)
        run.what_a_partner_reads_is_true()
        assert LaneRequest.objects.get().status == "approved"  # the worker has not come yet
        run.worker(lazy=False)
        assert LaneRequest.objects.get().status == "void"
    assert seen["terminals told"] == seen["falls"] > 0


def test_an_approval_that_falls_to_a_person_late_is_overdue_at_once(stage: Stage) -> None:
    """Twelve hours before arrival it was decided in time, and five hours later it is not any more."""
    seen: Counter[str] = Counter()
    with a_run(stage, seen) as run:
        for _ in range(7):
            run.time_passes(hours=16, fresh=True)
        assert LaneRequest.objects.get().status == "approved"
        run.tell_fact(fact="targeting__high_risk_bills", good=False)
        row = LaneRequest.objects.get()
        assert (row.status, row.eta - run.at < timedelta(hours=12)) == ("manual_review", True)
        assert seen["overdue"] == 1
        notices = Notice.objects.filter(user=stage.quay.supervisor, kind="lane.overdue")
        assert notices.count() == 1
        run.tell_fact(fact="targeting__high_risk_bills", good=False)  # the same again is no news
        assert notices.count() == 1


def test_a_change_that_nobody_follows_is_noticed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "recheck", lambda *_args, **_more: False)
    with a_run(stage, Counter()) as run, pytest.raises(AssertionError, match="against"):
        suspend(run)


def test_a_fall_that_nobody_tells_is_noticed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "announce", lambda *_args, **_more: 0)
    with a_run(stage, Counter()) as run, pytest.raises(AssertionError, match="heard nothing"):
        suspend(run)


def test_a_yes_read_without_asking_anew_is_noticed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    class Asking:
        """For the reader every yes holds."""

        YES = deciding.YES
        answer = staticmethod(deciding.answer)
        still_yes = staticmethod(lambda row, decision, gathered: True)

    monkeypatch.setattr(telling, "deciding", Asking)
    with a_run(stage, Counter()) as run:
        suspend(run, lazy=True)
        with pytest.raises(AssertionError, match="a partner reads a yes"):
            run.what_a_partner_reads_is_true()


def test_the_stage_leaves_nothing_behind(stage: Stage) -> None:
    with builders.system():
        assert not LaneRequest.objects.exists()
