"""What bringing a sheet back would change, so that nothing is overwritten unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from trusted_trader.profile_sheet.model import AnswerLike, SheetAnswer, content, fingerprint

Kind = Literal["new", "changed", "same", "emptied", "conflict"]
BLANK = ("", "", "")


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion before and after. A conflict was changed in the sheet and, since the export, in the portal."""

    number: str
    kind: Kind
    old: AnswerLike | None
    new: AnswerLike | None


def _difference(old: AnswerLike | None, new: SheetAnswer) -> Difference:
    before, after = content(old) if old else BLANK, content(new)
    exported = fingerprint(new)
    if before == after:
        return Difference(new.number, "same", old, new)
    if new.version == exported:  # untouched in the sheet: the portal's newer answer stays
        return Difference(new.number, "same", old, old)
    portal = fingerprint(old or SheetAnswer(0, new.number, "", "", ""))
    if new.version and new.version != portal:
        return Difference(new.number, "conflict", old, new)
    if before == BLANK:
        return Difference(new.number, "new", old, new)
    lost = any(was and not now for was, now in zip(before[:2], after[:2], strict=True))
    return Difference(new.number, "emptied" if lost else "changed", old, new)


def differences(current: Mapping[str, AnswerLike], incoming: Iterable[SheetAnswer]) -> tuple[Difference, ...]:
    """Compare the sheet's answers with the portal's, in the sheet's order; a criterion not in the sheet stays as it is.

    Without a row version (a CSV that lost the column) a conflict can't be told from a change; old and new are both
    given, so the preview still shows what would be lost.
    """
    return tuple(_difference(current.get(answer.number), answer) for answer in incoming)
