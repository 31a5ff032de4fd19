"""Where the files of a parcel file lie: in the portal's storage, under names of ours; none of them is served as such."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from fastlane.parcels.models import ParcelFile

BAD_ROWS = "bad-rows.csv"


def source_of(row: ParcelFile) -> str:
    return f"source.{row.kind}"


def result_of(row: ParcelFile) -> str:
    return f"result.{row.kind}"


def part(row: ParcelFile, number: int) -> tuple[str, str]:
    """The names of a part: its decided rows and its bad ones."""
    return f"part-{number:05d}.{row.kind}", f"bad-{number:05d}.csv"


def name_of(row: ParcelFile, name: str) -> str:
    """The name in storage."""
    return f"parcels/{row.company_id}/{row.key}/{name}"


def workplace(row: ParcelFile) -> Path:
    """A folder of this machine in which a worker makes the file's parts; what a killed one left is written over."""
    folder = Path(settings.QUARANTINE_DIR) / "parcels" / str(row.key)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


class _Finished(File):
    """A file that storage on the same disk may take over by a rename."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def keep(row: ParcelFile, name: str, path: Path) -> None:
    """Move a finished file into storage; one of the same name, from a step that was cut off, gives way."""
    drop(row, name)
    with path.open("rb") as made:
        default_storage.save(name_of(row, name), _Finished(made, name=str(path)))


def at_hand(row: ParcelFile, name: str) -> Path:
    """A kept file as one of this machine: the stored one itself where storage is a disk, else a copy at the workplace."""
    try:
        return Path(default_storage.path(name_of(row, name)))
    except NotImplementedError:
        copy = workplace(row) / f"copy-{name}"
    if not copy.exists():
        with default_storage.open(name_of(row, name)) as stored, copy.with_suffix(".draft").open("wb") as out:
            shutil.copyfileobj(stored, out, 1_048_576)
        copy.with_suffix(".draft").rename(copy)
    return copy


def drop(row: ParcelFile, *names: str) -> None:
    for name in names:
        default_storage.delete(name_of(row, name))


def clear(row: ParcelFile) -> None:
    """Remove what was needed only while the file was decided: the upload, its parts, the workplace."""
    drop(row, source_of(row), *(name for number in range(row.parts + 1) for name in part(row, number)))
    shutil.rmtree(workplace(row), ignore_errors=True)


def clear_results(row: ParcelFile) -> None:
    """Remove what was kept for the company, and the folder, where storage has folders."""
    drop(row, result_of(row), BAD_ROWS)
    with contextlib.suppress(OSError):
        default_storage.delete(name_of(row, "").rstrip("/"))
