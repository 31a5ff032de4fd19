"""Write a seal: the chain heads that moved since the last one, in a signed tree, to storage outside the database.

Each seal names the root of the one before, so that a seal can't be dropped or exchanged unseen.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.db.models.functions import Now
from joserfc import jws
from joserfc.jwk import ECKey, KeySet

from accounts import tenancy
from accounts.models import Event, Seal
from accounts.sealing import merkle
from accounts.sealing.keys import seal_key

LOCK = 7_411_003  # an advisory lock, so that two beats write one seal
# Every transaction has ended by then. Event ids follow the order of writing, not of commits: one that a seal did not
# see yet may have a lower id than those it saw, so each seal looks this far behind the one before.
LONGEST_TRANSACTION = timedelta(minutes=10)


def write_seal() -> Seal | None:
    """Seal what moved since the last seal; None when nothing did or another process is at it."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return None
        last = Seal.objects.order_by("-number").first()
        moved = unsealed_heads()
        if not moved:
            return None
        number = last.number + 1 if last else 1
        content = {
            "number": number,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "previous": last.root if last else "",
            "heads": [[subject, sequence, hash_] for subject, sequence, hash_ in moved],
        }
        content["root"] = root_of(content)
        newest = Event.objects.aggregate(newest=Max("pk"))["newest"]
        seal = Seal.objects.create(number=number, last_event_id=newest, root=content["root"], heads=len(moved))
        path = _path(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        key = seal_key()
        token = jws.serialize_compact({"alg": "ES256", "kid": key.thumbprint()}, json.dumps(content).encode(), key)
        # Written before the commit: a seal too many is overwritten by the next try, a seal too few would hide a change.
        path.write_text(token)
        return seal


def unsealed_heads() -> list[tuple[str, int, str]]:
    """The newest event of each subject that no seal holds yet, sorted by subject."""
    settled = Seal.objects.filter(at__lt=Now() - LONGEST_TRANSACTION).order_by("-number").first()
    recent = Seal.objects.filter(number__gt=settled.number if settled else 0).order_by("number")
    sealed = sealed_heads([_content(path) for seal in recent if (path := _path(seal.number)).exists()])
    heads = heads_after(settled.last_event_id if settled else 0)
    return [head for head in heads if sealed.get(head[0]) != head[1:]]


def heads_after(event_id: int) -> list[tuple[str, int, str]]:
    """The newest event of each subject that moved after this event id, sorted by subject."""
    rows = (
        Event.objects.filter(pk__gt=event_id)
        .order_by("subject", "-sequence")
        .distinct("subject")
        .values_list("subject", "sequence", "hash")
    )
    return list(rows)


def _path(number: int) -> Path:
    return Path(settings.SEALS_DIR) / f"{number:09d}.jws"


def _content(path: Path) -> dict[str, Any]:
    """What a seal of our own says; the verifier alone checks signatures."""
    content: dict[str, Any] = json.loads(jws.extract_compact(path.read_bytes()).payload)
    return content


def root_of(content: dict[str, Any]) -> str:
    leaves = [f"{subject}\0{sequence}\0{hash_}".encode() for subject, sequence, hash_ in content["heads"]]
    header = f"{content['number']}\0{content['at']}\0{content['previous']}".encode()
    return merkle.root([header, *leaves]).hex()


def read_seals(folder: Path, public_keys: KeySet | ECKey) -> tuple[list[dict[str, Any]], list[str]]:
    """All seals in a folder, oldest first, and what is wrong with them (signature, number, root, link)."""
    seals: list[dict[str, Any]] = []
    faults: list[str] = []
    previous, number = "", 0
    for path in sorted(folder.glob("*.jws")):
        try:
            content = json.loads(jws.deserialize_compact(path.read_text(), public_keys, algorithms=["ES256"]).payload)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a seal is the finding
            faults.append(f"{path.name}: signature does not hold ({type(error).__name__})")
            continue
        if content["number"] != number + 1:
            faults.append(f"{path.name}: seal {number + 1} is missing")
        if content["previous"] != previous:
            faults.append(f"{path.name}: does not follow the seal before it")
        if content["root"] != root_of(content):
            faults.append(f"{path.name}: heads do not match the root")
        previous, number = content["root"], content["number"]
        seals.append(content)
    return seals, faults


def sealed_heads(seals: list[dict[str, Any]]) -> dict[str, tuple[int, str]]:
    """Per subject the newest head that was sealed."""
    heads: dict[str, tuple[int, str]] = {}
    for content in seals:
        for subject, sequence, hash_ in content["heads"]:
            heads[subject] = (sequence, hash_)
    return heads


def missing_seals(seals: list[dict[str, Any]]) -> list[str]:
    """Seals that the database remembers and the folder no longer holds as they were. Needs the system's eyes."""
    there = {content["number"]: content["root"] for content in seals}
    return [
        f"seal {number}: was written and is no longer there as it was"
        for number, root in Seal.objects.order_by("number").values_list("number", "root")
        if there.get(number) != root
    ]
