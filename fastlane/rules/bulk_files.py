"""Bulk files as blocks of rows: CSV row by row with its line numbers, Parquet by slices; from any place on."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl

from fastlane.rules.bulk_cells import FileRefused

BLOCK = 50_000
LINE = "line"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its line in the file (the heading is line 1), and what is wrong."""

    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two rows: the bytes before it in a CSV file, the rows before it in Parquet; the lines before it."""

    offset: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file, with their line numbers in the column `line`, and those that were no rows at all.

    `after` is where the next block begins.
    """

    rows: pl.DataFrame
    bad: tuple[BadRow, ...]
    after: Place


@dataclass(frozen=True, slots=True)
class Heading:
    """A file's columns in order, and their types; a CSV file has text alone. `first` is where its rows begin."""

    names: list[str]
    types: Mapping[str, pl.DataType]
    first: Place


def read_heading(source: Path) -> Heading:
    """Return the columns of a CSV or Parquet file. Raises FileRefused."""
    if _is_csv(source):
        with _csv_reader(source, Place()) as (reader, lines):
            try:
                names = next(reader)
            except (StopIteration, csv.Error):
                raise FileRefused("The file has no heading. Its first line names the columns.") from None
            return Heading(names, dict.fromkeys(names, pl.String()), lines.place)
    try:
        types = pl.scan_parquet(source).collect_schema()
    except (pl.exceptions.PolarsError, OSError):
        raise FileRefused("This is no Parquet file, or it is damaged.") from None
    return Heading(list(types), dict(types), Place(0, 1))


def read_blocks(source: Path, heading: Heading, start: Place | None = None, size: int = 0) -> Iterator[Block]:
    """Yield the rows of a CSV or Parquet file, block by block, from a place on (by default from the first row)."""
    start, size = start or heading.first, size or BLOCK
    if _is_csv(source):
        return _csv_blocks(source, heading.names, start, size)
    return _parquet_blocks(source, start, size)


def count_rows(source: Path, heading: Heading, *, size: int, most_in_memory: int) -> int:
    """Return how many rows a file has, bad ones too, as `read_blocks` would yield them in blocks of this size.

    Raises FileRefused when the file is damaged, or a block takes more than so many bytes: a small Parquet file can
    unpack to any size.
    """
    if _is_csv(source):
        with _csv_reader(source, heading.first) as (reader, lines):
            return sum(1 for _line, row in _records(reader, lines) if row)
    rows = 0
    for block in _parquet_blocks(source, heading.first, size):
        if block.rows.estimated_size() > most_in_memory:
            raise FileRefused("The file unpacks to far more than a list of parcels does.")
        rows += block.rows.height
    return rows


def _is_csv(source: Path) -> bool:
    kind = source.suffix.lower()
    if kind not in {".csv", ".parquet"}:
        raise FileRefused("Give a file that ends in .csv or .parquet.")
    return kind == ".csv"


class _Lines:
    """The lines of a CSV file, which know how far they were read: csv.reader takes no line before it needs it."""

    def __init__(self, file: IO[bytes], start: Place) -> None:
        self._file = file
        self._offset, self.line = start.offset, start.line
        if start.offset == 0 and file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
            self._offset = len(codecs.BOM_UTF8)
        file.seek(self._offset)

    def __iter__(self) -> Iterator[str]:
        for read in self._file:
            # Some old programs end a line with a carriage return alone.
            for line in read.splitlines(keepends=True) if b"\r" in read else (read,):
                self._offset += len(line)
                self.line += 1
                # Bytes that are no UTF-8 become a sign that fits no fact, so their row is bad and the others stand.
                yield line.decode("utf-8", "replace")

    @property
    def place(self) -> Place:
        return Place(self._offset, self.line)


@contextmanager
def _csv_reader(source: Path, start: Place) -> Iterator[tuple[Iterator[list[str]], _Lines]]:
    with source.open("rb") as file:
        lines = _Lines(file, start)
        yield csv.reader(lines, strict=True), lines


def _csv_blocks(source: Path, names: list[str], start: Place, size: int) -> Iterator[Block]:
    with _csv_reader(source, start) as (reader, lines):
        rows: list[list[str]] = []
        numbers: list[int] = []
        bad: list[BadRow] = []
        for line, row in _records(reader, lines):
            if isinstance(row, list) and len(row) == len(names):
                rows.append(row)
                numbers.append(line)
            elif row:  # an empty line is no row
                bad.append(BadRow(line, row if isinstance(row, str) else _wrong_width(len(row), len(names))))
            if len(rows) + len(bad) >= size:
                yield _csv_block(names, rows, numbers, bad, lines.place)
                rows, numbers, bad = [], [], []
        yield _csv_block(names, rows, numbers, bad, lines.place)


def _records(reader: Iterator[list[str]], lines: _Lines) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each record with the line on which it starts; text where it can't be read."""
    start = lines.line + 1
    while True:
        try:
            record: list[str] | str = next(reader)
        except StopIteration:
            return
        except csv.Error:
            record = f"The quotes can't be read in lines {start} to {lines.line}. None of these lines was decided."
        yield start, record
        start = lines.line + 1


def _wrong_width(found: int, wanted: int) -> str:
    return f"The row has {found} cells, the heading {wanted}."


def _csv_block(names: list[str], rows: list[list[str]], numbers: list[int], bad: list[BadRow], after: Place) -> Block:
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String()))
    empty_is_missing = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return Block(empty_is_missing.with_columns(pl.Series(LINE, numbers, pl.Int64)), tuple(bad), after)


def _parquet_blocks(source: Path, start: Place, size: int) -> Iterator[Block]:
    scanned = pl.scan_parquet(source)
    try:
        count = scanned.select(pl.len()).collect().item()
        for first in range(start.offset, count, size):
            rows = scanned.slice(first, size).collect()
            end = first + rows.height
            # Counted as if there were a heading, so that both kinds of file tell the same number.
            numbers = pl.Series(LINE, range(first + 2, end + 2), pl.Int64)
            yield Block(rows.with_columns(numbers), (), Place(end, end + 1))
    except pl.exceptions.PolarsError:
        raise FileRefused("The Parquet file is damaged.") from None
