"""Tampering shows: twelve kinds of it at many places are found and located by the verifier, seals and all."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from joserfc import jws
from joserfc.jwk import ECKey

from accounts import events, tenancy
from accounts.models import Event, Seal
from accounts.sealing import writing
from tests import services
from tests.builders import NOW
from tests.world import size

SUBJECTS = [f"account:TT-{n:03d}" for n in range(8)]
LENGTH = 12
AWAY = 10**6  # a number no chain here has


def run(sql: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def verify(folder: Path) -> list[str]:
    """What `manage.py verify_events` finds."""
    found = io.StringIO()
    try:
        call_command("verify_events", seals=folder, stdout=io.StringIO(), stderr=found)
    except CommandError:
        return found.getvalue().splitlines()
    return []


@pytest.fixture
def sealed(db: None, settings, tmp_path: Path) -> Path:
    """Eight chains of twelve events; two seals were written half-way and at the end."""
    settings.SEALS_DIR = str(tmp_path / "seals")
    with tenancy.enter(tenancy.Scope.SYSTEM):
        for half in range(2):
            for step in range(LENGTH // 2):
                for subject in SUBJECTS:
                    number = half * LENGTH // 2 + step
                    change = {"status": {"old": f"s{number}", "new": f"s{number + 1}"}}
                    events.record(subject, "test.step", actor=None, at=NOW, changes=change, reason=f"Step {number}")
            assert writing.write_seal()
    folder = Path(settings.SEALS_DIR)
    assert verify(folder) == []
    return folder


# --- Twelve kinds of tampering: each gets (subject, another subject, a number in the middle, the seals' folder) and
# says whose chain (or which seal) the verifier must name. -------------------------------------------------------


def edit(subject: str, other: str, number: int, folder: Path) -> str:
    run("update accounts_event set reason = 'nicer' where subject = %s and sequence = %s", subject, number)
    return subject


def delete_first(subject: str, other: str, number: int, folder: Path) -> str:
    run("delete from accounts_event where subject = %s and sequence = 1", subject)
    return subject


def delete_middle(subject: str, other: str, number: int, folder: Path) -> str:
    run("delete from accounts_event where subject = %s and sequence = %s", subject, number)
    return subject


def delete_last(subject: str, other: str, number: int, folder: Path) -> str:
    run("delete from accounts_event where subject = %s and sequence = %s", subject, LENGTH)
    return subject


def insert(subject: str, other: str, number: int, folder: Path) -> str:
    """A made-up event between two others, numbered and hashed as if it had been there."""
    move = "update accounts_event set sequence = sequence + %s where subject = %s and sequence >= %s"
    run(move, AWAY, subject, number)
    run(move, 1 - AWAY, subject, AWAY)
    copy_event(subject, number - 1, subject, number)
    rehash(subject, number, upto=number)
    return subject


def swap(subject: str, other: str, number: int, folder: Path) -> str:
    """What two neighbours say changes places."""
    first, second = (Event.objects.get(subject=subject, sequence=n) for n in (number, number + 1))
    for here, there in ((first, second), (second, first)):
        run("update accounts_event set changes = %s where id = %s", json.dumps(there.changes), here.pk)
    return subject


def reorder(subject: str, other: str, number: int, folder: Path) -> str:
    """Two neighbours change their numbers."""
    for old, new in ((number, AWAY), (number + 1, number), (AWAY, number + 1)):
        run("update accounts_event set sequence = %s where subject = %s and sequence = %s", new, subject, old)
    return subject


def copy_across(subject: str, other: str, number: int, folder: Path) -> str:
    """An event of another account is put at the end of this one, hashed as if it belonged there."""
    run("delete from accounts_event where subject = %s and sequence = %s", subject, LENGTH)
    copy_event(other, number, subject, LENGTH)
    rehash(subject, LENGTH)
    return subject


def recompute(subject: str, other: str, number: int, folder: Path) -> str:
    """An edit, and every hash from there on made anew: without a seal the chain is perfect."""
    edit(subject, other, number, folder)
    rehash(subject, number)
    return subject


def roll_back_all(subject: str, other: str, number: int, folder: Path) -> str:
    """The whole table goes back to an earlier state."""
    run("delete from accounts_event where sequence > %s", number)
    return subject


def drop_account(subject: str, other: str, number: int, folder: Path) -> str:
    run("delete from accounts_event where subject = %s", subject)
    return subject


def edit_seal(subject: str, other: str, number: int, folder: Path) -> str:
    """A seal is rewritten under a key of the forger's own, its events changed to fit."""
    recompute(subject, other, number, folder)
    path = folder / "000000002.jws"
    content = json.loads(jws.extract_compact(path.read_bytes()).payload)
    head = Event.objects.get(subject=subject, sequence=LENGTH).hash
    content["heads"] = [[s, n, head if s == subject else h] for s, n, h in content["heads"]]
    content["root"] = writing.root_of(content)
    path.write_text(jws.serialize_compact({"alg": "ES256"}, json.dumps(content).encode(), ECKey.generate_key("P-256")))
    return path.name


