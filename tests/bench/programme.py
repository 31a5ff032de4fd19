"""What people wait for: saving an answer, the event chain and its verification, the certificate."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

from django.db import transaction
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


@row("answer")
def answer(bench: World) -> Iterator[Line]:
    """Save one answer with its event, each in its own transaction."""
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

    worst = p95(timed(200, save)) * 1000
    yield Line("save one answer, with event", f"p95 {worst:.1f} ms", "60 ms", worst <= 60)


@row("events")
def chain(bench: World) -> Iterator[Line]:
    """What the chain costs an operation, and how fast chains are verified."""
    many = 2000 if bench.full else 500
    with builders.system():
        user = builders.a_user("Chain Writer")

    def write(turn: int, *, chained: bool) -> None:
        with builders.system():
            # The rest of an operation: it reads its row, locks it and writes it.
            builders.User.objects.select_for_update().get(pk=user.pk)
            if chained:
                events.record(
                    f"user:{user.pk}",
                    "bench.write",
                    actor=user,
                    at=timezone.now(),
                    changes={"n": {"old": turn, "new": turn + 1}},
                )
            else:
                Event(subject=f"plain:{turn}", sequence=1, at=timezone.now(), operation="bench.write", hash="-").save(
                    force_insert=True
                )
            builders.User.objects.filter(pk=user.pk).update(name=f"Writer {turn}")

    # Turn by turn, so that whatever else the machine does falls on both; the median leaves the rest out.
    plain, chained = [], []
    for turn in range(many):
        plain += timed(1, lambda _, turn=turn: write(turn, chained=False))
        chained += timed(1, lambda _, turn=turn: write(turn, chained=True))
    cost = (1 - median(plain) / median(chained)) * 100
    yield Line("event chain, share of an operation's throughput", f"{cost:.0f} %", "15 %", cost <= 15)
    with builders.system(), transaction.atomic():
        rows = list(Event.objects.filter(subject=f"user:{user.pk}").order_by("sequence").values())
    copies = [row for turn in range(20_000 // len(rows) + 1) for row in ({**r, "subject": f"{turn}"} for r in rows)]
    # The processor's time: what the figure promises is one core's.
    began = time.process_time()
    chain_faults(copies, {})
    per_million = (time.process_time() - began) / len(copies) * 1_000_000
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
