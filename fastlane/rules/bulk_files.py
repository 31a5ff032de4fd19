"""Bulk files as blocks of rows: CSV row by row with its line numbers, Parquet by slices; and the way back."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

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
class Block:
    """Some rows of a file, with their line numbers in the column `line`, and those that were no rows at all."""

    rows: pl.DataFrame
    bad: tuple[BadRow, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A file's columns in order, and their types; a CSV file has text alone."""

    names: list[str]
    types: Mapping[str, pl.DataType]


def read_heading(source: Path) -> Heading:
    """Return the columns of a CSV or Parquet file. Raises FileRefused."""
    if _is_csv(source):
        with _csv_reader(source) as reader:
            try:
                names = next(reader)
            except (StopIteration, csv.Error):
                raise FileRefused("The file has no heading. Its first line names the columns.") from None
        return Heading(names, dict.fromkeys(names, pl.String()))
    try:
        types = pl.scan_parquet(source).collect_schema()
    except (pl.exceptions.PolarsError, OSError):
        raise FileRefused("This is no Parquet file, or it is damaged.") from None
    return Heading(list(types), dict(types))


def read_blocks(source: Path, heading: Heading) -> Iterator[Block]:
    """Yield the rows of a CSV or Parquet file, block by block."""
    return _csv_blocks(source, heading.names) if _is_csv(source) else _parquet_blocks(source)


def _is_csv(source: Path) -> bool:
    kind = source.suffix.lower()
    if kind not in {".csv", ".parquet"}:
        raise FileRefused("Give a file that ends in .csv or .parquet.")
    return kind == ".csv"


@contextmanager
def _csv_reader(source: Path) -> Iterator[Iterator[list[str]]]:
    # Bytes that are no UTF-8 become a sign that fits no fact, so their row is bad and the others stand.
    with source.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        yield csv.reader(lines, strict=True)


def _csv_blocks(source: Path, names: list[str]) -> Iterator[Block]:
    with _csv_reader(source) as reader:
        next(reader)
        rows: list[list[str]] = []
        numbers: list[int] = []
        bad: list[BadRow] = []
        for line, row in _records(reader):
            if isinstance(row, list) and len(row) == len(names):
                rows.append(row)
                numbers.append(line)
            elif row:  # an empty line is no row
                bad.append(BadRow(line, row if isinstance(row, str) else _wrong_width(len(row), len(names))))
            if len(rows) + len(bad) >= BLOCK:
                yield _csv_block(names, rows, numbers, bad)
                rows, numbers, bad = [], [], []
        yield _csv_block(names, rows, numbers, bad)


def _records(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each record with the line on which it starts; text where it can't be read."""
    start = _line(reader) + 1
    while True:
        try:
            record: list[str] | str = next(reader)
        except StopIteration:
            return
        except csv.Error:
            record = f"The quotes can't be read in lines {start} to {_line(reader)}. None of these lines was decided."
        yield start, record
        start = _line(reader) + 1


def _line(reader: object) -> int:
    return int(getattr(reader, "line_num"))  # noqa: B009  the type of csv.reader has no public name


def _wrong_width(found: int, wanted: int) -> str:
    return f"The row has {found} cells, the heading {wanted}."


def _csv_block(names: list[str], rows: list[list[str]], numbers: list[int], bad: list[BadRow]) -> Block:
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String()))
    empty_is_missing = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return Block(empty_is_missing.with_columns(pl.Series(LINE, numbers, pl.Int64)), tuple(bad))


def _parquet_blocks(source: Path) -> Iterator[Block]:
    scanned = pl.scan_parquet(source)
    try:
        count = scanned.select(pl.len()).collect().item()
        for start in range(0, count, BLOCK):
            rows = scanned.slice(start, BLOCK).collect()
            # Counted as if there were a heading, so that both kinds of file tell the same number.
            numbers = pl.Series(LINE, range(start + 2, start + 2 + rows.height), pl.Int64)
            yield Block(rows.with_columns(numbers), ())
    except pl.exceptions.PolarsError:
        raise FileRefused("The Parquet file is damaged.") from None


class Writer(Protocol):
    """Takes blocks of decided rows."""

    def write(self, block: pl.DataFrame) -> None: ...


class _CsvWriter:
    def __init__(self, out: IO[bytes]) -> None:
        self.out = out
        self.heading = True

    def write(self, block: pl.DataFrame) -> None:
        block.write_csv(self.out, include_header=self.heading)
        self.heading = False


class _ParquetWriter:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts: list[Path] = []

    def write(self, block: pl.DataFrame) -> None:
        self.parts.append(self.folder / f"{len(self.parts):06d}.parquet")
        block.write_parquet(self.parts[-1], compression="lz4")


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """Write blocks to a CSV or Parquet file that appears only when all of them are written. Raises FileRefused."""
    if target.suffix.lower() not in {".csv", ".parquet"}:
        raise FileRefused("Give an output file that ends in .csv or .parquet.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".deciding-") as folder:
        whole = Path(folder) / "whole"
        if target.suffix.lower() == ".csv":
            with whole.open("wb") as out:
                yield _CsvWriter(out)
        else:
            parts = _ParquetWriter(Path(folder))
            yield parts
            pl.scan_parquet(parts.parts).sink_parquet(whole)
        os.replace(whole, target)
