"""P19: Valkey goes away for half a minute under a load of submissions and saves; nothing fails, nothing waits long."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
import redis
from django.conf import settings

from accounts import effects
from accounts.effects.models import Effect
from accounts.effects.tasks import sweep
from portal import embedded
from tests import builders
from tests.proofs.house import sign_in
from tests.proofs.serving import a_site
from tests.world import QUICK_PASSWORDS, Firm, a_firm, size
from trusted_trader import agreement
from trusted_trader.application.models import Application

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

AWAY = size(30, 300)  # seconds
LONGEST = 2.0  # seconds that one request may take
SUBMISSIONS = size(6, 20)


@dataclass
class Load:
    """Officers at work: each saves an answer again and again; one after the other submits."""

    port: int
    firms: list[Firm]
    cookies: dict[int, str]
    ended: threading.Event = field(default_factory=threading.Event)
    took: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def post(self, firm: Firm, path: str, values: dict[str, str]) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        began = time.monotonic()
        csrf = "c" * 32
        connection.request(
            "POST", f"/accounts/{firm.account.number}/{path}", urlencode(values | {"csrfmiddlewaretoken": csrf}),
            {
                "Content-Type": "application/x-www-form-urlencoded", "Host": f"localhost:{self.port}",
                "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.cookies[firm.officer.pk]}; "
                f"{settings.CSRF_COOKIE_NAME}={csrf}",
            },
        )  # fmt: skip
        answer = connection.getresponse()
        where = answer.headers.get("Location", "")
        answer.read()
        connection.close()
        self.took.append(time.monotonic() - began)
        if answer.status not in {302, 200, 204} or "sign-in" in where:
            self.wrong.append(f"{path}: {answer.status} {where}")

    def save(self, firm: Firm) -> None:
        number = 0
        while not self.ended.is_set():
            number += 1
            values = {"what": "partner", "name": f"Osaka Fittings {number}", "kind": "supplier", "country": "JP"}
            self.post(firm, "apply/partners/", values | {"once": f"save {number}"})
            time.sleep(0.2)

    def submit(self, firms: list[Firm]) -> None:
        for firm in firms:
            sworn = agreement.current_statement().version
            self.post(firm, "check/", {"sworn_version": sworn, "sworn": "on", "once": f"submit {firm.account.number}"})
            time.sleep(AWAY / (len(firms) + 1))


@pytest.fixture
def firms() -> list[Firm]:
    with QUICK_PASSWORDS, builders.system():
        found = [a_firm(f"Fred Firm {number}") for number in range(SUBMISSIONS + 1)]
        for firm in found[1:]:
            builders.ready_to_submit(firm.officer, firm.account)
    return found


@dataclass(frozen=True)
class Broker:
    """A Valkey of this test's own: stopped in its tracks it takes calls and never answers, which is worse than gone."""

    url: str
    process: psutil.Process

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Not the run's own, which other tests are using at this moment."""
    (tmp_path / "log").mkdir()
    port, pid = embedded.start_valkey(tmp_path, "a-password")
    made = Broker(f"redis://:a-password@127.0.0.1:{port}/0", psutil.Process(pid))
    yield made
    made.thaw()
    embedded.end(made.process, signal.SIGTERM)


def test_half_a_minute_without_valkey_fails_nobody(firms: list[Firm], broker: Broker) -> None:
    cookies = {firm.officer.pk: sign_in(firm.officer).cookies[settings.SESSION_COOKIE_NAME].value for firm in firms}
    with a_site(threads=4, settings={"BROKER_URL": broker.url}) as address:
        port = urlsplit(address).port
        assert port
        load = Load(port, firms, cookies)
        for firm in firms[:4]:  # the workers have loaded what they need
            load.post(firm, "apply/partners/", {"what": "partner", "name": "Warm", "kind": "supplier", "country": "JP"})
        load.took.clear()
        saver = threading.Thread(target=load.save, args=(firms[0],))
        saver.start()
        time.sleep(5)
        usual = max(load.took)  # what the machine's other work costs is not the broker's doing
        load.took.clear()
        broker.freeze()
        began = time.monotonic()
        load.submit(firms[1:])
        away = time.monotonic() - began
        broker.thaw()
        load.ended.set()
        saver.join()
    with builders.system():
        submitted = Application.objects.filter(status="submitted").count()
    print(
        f"\n{away:.0f} s away: {len(load.took)} requests, {submitted} submitted, slowest {max(load.took):.2f} s "
        f"({usual:.2f} s before), {len(load.wrong)} wrong"
    )
    assert away >= AWAY * 0.8
    assert load.wrong == []
    assert submitted == SUBMISSIONS
    assert len(load.took) > AWAY
    assert max(load.took) <= LONGEST + usual
    backlog_done()


def backlog_done() -> None:
    """What the timer's sweep and the worker do once Valkey is back."""
    assert sweep() > 0
    until = time.monotonic() + 60
    while time.monotonic() < until and (due := effects.due()):
        for effect in due:
            effects.run(effect)
    with builders.system():
        left = Effect.objects.filter(
            done_at=None, cancelled_at=None, not_before__lte=builders.NOW + timedelta(days=365)
        )
        assert [(row.kind, row.last_error) for row in left if row.attempts] == []
        assert not effects.due()


def test_the_control_valkey_was_truly_away(broker: Broker) -> None:
    broker.freeze()
    with pytest.raises(redis.TimeoutError):
        redis.Redis.from_url(broker.url, socket_timeout=0.3).ping()
    broker.thaw()
    assert redis.Redis.from_url(broker.url, socket_timeout=5).ping()
