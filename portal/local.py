"""The whole portal on one machine: `python -m portal.local run | services | stop | reset`. State is under .local/."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from portal import embedded
from portal.children import ChildDied, Crew, Stopping
from portal.environment import LOCAL, ROOT, env_bool
from portal.pulse import Pulse

PYTHON = sys.executable
MANAGE = [PYTHON, str(ROOT / "manage.py")]
WEB_TIMEOUT = 60.0
WORLD = LOCAL / "world.json"  # what seed_demo prints; holds passwords, so it is removed once read
# What `reset` removes. Keys stay, so that the demonstration world comes back with the same secrets.
DATA = ("postgres", "postgres.new", "valkey", "evidence", "quarantine", "mail", "seals")
MARKS = ("migrated", "beat-schedule*")


class Refusal(Exception):
    """Cannot start; the message says why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run_command = commands.add_parser("run", help="start everything and stay until Ctrl-C")
    run_command.add_argument("--port", type=int, default=8000)
    commands.add_parser("services", help="start PostgreSQL and Valkey in the background, print their addresses")
    commands.add_parser("stop", help="stop PostgreSQL and Valkey")
    reset_command = commands.add_parser("reset", help="throw the data away; the next start makes a new demonstration")
    reset_command.add_argument("--yes", action="store_true", help="don't ask")
    chosen = parser.parse_args(arguments)
    os.umask(0o077)  # what lies under .local is for its owner alone
    try:
        match chosen.command:
            case "run":
                run(chosen.port)
            case "services":
                say(json.dumps(embedded.start(LOCAL)[0], indent=1))
            case "stop":
                embedded.stop(LOCAL)
            case "reset":
                reset(asks=not chosen.yes)
    except (Refusal, ChildDied, embedded.StartFailed) as failure:
        say(str(failure), sys.stderr)
        return 1
    except Stopping:
        return 0
    return 0


def run(port: int) -> None:
    """Start what is needed, say where it is, and stay. Raises Stopping when asked to end, ChildDied on a failure."""
    with _alone():
        _refuse_taken(port)
        public_url = f"http://localhost:{port}"
        crew = Crew(LOCAL, os.environ | {"PYTHONUNBUFFERED": "1"}, cwd=ROOT)
        crew.heed_signals()
        started = False
        try:
            services, started = embedded.start(LOCAL)
            embedded.write(LOCAL, services | {"public_url": public_url, "port": port})
            crew.wait(0)
            _migrate(crew)
            _start_portal(crew, port)
            say(f"\nThe portal: {public_url}/    Ctrl-C ends it.\nMail:       {public_url}/demo/mail or {LOCAL}/mail/")
            _keep_company(crew, port, public_url)
        finally:
            crew.stop()
            WORLD.unlink(missing_ok=True)
            if started:
                embedded.stop(LOCAL)


def reset(*, asks: bool) -> None:
    """Stop the services and remove their data, files and mail. Raises Refusal unless somebody says yes."""
    with _alone():
        if asks:
            say(f"This removes the database, files, mail and seals under {LOCAL}. Type yes to go on:")
            if sys.stdin.readline().strip().lower() != "yes":
                raise Refusal("Nothing was removed.")
        embedded.stop(LOCAL)
        for name in DATA:
            shutil.rmtree(LOCAL / name, ignore_errors=True)
        for file in (found for mark in MARKS for found in LOCAL.glob(mark)):
            file.unlink()


def say(text: str, stream: Any = None) -> None:
    stream = stream or sys.stdout
    stream.write(text + "\n")
    stream.flush()


def _migrate(crew: Crew) -> None:
    """Bring the database up to date, unless nothing that makes it has changed since: loading Django takes seconds."""
    mark = LOCAL / "migrated"
    wanted = _schema_mark()
    if not mark.exists() or mark.read_text() != wanted:
        crew.complete("migrate", [*MANAGE, "migrate", "--no-input", "--verbosity", "1"])
        mark.write_text(wanted)


def _schema_mark() -> str:
    """Changes with the migrations, what they use, the packages, and the database's own folder."""
    files = [
        ROOT / "uv.lock",
        *ROOT.glob("*/migrations/*.py"),
        ROOT / "accounts/grants.py",
        ROOT / "accounts/guards.py",
    ]
    mark = hashlib.sha256(str((LOCAL / "postgres").stat().st_ino).encode())
    for file in sorted(files):
        mark.update(file.read_bytes())
    return mark.hexdigest()


def _start_portal(crew: Crew, port: int) -> None:
    """Web, and a worker that keeps the timers as well; returns when the web answers.

    One process each: every process loads the whole of Django anew, and a laptop has few cores.
    """
    granian = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web = [*granian, "--workers", "1", "--blocking-threads", "4", "--no-ws", "portal.wsgi:application"]
    crew.start("web", [PYTHON, "-m", *web], lasting=True)
    worker = ["celery", "-A", "portal", "worker", "--beat", "--concurrency", "2", "--without-gossip"]
    worker += ["--without-mingle", "--schedule", str(LOCAL / "beat-schedule")]
    crew.start("worker", [PYTHON, "-m", *worker], lasting=True)
    give_up = time.monotonic() + WEB_TIMEOUT
    while not _answers(port):
        crew.check()
        crew.wait(0.05)
        if time.monotonic() > give_up:
            raise Refusal(f"The web server gave no answer in {WEB_TIMEOUT:.0f} seconds. See {crew.log('web')}.")


def _keep_company(crew: Crew, port: int, public_url: str) -> None:
    """Watch the processes until the end, and let the demonstration world come to life meanwhile.

    A process that died, or shows no sign of life any more, is started anew: what it did not finish is done again.
    """
    pulse = Pulse(port)
    seeding = env_bool("PORTAL_DEMO", default=True)
    if seeding:
        say(f"Sign-ins:   {public_url}/demo/ (the demonstration world is being loaded)")
        # Safe to repeat: it goes on where a first start was cut short, and is quick when the world is whole.
        crew.start("seed_demo", [*MANAGE, "seed_demo", "--json"], output=WORLD)
    while True:
        if seeding and (code := crew.finished("seed_demo")) is not None:
            seeding = False
            say(_sign_ins(public_url) if code == 0 else crew.obituary("seed_demo", code))
            WORLD.unlink()
        for name in crew.revive():
            say(f"{name} had ended and was started anew. Its log: {crew.log(name)}", sys.stderr)
            pulse.expect(name)
        for name in pulse.lost():
            say(f"{name} gave no sign of life and is started anew. Its log: {crew.log(name)}", sys.stderr)
            crew.start_again(name)
            pulse.expect(name)
        crew.wait(0.2)


def _sign_ins(public_url: str) -> str:
    people = json.loads(WORLD.read_text())["sign_ins"]
    lines = [f"  {person['role']:<20} {person['email']:<40} {person['password']}" for person in people]
    head = f"\nThe demonstration world is whole. Sign in as (one-time codes: {public_url}/demo/):"
    return "\n".join([head, *lines])


@contextmanager
def _alone() -> Iterator[None]:
    """Only one run (or reset) at a time on this folder."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    with (LOCAL / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            where = embedded.read(LOCAL).get("public_url", "another terminal")
            raise Refusal(f"The portal already runs from this folder, at {where}. End that one first.") from error
        yield


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise Refusal(f"Port {port} cannot be used ({error}). Choose another one: make run PORT=8123") from error


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
