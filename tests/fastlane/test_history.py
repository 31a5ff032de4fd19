"""Every operation of the fast lane has its sentence, so that no history shows a bare name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import fastlane
from fastlane.lanes.life import TABLE as LANES
from fastlane.rulebook.life import TABLE as RULEBOOK
from trusted_trader.history import SENTENCES

RECORDERS = {"record", "record_account", "_record"}
SUBJECTS = {"lanes": "lane", "rulebook": "rulebook"}  # whose recorders put this word before the operation's name


def recorded() -> Iterator[str]:
    """The names of operations that the code hands to a recorder."""
    for path in Path(fastlane.__path__[0]).rglob("*.py"):
        word = SUBJECTS.get(path.relative_to(fastlane.__path__[0]).parts[0], "")
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            name = (
                called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
            )
            if name in RECORDERS and isinstance(node, ast.Call):
                texts = [a.value for a in node.args[:3] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                yield from (text if "." in text else f"{word}.{text}" for text in texts)


def test_every_operation_has_a_sentence() -> None:
    names = set(recorded()) | {f"lane.{name}" for name in LANES} | {f"rulebook.{name}" for name in RULEBOOK}
    assert len(names) > 30
    assert names - SENTENCES.keys() == set()


def test_the_finder_finds() -> None:
    assert {"lane.hand_over", "webhook.create", "rulebook.edit", "portcall.observe"} <= set(recorded())
