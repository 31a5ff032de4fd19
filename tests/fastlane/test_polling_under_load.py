"""P24, P25: 500 members polled 200 times a second from another process; and what it hears while standings change."""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.models import Account
from tests import builders
from tests.bench import build
from tests.fastlane.conftest import GOOD, SUSPENDED
from tests.fastlane.poller import Note, Plan, polling
from tests.proofs.serving import a_site
from tests.world import size
from trusted_trader.standing import operations as standings

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

MEMBERS, RATE, SECONDS = 500, 200.0, size(20, 300)
SEED = 20261124
SEEN_WITHIN = 1.0  # seconds from the commit to the last yes


@dataclass(frozen=True, slots=True)
class Change:
    """A standing that changed: from `at`, known to everybody from `committed` (seconds since the epoch)."""

    member: str
    good: bool
    at: float
    committed: float


def change(member: str, good: bool) -> Change:
    at = timezone.now()
    with builders.system():
        account = Account.objects.get(number=member)
        standings.set_standing(
            account=account, new=GOOD if good else SUSPENDED, actor=None, at=at, because="Under load."
        )
    return Change(member, good, at.timestamp(), time.time())


def port_of(address: str) -> int:
    port = urlsplit(address).port
    assert port
    return port


def test_polling_is_cheap_while_nothing_changes_and_true_while_standings_do() -> None:
    members = build.members(MEMBERS)
    with a_site() as address:
        nothing_changes(address, members)
        notes, changes = poll_with_changes(address, members, rate=RATE, seconds=SECONDS)
    seen = {note.etag for note in notes}
    noes = sum('"in_good_standing":false' in note.body for note in notes)
    print(f"seed {SEED}: {len(notes):,} answers, {len(changes)} changes, {len(seen):,} ETags, {noes} new noes")
    assert faults(notes, changes) == []
    assert {note.status for note in notes} <= {200, 304}
    assert noes > 20
    assert len(changes) > 50


def nothing_changes(address: str, members: list[str]) -> None:
    with polling(Plan(port_of(address), build.TOKEN, members, SECONDS, RATE)) as client:
        client.begin()
        client.end()
    heard = client.polled
    unchanged = sum(note.status == 304 for note in heard)
    print(f"\n{len(heard):,} polls of {len(members)} members: {unchanged / len(heard):.2%} 304")
    assert {note.status for note in client.first} == {200}
    assert len(heard) == RATE * SECONDS
    assert {note.status for note in heard} <= {200, 304}
    assert unchanged >= 0.95 * len(heard)
    assert all(note.complete for note in client.first + heard), "a header is missing"
    assert faults(client.first + heard, []) == []
    # The first answers were charged; the 304s were not.
    assert spent_by(heard) <= spent_by(client.first) + len(heard) - unchanged


def spent_by(notes: list[Note]) -> int:
    """The most of the quota that any of these answers says is spent."""
    left = [int(note.quota.partition("r=")[2].partition(";")[0]) for note in notes]
    return 1_000_000_000 - min(left)


def poll_with_changes(
    address: str, members: list[str], *, rate: float, seconds: float
) -> tuple[list[Note], list[Change]]:
    """Poll while standings change, any member's from yes to no and back."""
    chance = random.Random(SEED)
    good = dict.fromkeys(members, True)
    changes = []
    with polling(Plan(port_of(address), build.TOKEN, members, seconds, rate)) as client:
        client.begin()
        # The last changes leave time enough to be seen.
        until = time.monotonic() + seconds - 2 * len(members) / rate - SEEN_WITHIN
        while time.monotonic() < until:
            number = chance.choice(members)
            good[number] = not good[number]
            changes.append(change(number, good[number]))
            time.sleep(chance.uniform(0.05, 0.2))
        client.end()
    return client.first + client.polled, changes


def faults(notes: list[Note], changes: list[Change]) -> list[str]:
    """What a partner may hold against the portal."""
    found: list[str] = []
    bodies: dict[str, str] = {}
    for note in sorted(notes, key=lambda note: note.heard):
        if note.status == 200 and bodies.setdefault(note.etag, note.body) != note.body:
            found.append(f"{note.etag} names two bodies")
    whose = defaultdict(list)
    for one in changes:
        whose[one.member].append(one)
    for note in notes:
        if note.etag not in bodies:
            found.append(f"{note.member}: a {note.status} names an answer that was never given")
            continue
        answer = json.loads(bodies[note.etag])
        found += [f"{note.member}: {words}" for words in judge(note, answer, whose[note.member])]
    return found


def judge(note: Note, answer: dict[str, object], changes: list[Change]) -> list[str]:
    """Compare one answer with what was true when it was read, and when it was asked for."""
    found = []
    yes = bool(answer["in_good_standing"])
    as_of, valid_until = (datetime.fromisoformat(str(answer[name])).timestamp() for name in ("as_of", "valid_until"))
    if note.asked >= valid_until:
        found.append("given out after its valid_until")
    if yes not in possible(changes, as_of, as_of):
        found.append(f"{'yes' if yes else 'no'}, but not so at its as_of {answer['as_of']}")
    if yes not in possible(changes, note.asked - SEEN_WITHIN, note.heard):
        found.append(f"{'yes' if yes else 'no'} {note.asked:.3f}, more than {SEEN_WITHIN} s after it ceased to hold")
    return found


def possible(changes: list[Change], begin: float, end: float) -> set[bool]:
    """What was true at some moment between these two; while a change is being committed both are."""
    before = [one for one in changes if one.committed < begin]
    holds = {before[-1].good if before else True}
    # as_of is told in whole milliseconds, rounded down.
    return holds | {one.good for one in changes if one.committed >= begin and one.at <= end + 0.001}


def test_the_control_a_stale_yes_is_seen() -> None:
    """The same load on a portal whose fast path doesn't look whether anything has changed."""
    members = build.members(20)
    with a_site(settings={"DJANGO_SETTINGS_MODULE": "tests.fastlane.forgetful"}) as address:
        notes, changes = poll_with_changes(address, members, rate=100.0, seconds=5)
    assert any("after it ceased to hold" in words for words in faults(notes, changes))


def test_the_control_each_fault_is_found() -> None:
    body = {"in_good_standing": True, "as_of": "2026-11-24T12:00:00.500Z", "valid_until": "2026-11-24T12:05:00.500Z"}
    noon = datetime.fromisoformat("2026-11-24T12:00:00Z").timestamp()

    def note(*, after: float = 1.0, etag: str = '"a"', text: str = json.dumps(body), status: int = 200) -> Note:
        return Note("A", noon + after, noon + after + 0.01, status, etag, text, "", True)

    no_before = [Change("A", False, noon, noon + 0.1)]
    no_after = [Change("A", False, noon + 2, noon + 2.1)]
    assert faults([note()], []) == []
    assert faults([note(), note(after=2.5, text="", status=304)], no_after) == []
    assert "not so at its as_of" in faults([note()], no_before)[0]
    assert "ceased to hold" in faults([note(), note(after=3.2, text="", status=304)], no_after)[0]
    assert "valid_until" in faults([note(after=301)], [])[0]
    assert "two bodies" in faults([note(), note(text=json.dumps(body | {"x": 1}))], [])[0]
    assert "never given" in faults([note(etag='"b"', text="", status=304)], [])[0]
