"""JSON read strictly: no key twice, no NaN, not too deep; nothing is guessed."""

from __future__ import annotations

import json
from typing import NoReturn

from fastlane.rules.facts import FactsRefused, Problem


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FactsRefused([Problem("", "duplicate_key", f"The field {twice[:100]} comes twice. Give it once.")])
    return found


def _constant(name: str) -> NoReturn:
    raise FactsRefused([Problem("", "number", f"{name} is no number in JSON. Give a finite number.")])


def read_json(text: str | bytes) -> object:
    """Return a JSON document. Raises FactsRefused when it is none, or one that could be read in two ways."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except FactsRefused:
        raise
    except RecursionError:
        raise FactsRefused([Problem("", "too_deep", "The document is nested too deeply.")]) from None
    except ValueError as wrong:  # also bytes that are no UTF-8, and numbers of thousands of digits
        raise FactsRefused([Problem("", "json", f"This is no JSON: {str(wrong)[:200]}.")]) from None
