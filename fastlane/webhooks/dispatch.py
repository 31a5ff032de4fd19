"""Threads of a worker process in which messages are sent, so that a slow receiver doesn't hold up other work.

An endpoint is served by one thread of a process at a time. With WEBHOOK_SENDERS = 0 the caller sends itself.
"""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connections

from accounts import origin
from fastlane.webhooks import sending

log = logging.getLogger(__name__)

_lock = threading.Lock()
_busy: dict[int, bool] = {}  # endpoints being served; True: somebody has asked again meanwhile
_pools: dict[int, ThreadPoolExecutor] = {}


def wake(endpoint_id: int) -> None:
    """Send what is due at this endpoint, soon and not in the caller's time."""
    if settings.WEBHOOK_SENDERS == 0:
        sending.drain(endpoint_id)
        return
    with _lock:
        if endpoint_id in _busy:
            _busy[endpoint_id] = True
            return
        _busy[endpoint_id] = False
        pool = _pool()
    pool.submit(_serve, endpoint_id)


def _pool() -> ThreadPoolExecutor:
    """This process's threads: a worker that was forked has none of its parent's."""
    own = os.getpid()
    if own not in _pools:
        _pools.clear()
        _pools[own] = ThreadPoolExecutor(settings.WEBHOOK_SENDERS, thread_name_prefix="webhook")
    return _pools[own]


def _serve(endpoint_id: int) -> None:
    with origin.coming_from("worker"):
        while True:
            try:
                sending.drain(endpoint_id)
            except Exception:
                # The lease's effect will look again.
                log.exception("sending to endpoint %s failed", endpoint_id)
            with _lock:
                if not _busy[endpoint_id]:
                    del _busy[endpoint_id]
                    break
                _busy[endpoint_id] = False
    connections.close_all()
