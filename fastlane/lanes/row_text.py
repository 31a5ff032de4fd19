"""Rows as people paste them or upload them (CSV), read into the entries of a list, with every fault by line and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastlane.rules import FactsRefused
from fastlane.rules.facts import described, read
from fastlane.rules.rule import gettext_noop as _

MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong: the line as an editor counts it (0: the text as a whole), the column, and what to do."""

    line: int
    column: str
    detail: str


class RowsRefused(ValueError):
    """Rows that can't be taken, with everything that is wrong in them. Nothing of them is kept."""

    def __init__(self, faults: Sequence[RowFault], rows: int = 0) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)
        self.rows = rows


def decoded(data: bytes) -> str:
    """The text of an uploaded file. Raises RowsRefused."""
    if len(data) > MOST_BYTES:
        raise RowsRefused([RowFault(0, "", _("The file is larger than 2 MB. Leave out what is older than 24 months."))])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RowsRefused([RowFault(0, "", _("This is no text in UTF-8. Save the sheet as CSV (UTF-8)."))]) from None


def read_rows(of: type, text: str, most: int) -> list[dict[str, Any]]:
    """The entries of a list, a line each; columns by the heading, else in the order of the facts. Raises RowsRefused."""
    names = list(described(of))
    lines = _lines(text)
    if lines and (heading := [cell.strip().lower() for cell in lines[0][1]]) and set(heading) & set(names):
        if unknown := [cell for cell in heading if cell not in names]:
            detail = _("This column is not known. Use: country, region, date, locode.")
            raise RowsRefused([RowFault(lines[0][0], cell, detail) for cell in unknown])
        names, lines = heading, lines[1:]
    if len(lines) > most:
        raise RowsRefused([RowFault(0, "", _("There are more rows than the form can take (10,000)."))], len(lines))
    entries: list[dict[str, Any]] = []
    faults: list[RowFault] = []
    for number, cells in lines:
        if len(cells) > len(names):
            faults.append(RowFault(number, "", _("This row has more columns than the heading.")))
            continue
        entry = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        # An empty region means "outside of all areas"; any other empty cell means "not given".
        entry = {name: cell for name, cell in entry.items() if cell or name == "region"}
        try:
            read(of, entry)
        except FactsRefused as refused:
            faults += [RowFault(number, p.pointer.strip("/"), p.detail) for p in refused.problems]
            continue
        faults += [RowFault(number, name, _("Give a value.")) for name in _needed(of) if not entry.get(name)]
        entries.append(entry)
    if faults:
        raise RowsRefused(faults, len(lines))
    return entries


def write_rows(of: type, entries: Sequence[dict[str, Any]]) -> str:
    """The same entries as text that `read_rows` reads back."""
    out = io.StringIO()
    names = list(described(of))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([entry.get(name, "") for name in names] for entry in entries)
    return out.getvalue()


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Lines that hold something, each with its number; cells may be split by comma, semicolon or tab."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text.replace("\0", "�")), delimiter=delimiter)
    found = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, cells))
    except csv.Error:
        raise RowsRefused([RowFault(reader.line_num, "", _("This line can't be read. Look at its quotes."))]) from None
    return found


def _needed(of: type) -> list[str]:
    return [name for name, fact in described(of).items() if not fact.optional and name != "region"]
