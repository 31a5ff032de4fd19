"""The portal as processes for the proofs: granian on the test's database, ended by its own id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests import services

LONGEST_START = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def a_site(*, workers: int = 2, threads: int = 2, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of the running portal. What it logs lies in `site_log()`."""
    port = free_port()
    address = f"http://localhost:{port}"
    environment = services.process_environment() | {
        "PORTAL_PUBLIC_URL": address, "PORTAL_DEMO": "no", "PORTAL_LOG_SAMPLE": "1000", **(settings or {}),
    }  # fmt: skip
    command = [
        sys.executable, "-W", "ignore", "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads), "--no-ws",
        "--log-level", "warning", "portal.wsgi:application",
    ]  # fmt: skip
    site_log().parent.mkdir(parents=True, exist_ok=True)
    with site_log().open("wb") as log:
        child = subprocess.Popen(
            command, env=environment, cwd=services.ROOT, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _await(f"{address}/healthz", child)
            yield address
        finally:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()  # granian ends its workers itself
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def site_log() -> Path:
    return Path(os.environ["PORTAL_LOCAL"]) / "proofs.log"


def _await(url: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + LONGEST_START
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError as error:
            if time.monotonic() > deadline or child.poll() is not None:
                raise AssertionError(f"the site did not start: {error}\n{site_log().read_text()[-3000:]}") from error
        time.sleep(0.1)
