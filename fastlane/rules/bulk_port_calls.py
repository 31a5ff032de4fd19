"""Decide a file of port calls, one JSON document a line, by the plain rules. Bad lines are told and left out."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from fastlane.rules.bulk_files import BadRow
from fastlane.rules.bulk_tally import Tally, bad_rows_beside, listing
from fastlane.rules.evaluation import evaluate
from fastlane.rules.facts import FactsRefused, Problem
from fastlane.rules.lanes import LANES
from fastlane.rules.rule_set import RuleSet
from fastlane.rules.strict_json import read_json

AQUA = LANES["aqua"]
MOST_BYTES = 5_000_000
_PROGRESS_EVERY = 5_000
_encode = json.JSONEncoder(separators=(",", ":")).encode


def decide_port_calls(
    source: Path,
    target: Path,
    rule_set: RuleSet,
    *,
    progress: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Decide the port calls of a file of JSON lines; each answer tells its line, outcome and rules.

    An empty line is none. The target appears only when the whole source was read.
    """
    tally = Tally(bad_rows_beside(target))
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".deciding-") as folder,
        source.open("rb") as lines,
        listing(tally) as tell,
    ):
        whole = Path(folder) / "whole"
        with whole.open("w", encoding="utf-8") as out:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    answer = _answer(number, line, rule_set)
                except FactsRefused as refused:
                    tell(BadRow(number, " ".join(f"{p.pointer}: {p.detail}".lstrip(": ") for p in refused.problems)))
                    continue
                out.write(_encode(answer) + "\n")
                tally.outcomes[str(answer["outcome"])] += 1
                if tally.decided % _PROGRESS_EVERY == 0:
                    progress(tally)
        os.replace(whole, target)
    progress(tally)
    return tally


def _answer(number: int, line: bytes, rule_set: RuleSet) -> dict[str, object]:
    if len(line) > MOST_BYTES:
        raise FactsRefused([Problem("", "too_large", f"Give at most {MOST_BYTES:,} bytes a line.")])
    decision = evaluate(AQUA, AQUA.parse(read_json(line)), rule_set.reference, rule_set=rule_set.version)
    return {
        "line": number,
        "outcome": decision.outcome.value,
        "rules": [
            {"code": fired.code, "outcome": fired.outcome.value, "reason": fired.reason} for fired in decision.rules
        ],
        "rule_set": decision.rule_set,
    }
