"""Cheap looks at text: words, shingles, scripts and dates."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

SHINGLE = 4

# One word each for scripts that put no spaces between words, so that a fair answer is never "too short".
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’-][^\W_{_UNSPACED}]+)*")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"), ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_LABEL = r"\b(?:dated|date|issued|issued on|issue date|effective|effective date|signed|signed on|approved|revised)\b"
_DATED = re.compile(
    rf"{_LABEL}[\s:.,]{{0,4}}(?:on |of )?(?:"
    rf"(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? (?P<month2>{_MONTH})\.?,? (?P<y2>\d{{4}})"
    rf"|(?P<month3>{_MONTH})\.? (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y3>\d{{4}})"
    rf")",
    re.IGNORECASE | re.ASCII,
)


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters, accents composed."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


@lru_cache(maxsize=1024)
def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return every run of four words; a text shorter than that has none."""
    found = words(text)
    return frozenset(found[i : i + SHINGLE] for i in range(len(found) - SHINGLE + 1))


def copied_share(text: str, source: str) -> float:
    """Return which part of a text's runs of words stands in `source` as well, 0 to 1."""
    own = shingles(text)
    return len(own & shingles(source)) / len(own) if own else 0.0


def other_script_share(text: str) -> float:
    """Return which part of the letters isn't Latin, 0 to 1."""
    if text.isascii():
        return 0.0
    letters = {c: count for c, count in Counter(text).items() if c.isalpha()}
    other = sum(n for c, n in letters.items() if not unicodedata.name(c, "").startswith(("LATIN", "FULLWIDTH LATIN")))
    return other / sum(letters.values()) if letters else 0.0


def labelled_dates(text: str) -> Iterator[date]:
    """Yield the dates that a text calls its own, as in "Issued: 3 May 2026".

    All-number dates other than 2026-05-03 are left out, as their day and month can't be told apart.
    """
    for match in _DATED.finditer(text):
        part = match.groupdict()
        year = part["y"] or part["y2"] or part["y3"]
        month = int(part["m"]) if part["m"] else _MONTHS[(part["month2"] or part["month3"]).casefold()]
        day = part["d"] or part["d2"] or part["d3"]
        try:
            yield date(int(year), month, int(day))
        except ValueError:
            continue


def months_before(day: date, months: int) -> date:
    """Return the day `months` calendar months earlier, the month's last day where that day doesn't exist."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, last))


def listed(names: Iterable[str], limit: int = 3) -> str:
    """Join names for a sentence; beyond `limit` the rest is counted."""
    every = list(names)
    shown = ", ".join(every[:limit])
    return f"{shown} +{len(every) - limit}" if len(every) > limit else shown
