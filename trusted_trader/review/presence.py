"""Who has a case open right now, and what one has seen of it: notes in the cache, never relied upon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.models import User

HEARTBEAT = timedelta(seconds=30)
GONE_AFTER = timedelta(seconds=75)
REMEMBER = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague who has the case open; times are aware."""

    user_id: int
    name: str
    opened_at: datetime
    seen_at: datetime


def beat(case: int, user: User, at: datetime) -> Sequence[Present]:
    """Say that this user has the case open, and learn who else has. Without the cache: nobody."""
    key = f"presence:{case}"
    try:
        here: dict[int, Present] = cache.get(key) or {}
        here = {pk: who for pk, who in here.items() if at - who.seen_at < GONE_AFTER}
        mine = here.get(user.pk)
        here[user.pk] = Present(user.pk, str(user), mine.opened_at if mine else at, at)
        cache.set(key, here, GONE_AFTER.total_seconds())
    except (RedisError, OSError):
        return ()
    return sorted((who for who in here.values() if who.user_id != user.pk), key=lambda who: who.opened_at)


def mark_seen(case: int, user: User, at: datetime) -> None:
    """Remember when this user last opened the case, so that the queue can tell new notes."""
    try:
        cache.set(f"seen:{user.pk}:{case}", at, REMEMBER.total_seconds())
    except (RedisError, OSError):
        return


def last_seen(cases: Iterable[int], user: User) -> dict[int, datetime]:
    """When this user last opened each case, as far as is remembered."""
    keys = {f"seen:{user.pk}:{case}": case for case in cases}
    if not keys:
        return {}
    try:
        return {keys[key]: at for key, at in cache.get_many(keys).items()}
    except (RedisError, OSError):
        return {}
