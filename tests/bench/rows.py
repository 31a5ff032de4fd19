"""The rows of the bench table: each measures one thing and says whether it reaches its figure.

A story adds its own rows: a module in this package whose functions carry `@row("name")`; `__main__` imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench.world import World


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. `reached` is None where nothing was promised (a reference)."""

    what: str
    measured: str
    promised: str = ""
    reached: bool | None = None


type Row = Callable[[World], Iterator[Line]]
ROWS: dict[str, Row] = {}


def row(name: str) -> Callable[[Row], Row]:
    def register(function: Row) -> Row:
        ROWS[name] = function
        return function

    return register
