"""The way back from blocks of decided rows to a CSV or Parquet file, which appears only when it is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

import polars as pl

from fastlane.rules.bulk_cells import FileRefused


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
