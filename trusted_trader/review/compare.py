"""Old and new side by side: what changed between two versions of what was submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trusted_trader.application.models import Response
from trusted_trader.criteria import order
from trusted_trader.text_diff import Piece, sides, word_diff


@dataclass(frozen=True, slots=True)
class FileChange:
    """A document that came, went or stayed; `sha256` is empty where it was not kept."""

    title: str
    op: str  # ins, del, same
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One answer, old and new; texts as pieces marked same, del and ins."""

    number: str
    changed: bool
    old_state: str
    new_state: str
    old_text: Sequence[Piece]
    new_text: Sequence[Piece]
    files: Sequence[FileChange]

    @property
    def anchor(self) -> str:
        return f"change-{self.number.replace('.', '-')}"


def compare_answer(number: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> AnswerChange:
    """Compare two forms of an answer (state, text, because, evidence as titles or as id, title and hash)."""
    old_text, new_text = sides(word_diff(_words(old), _words(new)))
    files = _files(old.get("evidence", []), new.get("evidence", []))
    moved = old.get("state", "") != new.get("state", "")
    changed = moved or _words(old) != _words(new) or any(f.op != "same" for f in files)
    return AnswerChange(number, changed, _state(old), _state(new), old_text, new_text, files)


def compare_answers(old: Mapping[str, Any], new: Mapping[str, Any], *, only_changed: bool = True) -> list[AnswerChange]:
    """Compare all answers of two submissions, in the order of their numbers; against nothing all are new."""
    numbers = sorted(old.keys() | new.keys(), key=order)
    changes = [compare_answer(number, old.get(number, {}), new.get(number, {})) for number in numbers]
    return [change for change in changes if change.changed or not only_changed]


def _words(answer: Mapping[str, Any]) -> str:
    return "\n\n".join(part for part in (answer.get("text", ""), answer.get("because", "")) if part)


def _state(answer: Mapping[str, Any]) -> str:
    return str(Response.State(answer.get("state", "")).label)


def _files(old: Sequence[Any], new: Sequence[Any]) -> list[FileChange]:
    before, after = ({_title(item): _hash(item) for item in files} for files in (old, new))
    changes = []
    for title in sorted(before.keys() | after.keys()):
        # Titles alone were kept with a question; then a hash tells nothing.
        same = title in before and title in after and (not before[title] or before[title] == after[title])
        if same:
            changes.append(FileChange(title, "same", after[title]))
            continue
        if title in before:
            changes.append(FileChange(title, "del", before[title]))
        if title in after:
            changes.append(FileChange(title, "ins", after[title]))
    return changes


def _title(item: Any) -> str:
    return str(item["title"]) if isinstance(item, Mapping) else str(item)


def _hash(item: Any) -> str:
    return str(item.get("sha256", "")) if isinstance(item, Mapping) else ""
