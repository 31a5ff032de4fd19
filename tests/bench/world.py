"""What is measured: services of its own, members that consented to one partner, and the servers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal import embedded

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".local" / "bench"
WORKERS, THREADS = 2, 2


@dataclass(frozen=True)
class World:
    """Numbers of the members and the token that may see them; `full` asks for the whole size."""

    members: list[str]
    token: str
    full: bool
    seconds: float


def use() -> None:
    """Start the services and point the environment to them, before any settings are read."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    services, _ = embedded.start(FOLDER)
    os.environ |= {
        "DATABASE_URL": services["database_url"],
        "DATABASE_OWNER_URL": services["database_owner_url"],
        "BROKER_URL": services["broker_url"],
        "PORTAL_LOCAL": str(FOLDER / "portal"),
        "PORTAL_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONUNBUFFERED": "1",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"], check=True, cwd=ROOT)


def leave() -> None:
    embedded.stop(FOLDER)
    shutil.rmtree(FOLDER, ignore_errors=True)


@contextmanager
def portal() -> Iterator[int]:
    with _served("wsgi", "portal.wsgi:application") as port:
        yield port


@contextmanager
def bare() -> Iterator[int]:
    with _served("wsgi", "tests.bench.bare:application") as port:
        yield port


@contextmanager
def drf() -> Iterator[int]:
    with _served("wsgi", "tests.bench.drf_reference:application") as port:
        yield port


@contextmanager
def starlette() -> Iterator[int]:
    with _served("asgi", "tests.bench.starlette_reference:application") as port:
        yield port


@contextmanager
def _served(interface: str, target: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(port),
               "--workers", str(WORKERS), "--no-ws", "--log-level", "warning"]  # fmt: skip
    if interface == "wsgi":
        command += ["--blocking-threads", str(THREADS)]
    server = subprocess.Popen([*command, target], cwd=ROOT)
    try:
        _await(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(15)


def _await(server: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=20) as probe:
                probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if probe.recv(100).startswith(b"HTTP/1.1"):
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not come up.")
