"""Why an operation said no: words for the person who asked, and a code for machines."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An operation's no. `str()` is the sentence to show: what, why, what to do."""

    def __init__(self, reason: str, *, code: str = "refused", field: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.field = field


class Stale(Refused):
    """Somebody saved the same thing since the page was opened; both texts are kept."""

    def __init__(self, reason: str, *, current: Any = None) -> None:
        super().__init__(reason, code="stale")
        self.current = current
