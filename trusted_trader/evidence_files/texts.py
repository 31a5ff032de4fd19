"""Plain text and CSV: readable characters, no web code, no formulas."""

import codecs
import re
from collections.abc import Callable

from trusted_trader.evidence_files.content import MARKUP, Content
from trusted_trader.evidence_files.report import Reading, RefusedFile

CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# A cell that a spreadsheet would run: "=..." or "+name(", "-name|", "@name(". Phone numbers and amounts are fine.
FORMULA = re.compile(r'(?m)(?:^|[,;\t])[ ]*"?[ ]*(?:=[^=\s]|[@+\-][A-Za-z_.]+[(|])')


def decode(data: bytes) -> str:
    """Return the text of UTF-8, UTF-16 with its mark, or Windows-1252; refuse anything else."""
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedFile("not_text")


def only_readable(text: str, _content: Content) -> None:
    """Refuse control characters: the file is binary."""
    if CONTROL.search(text):
        raise RefusedFile("not_text")


def no_markup(text: str, _content: Content) -> None:
    """Refuse web page code."""
    if MARKUP.search(text):
        raise RefusedFile("markup")


def no_formulas(text: str, content: Content) -> None:
    """Refuse cells of a CSV file that a spreadsheet would run."""
    if content.kind.extension == "csv" and FORMULA.search(text):
        raise RefusedFile("formulas")


CHECKS: tuple[Callable[[str, Content], None], ...] = (only_readable, no_markup, no_formulas)


def read(content: Content) -> Reading:
    """Return the text of a text file that passed its checks."""
    text = decode(content.data)
    for check in CHECKS:
        check(text, content)
    return Reading(pages=None, text=text[: content.limits.text])
