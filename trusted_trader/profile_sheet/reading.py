"""Read a profile sheet that comes back, as XLSX or CSV, and tell every error by its row."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from openpyxl import load_workbook

from trusted_trader.evidence_files import DEFAULT, inspect_bytes
from trusted_trader.profile_sheet.model import (
    BECAUSE,
    LONGEST,
    NEEDED,
    NUMBER,
    STATE,
    STATE_WORDS,
    TEXT,
    VERSION,
    RowError,
    SheetAnswer,
    SheetResult,
    normal,
)
from trusted_trader.profile_sheet.model import gettext_noop as _
from trusted_trader.profile_sheet.writing import GUIDE

MOST_ROWS, MOST_COLUMNS = 2_000, 40
LIMITS = replace(DEFAULT, size=5_000_000, unpacked=40_000_000, xml=20_000_000, entries=200)
STATES = {word.casefold(): state for state, word in STATE_WORDS.items()} | {state: state for state in STATE_WORDS}
FORMULA = object()


class _BadRow(Exception):
    def __init__(self, column: str, message: str, **params: str | int) -> None:
        super().__init__(message)
        self.column, self.message, self.params = column, message, params


def _workbook(data: bytes) -> tuple[list[tuple[int, Sequence[object]]], dict[str, str]]:
    """Return the rows of the first sheet with their numbers, and the facts on the guide sheet."""
    book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    sheet = book.worksheets[0]
    rows: list[tuple[int, Sequence[object]]] = []
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS), 1):
        rows.append((number, [FORMULA if c.data_type == "f" else c.value for c in cells]))
    facts = {}
    if GUIDE in book.sheetnames:
        pairs = book[GUIDE].iter_rows(max_row=4, max_col=2, values_only=True)
        facts = {str(pair[0]): str(pair[1] or "") for pair in pairs if len(pair) == 2}
    return rows, facts


def _csv(data: bytes) -> list[tuple[int, Sequence[object]]]:
    """Return the rows of a CSV file with their numbers. Raises csv.Error and UnicodeDecodeError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [(number, row[:MOST_COLUMNS]) for number, row in zip(range(1, MOST_ROWS + 2), rows, strict=False)]


def _text(value: object, column: str) -> str:
    if value is FORMULA:
        raise _BadRow(column, _("The cell holds a formula. Type the text itself."))
    return normal("" if value is None else str(value))


def _number(value: object, known: Collection[str]) -> str:
    """Return the criterion; one that a program turned into a number is taken only where it can mean just one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        meant = [k for k in known if k.replace(".", "", 1).isdigit() and float(k) == value]
        if len(meant) > 1:
            raise _BadRow(NUMBER, _("The number could mean %(which)s. Type it as text."), which=" or ".join(meant))
        return meant[0] if meant else str(value)
    return _text(value, NUMBER)


def _answer(row_number: int, cells: Mapping[str, object], known: Collection[str]) -> SheetAnswer:
    number = _number(cells.get(NUMBER), known)
    if number not in known:
        message = _("Criterion %(number)s is not in your profile. Take a fresh copy of the sheet from the portal.")
        raise _BadRow(NUMBER, message, number=number[:20] or "?")
    word = _text(cells.get(STATE), STATE)
    state = STATES.get(word.casefold())
    if state is None:
        message = _("The state %(word)s is not known. Use one of: %(words)s.")
        raise _BadRow(STATE, message, word=word[:40], words=", ".join(STATE_WORDS.values()))
    text, because = _text(cells.get(TEXT), TEXT), _text(cells.get(BECAUSE), BECAUSE)
    for column, value in ((TEXT, text), (BECAUSE, because)):
        if len(value) > LONGEST:
            message = _("The text has %(length)s characters; %(most)s are allowed. Shorten it.")
            raise _BadRow(column, message, length=len(value), most=LONGEST)
    if state == "not_applicable" and not because:
        raise _BadRow(BECAUSE, _("You say that this does not apply. Say why."))
    return SheetAnswer(row_number, number, state, text, because, _text(cells.get(VERSION), VERSION))


def _wrong_file(message: str, **params: str | int) -> SheetResult:
    return SheetResult((), (RowError(0, "", message, params),))


def read(data: bytes, known: Collection[str]) -> SheetResult:
    """Read a sheet in XLSX or CSV (UTF-8 or Windows-1252, comma, semicolon or tab).

    `known` are the criterion numbers of the account. Rows with an error are left out and told; nothing is guessed.
    """
    facts: dict[str, str] = {}
    try:
        if data.startswith(b"PK"):
            report = inspect_bytes(data, "sheet.xlsx", LIMITS)
            if not report.accepted:
                return _wrong_file(report.message, **report.params)
            table, facts = _workbook(data)
        elif len(data) > LIMITS.size or b"\x00" in data:
            return _wrong_file(_("This is not a spreadsheet we can read. Save it as XLSX or CSV and try again."))
        else:
            table = _csv(data)
    except Exception:  # noqa: BLE001 - whatever a parser stumbles over, the file is not one we can read
        return _wrong_file(_("This is not a spreadsheet we can read. Save it as XLSX or CSV and try again."))
    if len(table) > MOST_ROWS:
        return _wrong_file(_("The sheet has more than %(most)s rows. Remove those you added."), most=MOST_ROWS)
    names = {title.casefold(): title for title in (*NEEDED, VERSION)}
    heads = [names.get(str(h or "").strip().casefold(), "") for h in (table[0][1] if table else ())]
    for title in NEEDED:
        if heads.count(title) != 1:
            message = _("The column %(title)s is missing or stands twice. Take a fresh copy of the sheet.")
            return _wrong_file(message, title=title)
    answers, errors = _rows(table[1:], heads, known)
    found = (facts.get(name, "") for name in ("Account", "Edition", "Version"))
    return SheetResult(tuple(answers.values()), tuple(errors), *found)


def _rows(
    table: Sequence[tuple[int, Sequence[object]]], heads: Sequence[str], known: Collection[str]
) -> tuple[dict[str, SheetAnswer], list[RowError]]:
    answers: dict[str, SheetAnswer] = {}
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    for row_number, values in table:
        cells = {head: value for head, value in zip(heads, values, strict=False) if head}
        if all(value in (None, "") for value in cells.values()):
            continue
        try:
            answer = _answer(row_number, cells, known)
        except _BadRow as bad:
            errors.append(RowError(row_number, bad.column, bad.message, bad.params))
            continue
        if first := seen.get(answer.number):
            answers.pop(answer.number, None)  # which of the two is meant is for the company to say
            message = _("Criterion %(number)s stands in row %(first)s, too. Keep one of them.")
            errors.append(RowError(row_number, NUMBER, message, {"number": answer.number, "first": first}))
            continue
        seen[answer.number] = row_number
        answers[answer.number] = answer
    return answers, errors