KINDS = (
    edit, delete_first, delete_middle, delete_last, insert, swap, reorder, copy_across, recompute, roll_back_all,
    drop_account, edit_seal,
)  # fmt: skip


def copy_event(source: str, number: int, target: str, at: int) -> None:
    columns = "at, operation, actor_kind, actor_id, on_behalf_of, company_id, object_type, object_id, changes, reason,"
    columns += " internal, channel, request_id, previous_hash, hash"
    run(
        f"insert into accounts_event (subject, sequence, {columns}) select %s, %s, {columns} from accounts_event"
        " where subject = %s and sequence = %s",
        target,
        at,
        source,
        number,
    )


def rehash(subject: str, number: int, *, upto: int = AWAY) -> None:
    """Make the hashes of a chain fit again from this event on."""
    before = Event.objects.filter(subject=subject, sequence=number - 1).first()
    previous = before.hash if before else ""
    for event in Event.objects.filter(subject=subject, sequence__gte=number, sequence__lte=upto).order_by("sequence"):
        event.previous_hash = previous
        previous = events.digest({name: getattr(event, name) for name in events.HASHED})
        run(
            "update accounts_event set previous_hash = %s, hash = %s where id = %s",
            event.previous_hash,
            previous,
            event.pk,
        )


def tampered(kind: Callable[..., str], place: random.Random, folder: Path) -> tuple[str, list[str]]:
    """Tamper as the owner, past every guard, look, and put everything back."""
    subject, other = place.sample(SUBJECTS, 2)
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    try:
        with transaction.atomic():
            with services.as_owner():
                named = kind(subject, other, place.randint(2, LENGTH - 2), folder)
                found = verify(folder)
            transaction.set_rollback(True)
    finally:
        for path, content in kept.items():
            path.write_bytes(content)
    return named, found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_tampering_is_found_and_located(kind, sealed):
    seed = random.randrange(2**32)
    print(f"\nseed {seed}")
    places = random.Random(seed)
    for _place in range(size(10, 100)):
        named, found = tampered(kind, places, sealed)
        assert any(named in fault for fault in found), (named, found)
    assert verify(sealed) == []


@pytest.mark.parametrize("kind", [delete_last, copy_across, recompute, roll_back_all, drop_account])
def test_without_the_seals_it_would_not_show(kind, sealed, tmp_path):
    """The control: these leave chains that hold in themselves; only what was sealed outside gives them away."""
    nothing = tmp_path / "no seals"
    nothing.mkdir()
    with services.as_owner():
        Seal.objects.all().delete()
        kind(SUBJECTS[0], SUBJECTS[1], 5, sealed)
        assert verify(nothing) == []


def test_a_seal_that_is_gone_is_missed(sealed):
    for name in ("000000001.jws", "000000002.jws"):
        kept = (sealed / name).read_bytes()
        (sealed / name).unlink()
        assert any("is missing" in fault or "no longer there" in fault for fault in verify(sealed)), name
        (sealed / name).write_bytes(kept)


def test_seals_that_change_places_are_noticed(sealed):
    first, second = sealed / "000000001.jws", sealed / "000000002.jws"
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)
    assert verify(sealed)


def test_a_second_seal_of_the_same_moment_has_nothing_to_say(sealed):
    with tenancy.enter(tenancy.Scope.SYSTEM):
        assert writing.write_seal() is None
        events.record(SUBJECTS[3], "test.step", actor=None, at=NOW)
        seal = writing.write_seal()
    assert seal is not None
    assert (seal.number, seal.heads) == (3, 1)
    assert verify(sealed) == []
