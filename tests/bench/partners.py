"""The partner platform: eligibility, status list, feed and webhook lag, and one client that asks far too often."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
from allauth.idp.oidc.models import Client, Token
from celery import current_app
from django.utils import timezone

from accounts import tenancy
from accounts.models import Account, PartnerClient
from fastlane.feed import operations as feed
from fastlane.scopes import SCOPES
from fastlane.status_list import codes, operations
from fastlane.status_list.models import PublishedList
from fastlane.webhooks import operations as webhooks
from tests.bench import build, load, polling, world
from tests.bench.rows import Line, row
from tests.bench.working import effects_left, until
from tests.bench.world import World
from trusted_trader.standing import operations as standings
from trusted_trader.standing.operations import NewStanding

MEMBERS = 1_000_000
LIST = 900  # of the bench alone


def eligibility_request(number: str, token: str, *headers: str) -> str:
    lines = [f"GET /api/v1/eligibility?lane=aqua&scheme=account&value={number}&port=2704 HTTP/1.1", "Host: localhost",
             f"Authorization: Bearer {token}", *headers]  # fmt: skip
    return "\r\n".join([*lines, "", ""])


@row("eligibility")
def eligibility(bench: World) -> Iterator[Line]:
    with world.portal() as port:
        for _name, ask in (("member poll", polling.request), ("eligibility", eligibility_request)):
            load.run(load.Plan(port, [ask(number, bench.token) for number in bench.members], 3))
        polled = load.run(load.Plan(port, [polling.request(n, bench.token) for n in bench.members], bench.seconds))
        asked = load.run(load.Plan(port, [eligibility_request(n, bench.token) for n in bench.members], bench.seconds))
    assert set(polled.statuses) == set(asked.statuses) == {"200"}, (polled.statuses, asked.statuses)
    ratio = polled.per_second / asked.per_second
    yield Line(
        "eligibility with rules, signed 200",
        f"{asked.per_second:,.0f}/s, the member poll {polled.per_second:,.0f}/s: {ratio:.2f} x the time",
        "within 2 x the member poll",
        ratio <= 2,
    )


@row("status_list")
def status_list(bench: World) -> Iterator[Line]:
    """A million places come by COPY's own speed; how one is written by an operation is the tests' matter."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("set session_replication_role = replica")  # no account stands behind these places
        owner.execute(
            "insert into fastlane_slot (company_id, account_id, number, index, code)"
            " select 1, 100000000 + i, %s, i, case when random() < 0.95 then 0 when random() < 0.5 then 1 else 2 end"
            " from generate_series(0, %s) i order by random()",
            [LIST, MEMBERS - 1],
        )
        owner.execute("analyze fastlane_slot")
    now = timezone.now()
    with tenancy.enter(tenancy.Scope.SYSTEM):
        published = PublishedList(number=LIST, codes="", token="", etag="", built_at=now, signed_at=now)
        took = []
        for _ in range(3):
            began = time.monotonic()
            operations.build(published, at=now)
            took.append(time.monotonic() - began)
    size = len(published.codes) * 3 // 4
    yield Line(
        f"status list of {MEMBERS:,} members, read, packed, signed and kept",
        f"{min(took):.2f} s at best of 3, {max(took):.2f} s at worst", "2 s", min(took) <= 2,
    )  # fmt: skip
    yield Line(
        f"… its size with {codes.BITS} bits and 5 % not good",
        f"{size / 1000:.0f} kB compressed, {len(published.token) / 1000:.0f} kB as a signed token",
        "125 kB",
        size <= 125_000,
    )
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute("delete from fastlane_slot where number = %s", [LIST])
        owner.execute("delete from fastlane_publishedlist where number = %s", [LIST])


@contextmanager
def a_worker() -> Iterator[None]:
    """The portal's own worker, as `make run` starts it."""
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-B", "-c", "2", "-l", "error",
               "-Q", "celery,heartbeat", "-s", str(world.FOLDER / "beat")]  # fmt: skip
    child = subprocess.Popen(
        command, cwd=world.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    )
    try:
        until(lambda: current_app.control.ping(timeout=0.5), 120)
        until(lambda: effects_left() == 0, 300)  # what earlier rows have left to do
        yield
    finally:
        child.terminate()
        child.wait(30)


@contextmanager
def a_receiver(seen: dict[tuple[str, int], float]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]
            seen.setdefault((data["account"], data["position"]), time.time())
            self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


