"""`make run` on a folder of its own: it comes up whole, mends itself, ends everything, and keeps the data."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.services import ROOT

pytestmark = pytest.mark.processes
PATIENCE = 150.0
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER")


def until[T](found: Callable[[], T], what: str) -> T:
    end = time.monotonic() + PATIENCE
    while not (value := found()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return value


class Run:
    """`python -m portal.local` on a folder, without the demonstration world."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if k not in OURS} | {
            "PORTAL_LOCAL": str(folder),
            "PORTAL_DEMO": "no",
        }
        self.process: subprocess.Popen[str] | None = None

    def command(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "portal.local", *arguments],
            cwd=ROOT, env=self.environment, text=True, capture_output=True, timeout=PATIENCE, check=False, **options,
        )  # fmt: skip

    def start(self) -> float:
        """Start, and wait until it is ready; how long that took."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "portal.local", "run", "--port", str(self.port)],
            cwd=ROOT, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        until(lambda: self.ready() or self.process.poll() is not None, "ready")  # type: ignore[union-attr]
        assert self.process.poll() is None, self.process.stdout.read()  # type: ignore[union-attr]
        return time.monotonic() - began

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        assert self.process is not None
        self.process.send_signal(how)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said

    def ask(self, path: str) -> tuple[int, dict[str, Any]]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def ready(self) -> bool:
        try:
            return self.ask("/readyz")[0] == 200
        except OSError:
            return False

    def services(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "services.json").read_text())
        return found

    def crew(self) -> dict[str, int]:
        return {name: pid for name, (pid, _born) in json.loads((self.folder / "run.json").read_text()).items()}

    def family(self) -> set[psutil.Process]:
        """Everything that the run started, servers and helpers too."""
        leaders = [*self.crew().values(), *self.services()["pids"].values()]
        found = {psutil.Process(pid) for pid in leaders}
        return found | {child for leader in found for child in leader.children(recursive=True)}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = Run(tmp_path_factory.mktemp("local"))
    run.start()
    yield run
    if run.process and run.process.poll() is None:
        run.end()
    run.command("stop")


def test_everything_answers_after_the_start(run):
    assert run.ask("/healthz") == (200, {"status": "ok"})
    assert run.ask("/readyz") == (
        200,
        {"status": "ready", "database": "ok", "broker": "ok", "worker": "ok", "storage": "ok"},
    )
    assert set(run.crew()) == {"web", "worker"}
    assert run.services()["public_url"] == f"http://localhost:{run.port}"


def test_what_lies_in_the_folder_is_for_its_owner_alone(run):
    open_to_others = [
        path for path in run.folder.iterdir() if path.stat().st_mode & 0o077 and path.name not in {"postgres", "mail"}
    ]
    assert [path for path in open_to_others if path.name in {"services.json", "keys", "run.json", "log"}] == []


def test_a_second_run_on_the_folder_is_refused_and_says_where_the_first_is(run):
    second = run.command("run", "--port", "0")
    assert second.returncode == 1
    assert f"already runs from this folder, at http://localhost:{run.port}" in second.stderr
    assert run.command("reset", "--yes").returncode == 1  # nor is its data thrown away under it
    assert run.ready()


@pytest.mark.parametrize("name", ["worker", "web"])
def test_a_process_that_is_killed_comes_back(name, run):
    before = run.crew()[name]
    os.kill(before, signal.SIGKILL)
    until(lambda: name in run.crew() and run.crew()[name] != before, f"{name} started anew")
    until(run.ready, "ready again")
    assert run.process.poll() is None


def test_the_end_takes_everything_along_and_the_next_start_finds_the_data(run):
    with psycopg.connect(run.services()["database_owner_url"]) as owner:
        owner.execute("insert into django_site (domain, name) values ('kept.example', 'Kept')")
    family = run.family()
    assert len(family) > 6  # the control: servers, web, worker and their helpers
    code, said = run.end(signal.SIGTERM)
    assert code == 0
    assert "was started anew" in said  # of the tests before
    assert [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
    assert not (run.folder / "services.json").exists()
    took = run.start()
    print(f"\nsecond start: {took:.1f} s to ready")
    with psycopg.connect(run.services()["database_owner_url"]) as owner:
        assert owner.execute("select name from django_site where domain = 'kept.example'").fetchall() == [("Kept",)]


def test_a_reset_asks_first_and_takes_only_a_yes(run):
    if run.process.poll() is None:
        assert run.end(signal.SIGINT)[0] == 0
    key = run.folder / "keys" / "database_app"
    kept, secret = (run.folder / "postgres" / "PG_VERSION"), key.read_text()
    for answer in ("", "no\n", "y\n"):
        refused = run.command("reset", input=answer)
        assert refused.returncode == 1
        assert "Nothing was removed" in refused.stderr
        assert kept.exists()
    done = run.command("reset", input="yes\n")
    assert done.returncode == 0, done.stderr
    assert str(run.folder) in done.stdout  # what will be lost was named
    assert not kept.exists()
    assert key.read_text() == secret  # the world comes back with the same secrets
    run.start()
    with psycopg.connect(run.services()["database_owner_url"]) as owner:
        assert owner.execute("select count(*) from django_site where name = 'Kept'").fetchone() == (0,)


def test_a_taken_port_is_refused_before_anything_starts(run, tmp_path):
    other = Run(tmp_path / "other")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = other.command("run", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 1
    assert "cannot be used" in refused.stderr
    assert "make run PORT=" in refused.stderr
    assert not (other.folder / "postgres").exists()
