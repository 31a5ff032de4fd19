"""Writes of the status list: give places, keep their codes true, build and sign the lists."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
from array import array
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from joserfc import jws

from accounts import effects, tenancy
from accounts.effects.models import Effect
from accounts.models import Account, Consent
from fastlane.publishing import keys
from fastlane.status_list import codes
from fastlane.status_list.models import PublishedList, Slot
from trusted_trader.standing import queries as standings
from trusted_trader.statements import ALGORITHM

BUILD = "status_list.build"
PLACES = 1_000_000  # in one list
FULL = 0.95  # beyond, free places are too rare to be drawn by chance
TYPE = "statuslist+jwt"
LIFE = timedelta(seconds=300)  # of a signed list: no yes outlives it
SIGNED_ANEW_AFTER = timedelta(seconds=120)
ASK_AGAIN_SECONDS = 5  # how long a copy may be kept before the portal is asked again


def uri(number: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse('api:status_list', args=[number])}"


def follow(account_id: int, *, at: datetime) -> Slot | None:
    """Bring the account's code in line with its standing and consents; the first consent gives it a place."""
    # Changes of one account go one after the other, so that the last one sees all of them.
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    consenting = Consent.objects.filter(account=account, revoked_at=None).exists()
    slot = Slot.objects.filter(account=account).first()
    if slot is None and not consenting:
        return None
    view = standings.standing(account, at=at)
    code = codes.code_of(in_good_standing=view.in_good_standing, status=view.status, consenting=consenting)
    if slot is None:
        slot = _draw(account, code)
    elif slot.code != code:
        slot.code = code
        slot.save(update_fields=["code"])
    else:
        return slot
    effects.add(BUILD, f"list:{slot.number}", f"{account_id} {secrets.token_hex(8)}", at=at,
                payload={"number": slot.number})  # fmt: skip
    return slot


def _draw(account: Account, code: int) -> Slot:
    """A free place at random in the newest list, or in the next one when that is full."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7413)")  # two draws can't take the same place
    newest = Slot.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if Slot.objects.filter(number=newest).count() >= PLACES * FULL:
        newest += 1
    while True:
        index = secrets.randbelow(PLACES)
        if not Slot.objects.filter(number=newest, index=index).exists():
            return Slot.objects.create(
                company_id=account.company_id, account=account, number=newest, index=index, code=code
            )


@effects.handler(BUILD)
def build_for(effect: Effect) -> str:
    """Build the list that an effect names; whatever else waits for the same list is done with it."""
    number = int(effect.payload["number"])
    now = timezone.now()
    PublishedList.objects.get_or_create(
        number=number, defaults={"codes": "", "token": "", "etag": "", "built_at": now, "signed_at": now}
    )
    mine = PublishedList.objects.select_for_update(skip_locked=True).filter(number=number).first()
    if mine is None:
        # Another worker is building and may have read before our change: look again.
        effects.add(BUILD, f"list:{number}", f"after {effect.pk}", at=now, not_before=now + timedelta(seconds=1),
                    payload={"number": number})  # fmt: skip
        return "another worker is at it"
    # Their changes are committed, so what is read after this holds them.
    waiting = Effect.objects.filter(kind=BUILD, subject=effect.subject, done_at=None, cancelled_at=None)
    covered = list(waiting.exclude(pk=effect.pk).select_for_update(skip_locked=True).values_list("pk", flat=True))
    build(mine, at=now)
    Effect.objects.filter(pk__in=covered).update(done_at=now, outcome=f"built with {effect.pk}")
    return f"built, {len(covered)} more served"


def build(row: PublishedList, *, at: datetime) -> None:
    """Read all codes of the list and sign it anew."""
    row.codes = codes.compressed(bytes(codes.laid_out(_read(row.number), PLACES)))
    row.built_at = at
    _sign(row, at)
    row.save()


def _sign(row: PublishedList, at: datetime) -> None:
    ring = keys.ring()
    claims: dict[str, Any] = {
        "sub": uri(row.number),
        "iat": int(at.timestamp()),
        "exp": int((at + LIFE).timestamp()),
        "ttl": ASK_AGAIN_SECONDS,
        "status_list": {"bits": codes.BITS, "lst": row.codes},
    }
    header = {"alg": ALGORITHM, "kid": ring.kid, "typ": TYPE}
    row.token = jws.serialize_compact(
        header, json.dumps(claims, separators=(",", ":")), ring.current, algorithms=[ALGORITHM]
    )
    row.signed_at = at
    digest = hashlib.sha256(row.token.encode()).digest()[:18]
    row.etag = f'"{base64.urlsafe_b64encode(digest).decode()}"'


def refresh(*, at: datetime) -> int:
    """Build again every list that was signed a while ago, so that none expires. Returns how many."""
    count = 0
    with tenancy.enter(tenancy.Scope.SYSTEM):
        old = PublishedList.objects.filter(signed_at__lte=at - SIGNED_ANEW_AFTER)
        for row in old.select_for_update(skip_locked=True):
            build(row, at=at)
            count += 1
    return count


def _read(number: int) -> Iterator[tuple[int, int]]:
    """Place and code of everybody in the list, packed by the database into one value: no row costs a message."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select string_agg(int4send((s.index * 4 + s.code)::integer), ''::bytea) from fastlane_slot s"
            " where s.number = %s",
            [number],
        )
        values = array("I", bytes(cursor.fetchone()[0] or b""))
    if sys.byteorder == "little":
        values.byteswap()
    return ((value >> 2, value & 3) for value in values)
