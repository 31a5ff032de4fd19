"""Decide whole files: low-value parcels from CSV or Parquet, port calls from JSON lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastlane.rules.bulk_cells import FileRefused
from fastlane.rules.bulk_parcels import decide_parcels
from fastlane.rules.bulk_port_calls import decide_port_calls
from fastlane.rules.bulk_tally import Tally, bad_rows_beside
from fastlane.rules.rule_set import RuleSet

JSON_LINES = ".jsonl"


def decide_file(
    source: Path,
    target: Path,
    rule_set: RuleSet,
    *,
    progress: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Decide a file by its kind: .jsonl holds port calls, .csv and .parquet low-value parcels.

    `progress` hears of the tally as it grows. Raises FileRefused when nothing can be decided.
    """
    if target.resolve() == source.resolve():
        raise FileRefused("Name an output file other than the input.")
    by_kind = decide_port_calls if source.suffix.lower() == JSON_LINES else decide_parcels
    return by_kind(source, target, rule_set, progress=progress)


__all__ = ["FileRefused", "Tally", "bad_rows_beside", "decide_file", "decide_parcels", "decide_port_calls"]
