"""The running site for whole stories: web and worker as processes on the test database, and a real browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import User
from accounts.roles import Role
from tests import builders, services
from tests.journeys.browsing import CHROMIUM
from tests.journeys.stage import enrolled

# Playwright keeps an event loop in this thread; the tests use the database from it, and nothing here is concurrent.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

LONGEST_START = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """The portal as processes: granian, which a test may kill and start anew, with a worker beside it."""

    def __init__(self) -> None:
        self.port = _free_port()
        self.address = f"http://localhost:{self.port}"
        self._environment = services.process_environment() | {
            "PORTAL_PUBLIC_URL": self.address,
            "PORTAL_DEMO": "no",
            "PORTAL_WEBHOOK_LOCAL_NETWORKS": "127.0.0.0/8",
        }
        folder = Path(os.environ["PORTAL_LOCAL"])
        folder.mkdir(parents=True, exist_ok=True)
        self._log = (folder / "site.log").open("ab")
        beat = ["--beat", "--schedule", f"{folder}/beat"]
        self.worker = self._start("celery", "-A", "portal", "worker", "-c", "2", "-l", "WARNING", *beat)
        self.start_web()
        _wait_for(f"{self.address}/readyz")

    def _start(self, program: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).parent / program), *arguments]
        return subprocess.Popen(
            command, env=self._environment | environment, stdout=self._log, stderr=self._log, start_new_session=True
        )

    def _start_web(self, port: int, **environment: str) -> subprocess.Popen[bytes]:
        started = self._start(
            "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "4",
            "portal.wsgi:application", **environment,
        )  # fmt: skip
        _wait_for(f"http://localhost:{port}/healthz")
        return started

    def start_web(self) -> None:
        self.web = self._start_web(self.port)

    @contextmanager
    def beside(self, **environment: str) -> Iterator[str]:
        """The address of a second web server on the same data, with other settings."""
        port = _free_port()
        web = self._start_web(port, **environment)
        yield f"http://localhost:{port}"
        os.killpg(web.pid, signal.SIGTERM)
        web.wait(20)

    def kill_web(self) -> None:
        os.killpg(self.web.pid, signal.SIGKILL)
        self.web.wait(20)

    def end(self) -> None:
        for child in (self.web, self.worker):
            os.killpg(child.pid, signal.SIGTERM)
        for child in (self.web, self.worker):
            child.wait(20)
        self._log.close()


@pytest.fixture(scope="session")
def running(django_db_setup: None) -> Iterator[Running]:
    portal = Running()
    yield portal
    portal.end()


@pytest.fixture(scope="session")
def site(running: Running) -> str:
    """The address of the portal."""
    return running.address


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + LONGEST_START
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError as error:
            if time.monotonic() > deadline:
                log = (Path(os.environ["PORTAL_LOCAL"]) / "site.log").read_text()[-3000:]
                raise AssertionError(f"the site did not start: {error}\n{log}") from error
        time.sleep(0.2)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def new_page(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page of a fresh visitor; a message of the browser's console that tells of an error fails the test."""
    contexts = []
    errors: list[str] = []

    def open_page(*, script: bool = True, width: int = 1280) -> Page:
        context = chromium.new_context(
            base_url=site, java_script_enabled=script, viewport={"width": width, "height": 900}
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: (
                errors.append(f"{m.text} {m.location['url']}")
                if m.type == "error" and "status of 4" not in m.text
                else None
            ),
        )
        page.on("pageerror", lambda e: errors.append(str(e)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def people(site: str) -> dict[str, tuple[User, str]]:
    """Everybody whom a case meets, each with the secret of an authenticator app."""
    with builders.system():
        made = {
            "officer": builders.a_user("Olive Officer"),
            "specialist": builders.staff("Sam Specialist", Role.SPECIALIST),
            "supervisor": builders.staff("Sue Supervisor", Role.SUPERVISOR),
            "vetting": builders.staff("Vic Vetting", Role.VETTING_OFFICER),
            "auditor": builders.staff("Aud Auditor", Role.AUDITOR),
            "director": builders.staff("Dora Director", Role.DIRECTOR),
            "second_director": builders.staff("Dan Director", Role.DIRECTOR),
        }
    return {role: (user, enrolled(user)) for role, user in made.items()}


def mailed(to: str, pattern: str) -> str:
    """The first group of the pattern in the newest mail to this address; waits for the worker."""
    deadline = time.monotonic() + 30
    folder = Path(settings.MAIL_DIR)
    while time.monotonic() < deadline:
        for path in sorted(folder.glob("*.eml"), reverse=True) if folder.exists() else []:
            text = path.read_text()
            if to in text and (found := re.search(pattern, text)):
                return found.group(1)
        time.sleep(0.2)
    raise AssertionError(f"no mail to {to} with {pattern}")
