"""The demonstration's port calls, ships and operators, as they stand in text files."""

from __future__ import annotations

from pathlib import Path

from trusted_trader.demo.companies import read_lines


def lines(name: str) -> list[list[str]]:
    """The rows of a file beside this one."""
    return read_lines(Path(__file__).parent / name)
