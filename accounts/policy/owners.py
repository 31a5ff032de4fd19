"""Find the company behind a route's argument, as far as the current tenant may see it."""

from __future__ import annotations

from collections.abc import Callable

FINDERS: dict[str, Callable[[str], int | None]] = {}


def finder(argument: str) -> Callable[[Callable[[str], int | None]], Callable[[str], int | None]]:
    """Register how an argument's value leads to a company's id (None: not there, or not for these eyes)."""

    def register(function: Callable[[str], int | None]) -> Callable[[str], int | None]:
        FINDERS[argument] = function
        return function

    return register


def company_of(argument: str, value: str) -> int | None:
    return FINDERS[argument](value)
