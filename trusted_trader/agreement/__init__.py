"""What an officer signs: the partner agreement and the sworn statement, each exact text under its version.

A text that was signed once never changes. Its digest stands beside it, and a text that no longer fits its digest is
refused when it is loaded; a change of wording is a new file with a new version.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
PARTNER = "partner"
SWORN = "sworn"


class TextAltered(Exception):
    """A text no longer fits the digest that was written down with it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of a text. `sha256` is the hexadecimal digest of the text in UTF-8."""

    version: str
    title: str
    text: str
    sha256: str
    in_force: date


def load(path: Path) -> tuple[str, Agreement]:
    """Return kind and agreement from a data file. Raises TextAltered when text and digest differ."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    text = data["text"].strip()
    if digest(text) != data["sha256"]:
        raise TextAltered(f"The text in {path.name} was changed after it was published. Make it a new version.")
    return data["kind"], Agreement(data["version"], data["title"], text, data["sha256"], data["in_force"])


def digest(text: str) -> str:
    """Return the hexadecimal SHA-256 digest of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _versions(kind: str) -> tuple[Agreement, ...]:
    loaded = (load(path) for path in TEXTS.glob("*.toml"))
    return tuple(sorted((a for k, a in loaded if k == kind), key=lambda a: (a.in_force, a.version)))


def _get(kind: str, version: str) -> Agreement:
    for agreement in _versions(kind):
        if agreement.version == version:
            return agreement
    raise LookupError(f"There is no {kind} text of version {version}.")


def current() -> Agreement:
    """Return the partner agreement to sign now, the newest version."""
    return _versions(PARTNER)[-1]


def get(version: str) -> Agreement:
    """Return a version of the partner agreement. Raises LookupError."""
    return _get(PARTNER, version)


def current_statement() -> Agreement:
    """Return the statement sworn at submission now, the newest version."""
    return _versions(SWORN)[-1]


def get_statement(version: str) -> Agreement:
    """Return a version of the sworn statement. Raises LookupError."""
    return _get(SWORN, version)
