"""The keys that sign statements, as this process holds them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from django.conf import settings

from trusted_trader.statements import KeyRing

_lock = threading.Lock()
_rings: dict[Path, KeyRing] = {}


def ring() -> KeyRing:
    """The newest keys, also when another process has rotated them meanwhile."""
    folder = Path(settings.KEYS_DIR) / "statements"
    with _lock:
        known = _rings.get(folder)
        _rings[folder] = known.refreshed() if known else KeyRing.load(folder)
        return _rings[folder]


def jwks() -> dict[str, Any]:
    return ring().jwks()
