"""The poll of a member: 304 and signed 200 beside two references, and how soon a "no" is seen."""

from __future__ import annotations

import json
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil

from tests.bench import build, load, world
from tests.bench.rows import Line, row
from tests.bench.world import World

FLAME = world.ROOT / "docs" / "pictures" / "poll.svg"


def request(number: str, token: str, *headers: str) -> str:
    lines = [
        f"GET /api/v1/members/account/{number} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {token}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""])


def ask(port: int, number: str, token: str) -> tuple[str, dict[str, object]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(
        "GET", f"/api/v1/members/account/{number}", headers={"Authorization": f"Bearer {token}", "Host": "localhost"}
    )
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    return answer.headers.get("ETag", ""), content


@row("poll")
def poll(bench: World) -> Iterator[Line]:
    plain = [request(number, bench.token) for number in bench.members]
    # Each of the two references is measured alone, as the portal is.
    with world.drf() as port:
        load.run(load.Plan(port, plain, 2))
        drf = load.run(load.Plan(port, plain, bench.seconds))
    with world.starlette() as port:
        load.run(load.Plan(port, plain, 2))
        starlette = load.run(load.Plan(port, plain, bench.seconds))
    assert set(drf.statuses) == set(starlette.statuses) == {"200"}
    yield Line("reference: DRF, token row, one look-up", f"{drf.per_second:,.0f}/s, p99 {drf.p99_ms:.1f} ms")
    yield Line("reference: Starlette + asyncpg", f"{starlette.per_second:,.0f}/s, p99 {starlette.p99_ms:.1f} ms")
    with world.bare() as port:
        control = load.run(load.Plan(port, plain, bench.seconds, rate=1000))
    yield Line("control: a bare reply at 1,000/s", f"p50 {control.p50_ms:.1f} ms, p99 {control.p99_ms:.1f} ms")
    with world.portal() as port:
        etags = {number: ask(port, number, bench.token)[0] for number in bench.members}
        unchanged = [request(n, bench.token, f"If-None-Match: {etag}") for n, etag in etags.items()]
        load.run(load.Plan(port, plain + unchanged, 3))
        yield from _polled(port, "304", unchanged, bench, [("DRF", drf, 5.0)], 10)
        yield from _polled(port, "signed 200", plain, bench, [("DRF", drf, 3.0), ("Starlette", starlette, 0.5)], 20)


def _polled(
    port: int, name: str, requests: list[str], bench: World, against: list[tuple[str, load.Seen, float]], p99_ms: float
) -> Iterator[Line]:
    seen = load.run(load.Plan(port, requests, bench.seconds))
    assert set(seen.statuses) == {name[-3:]}, seen.statuses
    for reference, other, factor in against:
        ratio = seen.per_second / other.per_second
        yield Line(
            f"member poll, {name}",
            f"{seen.per_second:,.0f}/s = {ratio:.1f} x {reference}",
            f"{factor:g} x {reference}",
            ratio >= factor,
        )
    paced = load.run(load.Plan(port, requests, bench.seconds, rate=1000))
    yield Line(
        f"member poll, {name}, at 1,000/s",
        f"p50 {paced.p50_ms:.1f} ms, p99 {paced.p99_ms:.1f} ms",
        f"p99 {p99_ms:g} ms",
        paced.p99_ms <= p99_ms,
    )


@row("curve")
def curve(bench: World) -> Iterator[Line]:
    """The poll with 10 and 1,000 times the members: what nobody has asked for yet, and what is asked again."""
    last: list[str] = []
    for factor in (1, 10, 1000):
        last = last + build.more_members(bench.members[0], len(bench.members) * factor - len(last))
        asked = random.Random(7).sample(last, min(len(last), 500))
        with world.portal() as port:
            load.run(load.Plan(port, [request(number, bench.token) for number in bench.members], 2))
            took = []
            for number in asked:
                began = time.perf_counter()
                assert ask(port, number, bench.token)[1]["status"] == "good"
                took.append(time.perf_counter() - began)
            again = load.run(load.Plan(port, [request(number, bench.token) for number in asked], bench.seconds))
        yield Line(
            f"member poll with {len(last):,} members",
            f"first answer p50 {statistics.median(took) * 1000:.1f} ms, then {again.per_second:,.0f}/s",
        )


@row("flame")
def flame(bench: World) -> Iterator[Line]:
    """The picture of a poll in docs/pictures: where the time of the portal's workers goes, 304s and signed 200s in turn."""
    with world.portal() as port:
        plain = [request(number, bench.token) for number in bench.members]
        etags = {number: ask(port, number, bench.token)[0] for number in bench.members}
        unchanged = [request(n, bench.token, f"If-None-Match: {etag}") for n, etag in etags.items()]
        mixed = [asked for pair in zip(plain, unchanged, strict=True) for asked in pair]
        load.run(load.Plan(port, mixed, 3))
        (server,) = [child for child in psutil.Process().children() if "granian" in " ".join(child.cmdline())]
        recorder = subprocess.Popen(
            [Path(sys.executable).parent / "py-spy", "record", "--subprocesses", "--pid", str(server.pid), "--rate", "250",
             "--duration", str(round(bench.seconds)), "--format", "flamegraph", "--output", str(FLAME)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        load.run(load.Plan(port, mixed, bench.seconds + 2))
        drawn = recorder.wait(60) == 0
    if drawn:  # without what is this machine's own
        picture = re.sub(r"[^<>]*py-spy record[^<]*", "A poll, 304s and signed 200s in turn", FLAME.read_text())
        FLAME.write_text(picture.replace(f"{world.ROOT}/", ""))
    yield Line(
        "flame picture of the poll", str(FLAME.relative_to(world.ROOT)) if drawn else "not allowed to look: root may"
    )


@row("no")
def no(bench: World) -> Iterator[Line]:
    """Suspend members while they are polled, and see when the last of many polls still says yes."""
    late: list[float] = []
    with world.portal() as port:
        for number in bench.members[: 20 if bench.full else 8]:
            for _ in range(8):  # both workers hold the answer
                ask(port, number, bench.token)
            build.suspend(number)
            committed = time.monotonic()
            last_yes, noes = committed, 0
            while noes < 12:
                asked = time.monotonic()
                if ask(port, number, bench.token)[1]["in_good_standing"]:
                    last_yes, noes = asked, 0
                else:
                    noes += 1
            late.append(last_yes - committed)
    worst = max(late)
    yield Line(
        'a "no" is seen by pollers', f"worst of {len(late)}: {worst * 1000:.0f} ms after the commit", "1 s", worst < 1
    )
