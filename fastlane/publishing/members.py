"""A member's standing as partners get it: found by a number, told in plain words, signed, bound in time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import http_date

from accounts import identifiers, queries
from accounts.models import Account, Consent
from fastlane.publishing import cache, keys
from fastlane.publishing.models import SandboxMember
from fastlane.status_list.models import Slot
from trusted_trader.standing import queries as standings
from trusted_trader.standing.queries import StandingView

LONGEST_SECONDS = 300  # the contract's limit, whatever the settings say
LONGEST_VALUE = 100
SANDBOX_PREFIX = "TS-"

# What a partner reads. Why a member was suspended is between the member and the programme.
REASONS: Mapping[str, str] = {
    "certified": "The member is certified and in good standing.",
    "validated": "The member was validated on site and is in good standing.",
    "suspended": "The member is suspended. It has no benefits until it is reinstated.",
    "removed": "The member was removed from the programme. It has no benefits.",
    "withdrawn": "The member has left the programme. It has no benefits.",
    "none": "This account had no status in the programme at this time.",
}


class WrongTime(ValueError):
    """The time asked for can't be read or lies ahead; the message says what to do."""


class SeveralAccounts(Exception):
    """More than one account fits; `entity_types` are what the caller can choose from."""

    def __init__(self, entity_types: list[str]) -> None:
        super().__init__(", ".join(entity_types))
        self.entity_types = entity_types


@dataclass(frozen=True, slots=True)
class Facts:
    """All that an answer depends on."""

    account: str
    name: str
    entity_type: str
    level: str
    tier: int | None
    status: str
    in_good_standing: bool
    until: datetime | None  # when the period that holds ends, as known now
    place: tuple[int, int] | None = None  # in which status list, and where in it
    sandbox: bool = False


type Party = Account | SandboxMember


def key_of(party: Party) -> int:
    """The party's number in caches and marks; made-up members count below zero."""
    return party.pk if isinstance(party, Account) else -party.pk


def find(client_id: str, scheme: str, value: str, entity_type: str = "") -> Party | None:
    """The account behind a number, if its company consented to this client; unknown, ill-formed and foreign are None.

    Raises SeveralAccounts.
    """
    return one_of(visible(client_id, scheme, value), entity_type)


def visible(client_id: str, scheme: str, value: str) -> list[Party]:
    """Every account behind a number that this client may see; for a sandbox client, its own made-up member."""
    if scheme not in identifiers.API_SCHEMES or len(value) > LONGEST_VALUE:
        return []
    if scheme == "account" and value.upper().startswith(SANDBOX_PREFIX) and "\0" not in value:
        return list(SandboxMember.objects.filter(partner__client_id=client_id, number=value.upper()))
    if identifiers.check(scheme, value):
        return []
    accounts = queries.account_by_identifier(scheme, identifiers.normalise(scheme, value))
    seen = set(
        Consent.objects.filter(account__in=accounts, partner__client_id=client_id, revoked_at=None).values_list(
            "account_id", flat=True
        )
    )
    return [account for account in accounts if account.pk in seen]


def one_of(parties: list[Party], entity_type: str = "") -> Party | None:
    """The only one of this entity type (of any, when none is named). Raises SeveralAccounts."""
    if entity_type:
        parties = [party for party in parties if party.entity_type == entity_type]
    if len(parties) > 1:
        raise SeveralAccounts(sorted({party.entity_type for party in parties}))
    return parties[0] if parties else None


def answer(party: Party, *, at: datetime | None, now: datetime) -> cache.Answer:
    """The signed answer about a party now, or about the time `at`."""
    facts = read(party, at=at or now)
    question = at.astimezone(UTC).isoformat() if at else "now"
    # The key belongs to the facts: after a rotation the next answer is signed with the new one.
    depends_on = json.dumps([asdict(facts), keys.ring().kid], default=str, sort_keys=True)
    return cache.shared(
        key_of(party), question, depends_on, now=now.timestamp(), sign=lambda: sign(facts, as_of=now, at=at)
    )


