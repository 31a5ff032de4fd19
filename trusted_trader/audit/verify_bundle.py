"""Verify a case bundle on any machine: `python verify_bundle.py bundle.zip`.

Needs Python 3.12 alone. Where the package `cryptography` is there, the seals' signatures are checked too; without it the
output says that they were not. Exit code 0 means that everything checked holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zipfile
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256
except ImportError:
    ec = None  # type: ignore[assignment]

HASHED = (
    "subject",
    "sequence",
    "at",
    "operation",
    "actor_kind",
    "actor_id",
    "on_behalf_of",
    "company_id",
    "object_type",
    "object_id",
    "changes",
    "reason",
    "internal",
    "channel",
    "request_id",
    "previous_hash",
)


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def file_faults(bundle: zipfile.ZipFile, manifest: dict[str, Any]) -> list[str]:
    """Files that are missing, changed or not announced."""
    names = set(bundle.namelist()) - {"manifest.json"}
    announced = {row["name"]: row["sha256"] for row in manifest["files"]}
    faults = [f"{name}: is in the bundle but not in its manifest" for name in sorted(names - announced.keys())]
    for name, digest in announced.items():
        if name not in names:
            faults.append(f"{name}: is missing")
        elif hashlib.sha256(bundle.read(name)).hexdigest() != digest:
            faults.append(f"{name}: was changed")
    return faults


def event_faults(events: list[dict[str, Any]]) -> list[str]:
    """Breaks in the chains of the events, each chain from its first event on."""
    faults = []
    last: dict[str, tuple[int, str]] = {}
    for event in events:
        subject, number = event["subject"], event["sequence"]
        sequence, previous = last.get(subject, (0, ""))
        if number != sequence + 1 or event["previous_hash"] != previous:
            faults.append(f"{subject} #{number}: does not follow the event before it")
        if hashlib.sha256(canonical({name: event[name] for name in HASHED})).hexdigest() != event["hash"]:
            faults.append(f"{subject} #{number}: content does not match its hash")
        last[subject] = (number, event["hash"])
    return faults


def seal_faults(seals: list[str], events: list[dict[str, Any]], jwk: dict[str, str]) -> list[str]:
    """Seals whose signature does not hold, and events that differ from what was sealed."""
    hashes = {(event["subject"], event["sequence"]): event["hash"] for event in events}
    subjects = {event["subject"] for event in events}
    faults = []
    for token in seals:
        header, payload, signature = token.strip().split(".")
        content = json.loads(_decode(payload))
        if ec is not None and not _signed(f"{header}.{payload}".encode(), _decode(signature), jwk):
            faults.append(f"seal {content['number']}: signature does not hold")
        for subject, sequence, digest in content["heads"]:
            if subject in subjects and hashes.get((subject, sequence)) != digest:
                faults.append(f"{subject} #{sequence}: differs from seal {content['number']}, or is missing")
    return faults


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _signed(message: bytes, signature: bytes, jwk: dict[str, str]) -> bool:
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(_decode(jwk["x"])), int.from_bytes(_decode(jwk["y"])), ec.SECP256R1()
    )
    pair = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    try:
        numbers.public_key().verify(pair, message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def verify(path: str) -> list[str]:
    """Everything that is wrong with a bundle; an empty list means that it holds."""
    with zipfile.ZipFile(path) as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
        faults = file_faults(bundle, manifest)
        events = [json.loads(line) for line in bundle.read("events.jsonl").decode().splitlines()]
        seals = [bundle.read(name).decode() for name in sorted(bundle.namelist()) if name.startswith("seals/")]
    faults += event_faults(events)
    faults += seal_faults(seals, events, manifest["seal_key"])
    if len(events) != manifest["events"]:
        faults.append(f"events.jsonl: {manifest['events']} events announced, {len(events)} found")
    if hashlib.sha256(canonical(manifest["snapshot"]["content"])).hexdigest() != manifest["snapshot"]["sha256"]:
        faults.append("manifest.json: the submitted content does not match its hash")
    return faults


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("Usage: python verify_bundle.py bundle.zip\n")
        return 2
    faults = verify(arguments[0])
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    signatures = "checked" if ec is not None else "NOT checked (install the package cryptography)"
    sys.stdout.write(f"{len(faults)} faults. Seal signatures: {signatures}.\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
