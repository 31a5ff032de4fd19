"""What changed between two texts, word by word, for showing old and new side by side."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["same", "del", "ins"]
WORD = re.compile(r"\s+|\S+\s?")
LINE = re.compile(r"[^\n]*\n|[^\n]+")
MOST_PAIRS = 1_000_000  # words compared with words; more are compared by line, and more lines not at all


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; the old text is all `same` and `del` pieces joined, the new one all `same` and `ins`."""

    op: Op
    text: str


def _compare(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[old_from:old_to]))
            continue
        yield Piece("del", "".join(old[old_from:old_to]))
        yield Piece("ins", "".join(new[new_from:new_to]))


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many leading parts are the same."""
    most = min(len(old), len(new))
    return next((n for n in range(most) if old[n] != new[n]), most)


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces that lead from the old text to the new, by word, or by line where the texts are very long."""
    if old == new:
        return (Piece("same", old),) if old else ()
    pieces = [Piece("del", old), Piece("ins", new)]
    for unit in (WORD, LINE):
        before, after = unit.findall(old), unit.findall(new)
        head = _shared(before, after)
        tail = _shared(before[head:][::-1], after[head:][::-1])
        middle_old, middle_new = before[head : len(before) - tail], after[head : len(after) - tail]
        if len(middle_old) * len(middle_new) <= MOST_PAIRS:
            pieces = [Piece("same", "".join(before[:head])), *_compare(middle_old, middle_new)]
            pieces.append(Piece("same", "".join(before[len(before) - tail :])))
            break
    return tuple(piece for piece in pieces if piece.text)


def sides(pieces: Sequence[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return the pieces of the old and of the new text."""
    return tuple(p for p in pieces if p.op != "ins"), tuple(p for p in pieces if p.op != "del")