@row("told")
def told(bench: World) -> Iterator[Line]:
    """From the commit of a standing to its place in the feed and to the partner's receiver, at a steady rate."""
    rate, count = (100, 3000) if bench.full else (20, 200)
    arrived: dict[tuple[str, int], float] = {}
    partner = PartnerClient.objects.get(organisation="Bench")
    with a_receiver(arrived) as url, a_worker():
        endpoint, _ = webhooks.create(
            partner=partner, url=url, types=["standing.changed"], actor=webhooks.Acting.machine("bench"),
            at=timezone.now(),
        )  # fmt: skip
        with tenancy.enter(tenancy.Scope.SYSTEM):
            before = feed.last_position(partner)
        committed = _change(bench.members, rate=rate, count=count)
        entered = _entered(partner, count, after=before, until=time.monotonic() + 60)
        until = time.monotonic() + 60
        while len(arrived) < count and time.monotonic() < until:
            time.sleep(0.1)
        webhooks.end(endpoint=endpoint, actor=webhooks.Acting.machine("bench"), at=timezone.now())
    feed_lag = _lags(committed, {key: at for key, (at, _position) in entered.items()})
    hook_lag = _lags(committed, {key: arrived[key[0], position] for key, (_, position) in entered.items()
                                 if (key[0], position) in arrived})  # fmt: skip
    for name, lags in (("the change feed", feed_lag), ("a webhook's receiver", hook_lag)):
        p50, p99 = statistics.median(lags), sorted(lags)[int(len(lags) * 0.99)]
        yield Line(
            f"a change is in {name}, {rate} a second",
            f"{len(lags)} of {count}: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms after the commit",
            "1 s, none lost" if name != "the change feed" else "none lost",
            len(lags) == count and (p50 <= 1 or name == "the change feed"),
        )


def _change(members: list[str], *, rate: int, count: int) -> dict[tuple[str, int], float]:
    """Change standings at this rate; returns when the nth change of each account was committed."""
    committed: dict[tuple[str, int], float] = {}
    turns: dict[str, int] = {}
    begun = time.monotonic()
    for number in range(count):
        wait = begun + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        who = members[number % len(members)]
        turns[who] = turns.get(who, 0) + 1
        with tenancy.enter(tenancy.Scope.SYSTEM):
            account = Account.objects.get(number=who)
            new = NewStanding("certified", 1 + turns[who] % 3, "good")
            standings.set_standing(account=account, new=new, actor=None, at=timezone.now(), because="Bench.")
        committed[who, turns[who]] = time.time()
    return committed


def _entered(
    partner: PartnerClient, count: int, *, after: int, until: float
) -> dict[tuple[str, int], tuple[float, int]]:
    """When the nth change of each account was entered after a position, and at which one."""
    while True:
        with tenancy.enter(tenancy.Scope.SYSTEM):
            rows = list(partner.changes.filter(kind="standing.changed", position__gt=after)
                        .order_by("position").values_list("number", "at", "position"))  # fmt: skip
        if len(rows) >= count or time.monotonic() > until:
            break
        time.sleep(0.2)
    turns: dict[str, int] = {}
    found = {}
    for number, at, position in rows:
        turns[number] = turns.get(number, 0) + 1
        found[number, turns[number]] = (at.timestamp(), position)
    return found


def _lags(began: dict[tuple[str, int], float], ended: dict[tuple[str, int], float]) -> list[float]:
    return [max(ended[key] - began[key], 0.0) for key in began if key in ended]


@row("fair")
def fair(bench: World) -> Iterator[Line]:
    """A client sends twenty times its quota and more, as fast as it can; what does another one notice?"""
    quota = 600
    greedy = _a_client("Bench, greedy", quota, bench.members)
    modest = [polling.request(number, bench.token) for number in bench.members]
    flood = [polling.request(number, greedy) for number in bench.members]
    with world.portal() as port:
        load.run(load.Plan(port, modest, 3))
        alone = load.run(load.Plan(port, modest, bench.seconds, rate=200))
        flooding = threading.Thread(
            target=load.run, args=(load.Plan(port, flood, bench.seconds + 2, connections=4, rate=20 * quota / 60),)
        )
        flooding.start()
        time.sleep(1)
        beside = load.run(load.Plan(port, modest, bench.seconds, rate=200))
        flooding.join()
    assert set(beside.statuses) == {"200"}, beside.statuses
    ratio = beside.p99_ms / alone.p99_ms
    yield Line(
        "others beside a client that sends 20 x its quota",
        f"p99 {alone.p99_ms:.1f} ms alone, {beside.p99_ms:.1f} ms beside it: {ratio:.1f} x",
        "at most doubled",
        ratio <= 2,
    )


def _a_client(name: str, quota: int, members: list[str]) -> str:
    client = Client(name=name, type=Client.Type.CONFIDENTIAL)
    client.set_scopes(list(SCOPES))
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    client.save()
    value = f"token of {name}".replace(" ", "-")
    token = Token(client=client, type=Token.Type.ACCESS_TOKEN, expires_at=timezone.now() + timedelta(days=1))
    token.set_value(value)
    token.set_scopes(list(SCOPES))
    token.save()
    partner = PartnerClient.objects.create(client=client, organisation=name, quota_per_minute=quota)
    with tenancy.enter(tenancy.Scope.SYSTEM):
        for number in members:
            account = Account.objects.select_related("company").get(number=number)
            officer = account.consents.select_related("granted_by").earliest("pk").granted_by
            build.who.grant_consent(account=account, partner=partner, actor=officer, at=timezone.now())
    return value
