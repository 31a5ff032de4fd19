"""Inspect one uploaded file: every check of its kind, or the first reason why not."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from trusted_trader.evidence_files import content as general
from trusted_trader.evidence_files import packages, pdf, pictures, texts
from trusted_trader.evidence_files.content import KINDS, Content, Family
from trusted_trader.evidence_files.names import extension_of, safe_name
from trusted_trader.evidence_files.report import ACCEPTED, DEFAULT, MB, Limits, Reading, RefusedFile, Report

READERS: Mapping[Family, Callable[[Content], Reading]] = {
    Family.PDF: pdf.read,
    Family.PICTURE: pictures.read,
    Family.PACKAGE: packages.read,
    Family.TEXT: texts.read,
}


def inspect_bytes(data: bytes, declared_name: str, limits: Limits = DEFAULT) -> Report:
    """Inspect bytes in this process; see `inspect`."""
    extension = extension_of(declared_name)
    kind = KINDS.get(extension)
    name = safe_name(declared_name, kind.extension if kind else "")
    digest, size = hashlib.sha256(data).hexdigest(), len(data)

    def refused(code: str, params: Mapping[str, str | int]) -> Report:
        return Report(False, code, params, sha256=digest, size=size, safe_name=name)

    if kind is None:
        return refused("kind_not_allowed", {"found": extension.upper()[:12] or "?"})
    try:
        seen = Content(data, kind, limits)
        for check in general.CHECKS:
            check(seen)
        reading = READERS[kind.family](seen)
    except RefusedFile as no:
        return refused(no.code, no.params)
    except Exception:  # noqa: BLE001 - a parser that fails in whatever way has not shown the file to be safe
        return refused("not_read_safely", {})
    return Report(True, ACCEPTED, {}, kind.media_type, digest, size, reading.pages, reading.text, name)


def inspect(path: Path, declared_name: str, limits: Limits = DEFAULT) -> Report:
    """Inspect a file in quarantine and say whether it may be taken, and why not.

    `declared_name` is what the sender called it; nothing about it is believed. The parsers run in this process: for
    strangers' files call `inspect_isolated`. Raises OSError when the file can't be read.
    """
    size = path.stat().st_size
    if size > limits.size:
        extension = extension_of(declared_name)
        name = safe_name(declared_name, extension if extension in KINDS else "")
        return Report(False, "too_large", {"limit": limits.size // MB}, size=size, safe_name=name)
    return inspect_bytes(path.read_bytes(), declared_name, limits)
