"""The sentences that people read in data files, so that makemessages finds them as it finds those in code."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# Which keys of a TOML file, and which columns of a CSV file, are shown to people; authorities are cited as they are.
SHOWN: dict[str, frozenset[str]] = {
    "accounts/clocks/clocks.toml": frozenset({"title"}),
    "trusted_trader/agreement/texts/*.toml": frozenset({"title", "text"}),
    "trusted_trader/criteria/editions/*.toml": frozenset({"title", "name"}),
    "trusted_trader/criteria/editions/*.csv": frozenset({"topic", "question", "evidence", "help"}),
    "trusted_trader/entity_types/types/*.toml": frozenset({"title", "description", "text", "why", "if_no"}),
    "trusted_trader/mutual_recognition/partners.toml": frozenset({"name"}),
    "trusted_trader/programme.toml": frozenset({"where", "refusal_reasons"}),
    "trusted_trader/routing.toml": frozenset({"offices"}),
    "fastlane/rules/data/phases.csv": frozenset({"title"}),
}


def sentences() -> Iterator[tuple[str, str]]:
    """File and sentence, in the order of the files. A key that holds a table stands for every text in it."""
    for pattern, shown in SHOWN.items():
        for path in sorted(ROOT.glob(pattern)):
            read = _csv if path.suffix == ".csv" else _toml
            for text in read(path, shown):
                yield str(path.relative_to(ROOT)), text


def _csv(path: Path, shown: frozenset[str]) -> Iterator[str]:
    with path.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield from (row[name] for name in sorted(shown) if row.get(name))


def _toml(path: Path, shown: frozenset[str]) -> Iterator[str]:
    yield from _texts(tomllib.loads(path.read_text(encoding="utf-8")), shown, wanted=False)


def _texts(value: Any, shown: frozenset[str], *, wanted: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, shown, wanted=wanted or name in shown)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, shown, wanted=wanted)
    elif isinstance(value, str) and wanted and value.strip():
        yield value


def as_code() -> str:
    """The sentences as Python lines that xgettext reads, each once."""
    seen: dict[str, str] = {}
    for file, text in sentences():
        seen.setdefault(text, file)
    lines = [f"# {file}\ngettext_noop({text!r})\n" for text, file in seen.items()]
    return "".join(lines)