def read(party: Party, *, at: datetime) -> Facts:
    if isinstance(party, SandboxMember):
        return Facts(
            party.number, party.name, party.entity_type, party.level, party.tier, party.status, party.in_good_standing,
            None, sandbox=True,
        )  # fmt: skip
    view = standings.standing(party, at=at)
    place = Slot.objects.filter(account=party).values_list("number", "index").first()
    return Facts(
        party.number, party.company.legal_name, party.entity_type, view.level, view.tier, view.status,
        view.in_good_standing, view.until, place,
    )  # fmt: skip


def sign(facts: Facts, *, as_of: datetime, at: datetime | None) -> cache.Answer:
    """The answer's bytes; the statement in it is signed over everything else."""
    as_of, valid_until = span(facts, as_of, LONGEST_SECONDS, bounded=at is None)
    return signed(body(facts, as_of=as_of, valid_until=valid_until, at=at), as_of, valid_until)


def span(facts: Facts, as_of: datetime, longest: int, *, bounded: bool) -> tuple[datetime, datetime]:
    """From when to when an answer holds: `longest` seconds at most, and not beyond the period it speaks of."""
    # Whole milliseconds, rounded down: what is said here was read at or after this moment.
    as_of = as_of.replace(microsecond=as_of.microsecond // 1000 * 1000)
    valid_until = as_of + timedelta(seconds=min(settings.STATEMENT_SECONDS, longest))
    if bounded and facts.until is not None:
        valid_until = min(valid_until, facts.until)
    return as_of, valid_until


def signed(content: dict[str, Any], as_of: datetime, valid_until: datetime) -> cache.Answer:
    """The content with its statement, as bytes with an ETag."""
    content["statement"] = keys.ring().sign(content)
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return cache.answer(text.encode(), last_modified=http_date(as_of.timestamp()), valid_until=valid_until.timestamp())


def body(facts: Facts, *, as_of: datetime, valid_until: datetime, at: datetime | None) -> dict[str, Any]:
    code = reason_code(facts)
    content: dict[str, Any] = {
        "member": {"account": facts.account, "name": facts.name, "entity_type": facts.entity_type},
        "level": facts.level,
        "tier": facts.tier,
        "status": facts.status,
        "in_good_standing": facts.in_good_standing,
        "reasons": [{"code": code, "text": REASONS[code]}],
        "as_of": moment(as_of),
        "valid_until": moment(valid_until),
    }
    if facts.place is not None:
        number, index = facts.place
        content["status_list"] = {
            "idx": index,
            "uri": f"{settings.PUBLIC_URL}{reverse('api:status_list', args=[number])}",
        }
    if facts.sandbox:
        content["sandbox"] = True
    if at is not None:
        content["at"] = moment(at)
    return content


def reason_code(standing: Facts | StandingView) -> str:
    """Which of REASONS says why this standing is a yes or a no."""
    code = standing.level if standing.in_good_standing else standing.status
    return code if code in REASONS else "none"


def moment(time: datetime) -> str:
    """RFC 3339 in UTC, in milliseconds."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def parse_at(text: str, *, now: datetime) -> datetime:
    """The time asked for. Raises WrongTime unless it is RFC 3339 with its zone and not in the future."""
    at = parse_time(text)
    if at > now:
        raise WrongTime("This time lies ahead. A standing can be told up to now, not beyond.")
    return at


def parse_time(text: str) -> datetime:
    """A time in UTC. Raises WrongTime unless it is RFC 3339 with its zone."""
    if not _RFC_3339.fullmatch(text):
        raise WrongTime("Write a time with its zone, for example 2026-11-23T10:00:00Z. In an address write + as %2B.")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WrongTime("There is no such time. Check the day, the hour and the zone.") from error
