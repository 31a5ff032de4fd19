"""How long a signed certificate takes and how much memory: `python -m tests.trusted_trader.papers.measure`."""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import django

from tests.trusted_trader.papers.samples import AT, CERTIFICATE
from trusted_trader import papers
from trusted_trader.papers.signing import local_signer, sign


@dataclass(frozen=True)
class Measure:
    """Median and slowest run in seconds, and the process's highest memory in megabytes."""

    runs: int
    median_s: float
    slowest_s: float
    peak_mb: float


def signed_certificates(runs: int) -> Measure:
    """Make and sign that many certificates, each of another number. Run it in a process of its own for the memory."""
    with tempfile.TemporaryDirectory() as folder:
        signer = local_signer(Path(folder))

        def issue(number: int) -> bytes:
            paper = replace(CERTIFICATE, number=f"TTC-2026-{number:06d}")
            return sign(papers.certificate(paper), reason="Certificate issued", at=AT, signer=signer)

        seconds = [_seconds(issue, number) for number in range(runs)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measure(runs, statistics.median(seconds), max(seconds), peak)


def _seconds(work: Callable[[int], object], number: int) -> float:
    start = time.perf_counter()
    work(number)
    return time.perf_counter() - start


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(asdict(signed_certificates(10))) + "\n")
