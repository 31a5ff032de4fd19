"""Write a security profile as a workbook in which companies prepare their answers."""

import io
from collections.abc import Sequence
from datetime import UTC

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from trusted_trader.profile_sheet.model import (
    BECAUSE,
    COLUMNS,
    LONGEST,
    STATE,
    STATE_WORDS,
    TEXT,
    VERSION,
    SheetRow,
    fingerprint,
    normal,
)

ANSWERS, GUIDE = "Answers", "How to use this sheet"
EDITABLE = (STATE, TEXT, BECAUSE)
WIDTHS = (10, 20, 28, 48, 20, 16, 60, 36, 30, 20, 18)
STEPS = (
    "Fill in the columns State, How it is met, and Does not apply because. The other columns can't be changed.",
    "Choose the state from the list in the cell.",
    "When a criterion does not apply to you, say why.",
    f"A text has at most {LONGEST:,} characters. Do not use formulas.",
    "Save the file as XLSX or CSV and bring it back in the portal. You see every difference before anything is saved.",
    "Evidence is uploaded in the portal. Supplementary criteria are this portal's own.",
)
HEAD = PatternFill("solid", fgColor="1A4480")
OPEN_CELL = PatternFill("solid", fgColor="FEF9E7")


def _put(cell: Cell, value: str) -> None:
    """Write a text as text: the quote mark keeps programs from running one that begins like a formula."""
    cell.value = value
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(("=", "+", "-", "@", "\t"))
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _values(row: SheetRow) -> tuple[str, ...]:
    level = f"{row.level}, supplementary" if row.supplementary else row.level
    saved = f"{row.updated_at.astimezone(UTC):%Y-%m-%d %H:%M}" if row.updated_at else ""
    answer = (STATE_WORDS[row.state], row.text, row.because)
    evidence = "\n".join(row.evidence_titles)
    return (row.number, row.category, row.topic, row.question, level, *answer, evidence, saved, fingerprint(row))


def _fill(sheet: Worksheet, rows: Sequence[SheetRow]) -> None:
    for column, (title, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True), 1):
        head = sheet.cell(1, column)
        _put(head, title)
        head.font, head.fill = Font(bold=True, color="FFFFFF"), HEAD
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(_values(row), 1):
            cell = sheet.cell(number, column)
            _put(cell, normal(value))
            if COLUMNS[column - 1] in EDITABLE:
                cell.protection, cell.fill = Protection(locked=False), OPEN_CELL
    sheet.freeze_panes = "B2"
    sheet.column_dimensions[get_column_letter(COLUMNS.index(VERSION) + 1)].hidden = True
    words = DataValidation(type="list", formula1=f'"{",".join(STATE_WORDS.values())}"', allow_blank=True)
    words.error = "Choose one of the words in the list."
    letter = get_column_letter(COLUMNS.index(STATE) + 1)
    words.add(f"{letter}2:{letter}{max(len(rows) + 1, 2)}")
    sheet.add_data_validation(words)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(rows) + 1}"
    sheet.protection.enable()
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def export(rows: Sequence[SheetRow], *, company: str, account: str, edition: str, version_token: str) -> bytes:
    """Return an XLSX workbook of a profile; the identity columns are locked (without a password).

    `account`, `edition` and `version_token` travel in the file and come back from `read`, to know what it belongs to.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = ANSWERS
    _fill(sheet, rows)
    guide = book.create_sheet(GUIDE)
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 18, 90
    facts = (("Company", company), ("Account", account), ("Edition", edition), ("Version", version_token))
    for number, (name, value) in enumerate((*facts, *((f"Step {n}", s) for n, s in enumerate(STEPS, 1))), 1):
        _put(guide.cell(number, 1), name)
        _put(guide.cell(number, 2), normal(value))
    guide.protection.enable()
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
