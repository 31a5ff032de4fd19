"""Which of the local processes shows no sign of life: asked over HTTP, as a load balancer asks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException

EVERY = 5.0
# A busy machine is slow, not dead. The worker's heartbeat itself lasts for another 20 seconds (portal.health).
PATIENCE = 40.0
WEB, WORKER = "web", "worker"


class Pulse:
    """Asks `/healthz` for the web server and `/readyz` for the worker, at most every five seconds."""

    def __init__(self, port: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._port, self._clock = port, clock
        self._seen = dict.fromkeys((WEB, WORKER), clock())
        self._asked = clock()

    def expect(self, name: str) -> None:
        """This process has just been started: it has its time to come up."""
        self._seen[name] = self._clock()

    def lost(self) -> list[str]:
        """The processes of which nothing was heard for too long."""
        now = self._clock()
        if now - self._asked < EVERY:
            return []
        self._asked = now
        for name in self._alive():
            self._seen[name] = now
        return [name for name, seen in self._seen.items() if now - seen > PATIENCE]

    def _alive(self) -> Iterator[str]:
        if self._ask("/healthz"):
            yield WEB
        ready = self._ask("/readyz")
        # Without the web server or the broker nothing can be said about the worker: it is given the time.
        if ready.get("broker") != "ok" or ready.get("worker") == "ok":
            yield WORKER

    def _ask(self, path: str) -> dict[str, str]:
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=2)) as connection:
            try:
                connection.request("GET", path)
                found: dict[str, str] = json.loads(connection.getresponse().read())
            except (OSError, HTTPException, ValueError):
                return {}
        return found
