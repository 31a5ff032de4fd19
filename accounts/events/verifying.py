"""Verify event chains and their seals from plain rows, without the code that wrote them.

Used by `manage.py verify_events` and by the verifier that travels with a case bundle: it needs rows, seals and the
public keys, and no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.events import digest


@dataclass(frozen=True, slots=True)
class Fault:
    subject: str
    sequence: int
    what: str

    def __str__(self) -> str:
        return f"{self.subject} #{self.sequence}: {self.what}"


def chain_faults(rows: Iterable[Mapping[str, Any]], heads: Mapping[str, tuple[int, str]]) -> list[Fault]:
    """Faults in event rows sorted by (subject, sequence), against the sealed heads (subject -> sequence, hash)."""
    faults: list[Fault] = []
    sealed_seen: set[str] = set()
    subject, sequence, previous = "", 0, ""
    for row in rows:
        if row["subject"] != subject:
            subject, sequence, previous = row["subject"], 0, ""
        expected = sequence + 1
        if row["sequence"] != expected:
            faults.append(
                Fault(
                    subject,
                    expected,
                    f"expected event {expected}, found {row['sequence']}: events are missing or doubled",
                )
            )
        if row["previous_hash"] != previous:
            faults.append(Fault(subject, row["sequence"], "does not follow the event before it"))
        if digest(row) != row["hash"]:
            faults.append(Fault(subject, row["sequence"], "content does not match its hash"))
        sealed = heads.get(subject)
        if sealed and sealed[0] == row["sequence"]:
            sealed_seen.add(subject)
            if sealed[1] != row["hash"]:
                faults.append(Fault(subject, row["sequence"], "differs from what was sealed"))
        sequence, previous = row["sequence"], row["hash"]
    for name, (number, _hash) in heads.items():
        if name not in sealed_seen:
            faults.append(Fault(name, number, "was sealed and is no longer there"))
    return faults
