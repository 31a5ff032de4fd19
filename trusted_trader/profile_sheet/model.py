"""The rows and columns of a security profile as a spreadsheet."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LONGEST = 10_000  # characters of a text, as in the portal's form


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation without translating it; this package knows no Django."""
    return message


_ = gettext_noop

NUMBER, STATE, TEXT, BECAUSE, VERSION = "Criterion", "State", "How it is met", "Does not apply because", "Row version"
IDENTITY = (NUMBER, "Category", "Topic", "Question", "Must or should")
COLUMNS = (*IDENTITY, STATE, TEXT, BECAUSE, "Evidence in the portal", "Last saved (UTC)", VERSION)
NEEDED = (NUMBER, STATE, TEXT, BECAUSE)
STATE_WORDS: Mapping[str, str] = {
    "": _("Not answered"),
    "implemented": _("Implemented"),
    "not_yet": _("Not yet"),
    "not_applicable": _("Not applicable"),
}


class AnswerLike(Protocol):
    """An answer as the portal holds it; `state` is a key of STATE_WORDS."""

    @property
    def state(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def because(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One criterion as exported. `level` is must or should; `updated_at` carries its time zone."""

    number: str
    category: str
    topic: str
    question: str
    level: str
    supplementary: bool
    state: str
    text: str
    because: str
    evidence_titles: Sequence[str] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """One answer as read; `version` is the fingerprint of the answer when it was exported, "" when not given."""

    row_number: int
    number: str
    state: str
    text: str
    because: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one row (0 = the whole file); `message` % `params` is the sentence."""

    row_number: int
    column: str
    message: str
    params: Mapping[str, str | int]

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.message % self.params


@dataclass(frozen=True, slots=True)
class SheetResult:
    """What a sheet holds: every row without an error, and every error. `account` and the rest come from the export."""

    rows: tuple[SheetAnswer, ...]
    errors: tuple[RowError, ...]
    account: str = ""
    edition: str = ""
    version_token: str = ""


def normal(text: str) -> str:
    """Return a text as both sides compare it: one kind of line end, no control characters, no blanks around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff")).strip()


def content(answer: AnswerLike) -> tuple[str, str, str]:
    """Return what an answer says, for comparing."""
    return answer.state, normal(answer.text), normal(answer.because)


def fingerprint(answer: AnswerLike) -> str:
    """Return a short mark that changes whenever the answer does."""
    return hashlib.sha256("\x1f".join(content(answer)).encode()).hexdigest()[:16]
