"""What is wrong with something a person entered: what, why and what to do, in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """A translatable sentence with its values. `code` is stable and meant for machines and tests."""

    code: str
    message: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.message % self.params

    def __str__(self) -> str:
        return self.text
