"""Zip packages: bounded, whole, without tricks in names, sizes or order. Nothing is unpacked to disk."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from trusted_trader.evidence_files.content import Content, refuse_test_signature
from trusted_trader.evidence_files.report import MB, RefusedFile

ENTRY_IN_DIRECTORY = b"PK\x01\x02"
END_OF_DIRECTORY, END_LENGTH = b"PK\x05\x06", 22
LOCAL_HEADER_LENGTH = 30
ENCRYPTED_FLAG = 0x1
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BAD_NAME = re.compile(r"(^|/)\.\.?(/|$)|^/|//|\\|:|[\x00-\x1f\x7f]")
CHUNK = 256 * 1024


def few_entries(content: Content) -> None:
    """Refuse too many entries, counted before the directory is parsed."""
    if content.data.count(ENTRY_IN_DIRECTORY) > content.limits.entries:
        raise RefusedFile("too_complex")


def nothing_around(content: Content) -> None:
    """Refuse bytes behind the archive: its end record, without a comment, must end the file."""
    if content.data[-END_LENGTH:][: len(END_OF_DIRECTORY)] != END_OF_DIRECTORY:
        hidden = END_OF_DIRECTORY in content.data
        raise RefusedFile("hidden_data" if hidden else "damaged")


RAW_CHECKS: tuple[Callable[[Content], None], ...] = (few_entries, nothing_around)


def plain_names(archive: zipfile.ZipFile, _content: Content) -> None:
    """Refuse names that leave the package, hide characters, or stand twice."""
    names = [entry.orig_filename for entry in archive.infolist()]
    if any(BAD_NAME.search(name) for name in names) or len({n.casefold() for n in names}) < len(names):
        raise RefusedFile("unsafe_structure")


def not_encrypted(archive: zipfile.ZipFile, _content: Content) -> None:
    """Refuse encrypted entries: nobody could check them."""
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in archive.infolist()):
        raise RefusedFile("encrypted")


def common_packing(archive: zipfile.ZipFile, _content: Content) -> None:
    """Refuse packing methods that office programs don't write."""
    if any(entry.compress_type not in PACKED for entry in archive.infolist()):
        raise RefusedFile("unsafe_structure")


def no_overlap(archive: zipfile.ZipFile, _content: Content) -> None:
    """Refuse entries that share bytes, and gaps in which data hides."""
    end = 0
    for entry in sorted(archive.infolist(), key=lambda e: e.header_offset):
        name_length = len(entry.orig_filename.encode())
        if entry.header_offset < end:
            raise RefusedFile("expands_too_much")
        if end == 0 and entry.header_offset > 0:
            raise RefusedFile("hidden_data")
        end = entry.header_offset + LOCAL_HEADER_LENGTH + name_length + entry.compress_size


def bounded_growth(archive: zipfile.ZipFile, content: Content) -> None:
    """Refuse packages whose stated sizes are out of proportion; `parts` holds them to what they state."""
    entries, limits = archive.infolist(), content.limits
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        raise RefusedFile("expands_too_much")
    if any(e.file_size > MB and e.file_size > limits.ratio * max(e.compress_size, 1) for e in entries):
        raise RefusedFile("expands_too_much")


CHECKS: tuple[Callable[[zipfile.ZipFile, Content], None], ...] = (
    plain_names,
    not_encrypted,
    common_packing,
    no_overlap,
    bounded_growth,
)


@contextmanager
def opened(content: Content) -> Iterator[zipfile.ZipFile]:
    """Yield the archive after all checks of its structure."""
    for check in RAW_CHECKS:
        check(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
            for check_archive in CHECKS:
                check_archive(archive, content)
            yield archive
    except zipfile.BadZipFile as bad:
        raise RefusedFile("damaged") from bad


def parts(archive: zipfile.ZipFile, limit: int) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file, one at a time, none larger than stated and none with the test string.

    zipfile stops at the stated size and then compares the checksum, so a part that lies about its length is damaged.
    """
    total = 0
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        with archive.open(entry) as part:
            data = part.read(limit - total + 1)
        total += len(data)
        if total > limit:
            raise RefusedFile("expands_too_much")
        refuse_test_signature(data)
        yield entry.filename, data
