"""What people wait for: saving an answer, the event chain and its verification, the certificate."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from itertools import count
from statistics import median

from django.utils import timezone

from accounts import events
from accounts.events.models import Event
from accounts.events.verifying import chain_faults
from tests import builders
from tests.bench.rows import Line, row
from tests.bench.world import ROOT, World
from trusted_trader.application import operations, queries
from trusted_trader.application.models import Response


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def timed(times: int, work: Callable[[int], object]) -> list[float]:
    took = []
    for turn in range(times):
        began = time.perf_counter()
        work(turn)
        took.append(time.perf_counter() - began)
    return took


def answering() -> Callable[[int], None]:
    """A ready account, and the operation that saves an answer of it, each in its own transaction."""
    with builders.system():
        officer = builders.a_user("Answering Officer")
        account = builders.an_account(officer, builders.a_company(officer))
        application = queries.open_application(account)
        assert application is not None
        number = queries.criteria_of(application)[0].number

    def save(turn: int) -> None:
        with builders.system():
            version = (
                Response.objects.filter(account=account, number=number).values_list("version", flat=True).first() or 0
            )
            operations.save_answer(
                account=account, number=number, state="implemented", because="", version=version, actor=officer,
                at=timezone.now(), text=f"Turn {turn}: the shift lead checks each seal against the list and signs it.",
            )  # fmt: skip

    return save


@row("answer")
def answer(bench: World) -> Iterator[Line]:
    worst = p95(timed(200, answering())) * 1000
    yield Line("save one answer, with event", f"p95 {worst:.1f} ms", "60 ms", worst <= 60)


_plain = count()


@contextmanager
def unchained() -> Iterator[None]:
    """Events are rows as before, but nobody asks for the head of their chain, and nothing is hashed."""
    record = events.record

    def plain(subject: str, operation: str, *, at: datetime, changes: object = None, **_: object) -> Event:
        event = Event(
            subject=f"plain:{next(_plain)}", sequence=1, at=at, operation=operation, changes=changes or {}, hash="-"
        )
        event.save(force_insert=True)
        return event

    events.record = plain  # type: ignore[assignment]
    try:
        yield
    finally:
        events.record = record


def share(work: Callable[[int], None], rounds: int) -> float:
    """What part of the work's time the chain takes, in percent.

    In pairs whose order alternates, so that what else the machine does falls on both; the median of the differences
    leaves out the pairs in between which it did something.
    """
    differences, whole = [], []
    for turn in range(rounds):
        pair: dict[bool, float] = {}
        for chained in (True, False) if turn % 2 else (False, True):
            with nullcontext() if chained else unchained():
                pair[chained] = timed(1, lambda _, turn=turn, chained=chained: work(2 * turn + chained))[0]
        differences.append(pair[True] - pair[False])
        whole.append(pair[True])
    return median(differences) / median(whole) * 100


def one_row() -> Callable[[int], None]:
    """The least that an operation does: it reads its row, locks it, records and writes it."""
    with builders.system():
        user = builders.a_user("Chain Writer")

    def write(turn: int) -> None:
        with builders.system():
            builders.User.objects.select_for_update().get(pk=user.pk)
            changes = {"n": {"old": turn, "new": turn + 1}}
            events.record(f"user:{user.pk}", "bench.write", actor=user, at=timezone.now(), changes=changes)
            builders.User.objects.filter(pk=user.pk).update(name=f"Writer {turn}")

    return write


@row("events")
def chain(bench: World) -> Iterator[Line]:
    """What the chain costs an operation, and how fast chains are verified."""
    rounds = 3000 if bench.full else 800
    cost = share(answering(), rounds)
    yield Line("event chain, share of saving an answer", f"{cost:.0f} %", "15 %", cost <= 15)
    yield Line("... of the least write there is (one row, one event)", f"{share(one_row(), rounds):.0f} %")
    with builders.system():
        rows = list(
            Event.objects.filter(operation="bench.write", sequence__gt=0).order_by("subject", "sequence").values()
        )
    rows = [row for row in rows if row["subject"].startswith("user:")]
    copies = [row for turn in range(50_000 // len(rows) + 1) for row in ({**r, "subject": f"{turn}"} for r in rows)]
    # The processor's time: what the figure promises is one core's. The best of three, as others share the core.
    took = []
    for _ in range(3):
        began = time.process_time()
        chain_faults(copies, {})
        took.append(time.process_time() - began)
    per_million = min(took) / len(copies) * 1_000_000
    yield Line("verify 1,000,000 events (one core, rows at hand)", f"{per_million:.1f} s", "10 s", per_million <= 10)


CERTIFICATE = """
import django, time, resource; django.setup()
from pathlib import Path
from django.utils import timezone
from tests.trusted_trader.papers.samples import CERTIFICATE
from trusted_trader import papers
from trusted_trader.standing.papers import signer
from trusted_trader.papers import signing
papers.certificate(CERTIFICATE); sign = signer(); took = []
for _ in range(5):
    began = time.perf_counter()
    signing.sign(papers.certificate(CERTIFICATE), reason="Bench", at=timezone.now(), signer=sign)
    took.append(time.perf_counter() - began)
print(max(took), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@row("certificate")
def certificate(bench: World) -> Iterator[Line]:
    done = subprocess.run([sys.executable, "-c", CERTIFICATE], stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    seconds, megabytes = map(float, done.stdout.split()[-2:])
    yield Line("certificate PDF, signed", f"slowest of 5: {seconds:.2f} s", "1.5 s", seconds <= 1.5)
    yield Line("... its process's memory", f"{megabytes:.0f} MB", "300 MB", megabytes <= 300)
