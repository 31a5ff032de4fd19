"""Two probes: the process lives (`healthz`); what it needs answers (`readyz`). Neither says more than names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import redis
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

HEARTBEAT_KEY = "portal:heartbeat"
HEARTBEAT_SECONDS = 20
# With less room than this a few uploads fill the disk; better to say so before they do.
ROOM = 4 * settings.EVIDENCE_MAX_BYTES


class NotReady(Exception):
    """A part answers, but not as it must."""


def healthz(request: HttpRequest) -> HttpResponse:
    return _answer({"status": "ok"}, 200)


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, broker, worker and storage answer, else 503; the body says which doesn't."""
    found = {name: _try(check) for name, check in CHECKS.items()}
    ready = all(found.values())
    return _answer(
        {"status": "ready" if ready else "not ready"} | {k: "ok" if v else "failing" for k, v in found.items()},
        200 if ready else 503,
    )


PROBES: Mapping[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz}


def beat() -> None:
    """The worker's sign of life; it fades by itself."""
    broker().set(HEARTBEAT_KEY, "1", ex=HEARTBEAT_SECONDS)


@lru_cache(maxsize=1)
def broker() -> redis.Redis:
    return redis.Redis.from_url(settings.BROKER_URL, socket_timeout=1, socket_connect_timeout=1)


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")


def _broker() -> None:
    broker().ping()


def _worker() -> None:
    if not broker().exists(HEARTBEAT_KEY):
        raise NotReady("no heartbeat")


def _storage() -> None:
    storage = storages["default"]
    if not isinstance(storage, FileSystemStorage):
        storage.exists("readyz")
        return
    folder = Path(storage.location)
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < ROOM:
        raise NotReady("no room")


CHECKS: Mapping[str, Callable[[], None]] = {
    "database": _database,
    "broker": _broker,
    "worker": _worker,
    "storage": _storage,
}


def _try(check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # noqa: BLE001 - whatever a part throws, it doesn't answer
        return False
    return True


def _answer(body: dict[str, str], status: int) -> HttpResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
