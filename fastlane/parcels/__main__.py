"""The confined child process: one question on standard input, one answer on standard output (see isolated.py)."""

from __future__ import annotations

import json
import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

from fastlane.parcels.isolated import confine
from fastlane.rules import Reference, RuleSet
from fastlane.rules.bulk_cells import FileRefused
from fastlane.rules.bulk_files import Place
from fastlane.rules.bulk_parts import decide_part, join, look


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked. A file that can't be decided is an answer, too."""
    try:
        return DO[question["do"]](question)
    except FileRefused as refused:
        return {"unreadable": str(refused)}


def _look(question: dict[str, Any]) -> dict[str, Any]:
    return {"rows": look(Path(question["source"]), _rule_set(question), question["size"])}


def _decide(question: dict[str, Any]) -> dict[str, Any]:
    part = decide_part(
        Path(question["source"]), _rule_set(question), Place(*question["place"]) if question["place"] else None,
        question["size"], target=Path(question["target"]), bad_rows=Path(question["bad_rows"]),
    )  # fmt: skip
    return {
        "rows": part.rows,
        "outcomes": part.outcomes,
        "reasons": [astuple(reason) for reason in part.reasons],
        "bad": part.bad,
        "first_bad": [astuple(row) for row in part.first_bad],
        "after": astuple(part.after),
    }


def _join(question: dict[str, Any]) -> dict[str, Any]:
    join(map(Path, question["parts"]), Path(question["target"]))
    return {}


def _rule_set(question: dict[str, Any]) -> RuleSet:
    rule_set = RuleSet(question["name"], Reference.of(question["rows"]))
    if rule_set.version != question["version"]:
        raise ValueError("This is another rule set than the worker's.")
    return rule_set


DO = {"look": _look, "decide": _decide, "join": _join}

if __name__ == "__main__":
    confine()
    sys.stdout.write(json.dumps(answer(json.loads(sys.stdin.read()))))
