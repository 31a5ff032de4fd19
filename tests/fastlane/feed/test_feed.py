"""What a client reads in its change feed, and what it never reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from django.utils import timezone

from accounts import effects, tenancy
from accounts.effects.models import Effect
from accounts.operations import CONSENT_CHANGED
from fastlane.feed.models import Change
from fastlane.scopes import MEMBERS_READ
from tests.fastlane.conftest import GOOD, SUSPENDED, Member, Partner, a_partner
from tests.fastlane.wsgi import Reply, call
from trusted_trader.standing.operations import CHANGED

URL = "/api/v1/members/changes"


def run_effects(*, newest_first: bool = False) -> None:
    """What a worker does, in one order or the other."""
    with tenancy.enter(tenancy.Scope.SYSTEM):
        rows = Effect.objects.filter(kind__in=[CHANGED, CONSENT_CHANGED], done_at=None)
        due = list(rows.order_by("-pk" if newest_first else "pk").values_list("pk", flat=True))
    for pk in due:
        assert effects.run(pk)


def read(partner: Partner, after: int = 0, **query: object) -> Reply:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return call(f"{URL}?after={after}{more}", token=partner.token(MEMBERS_READ))


def told(partner: Partner, after: int = 0) -> list[tuple[Any, ...]]:
    return [(c["position"], c["type"], c["account"], c.get("status")) for c in read(partner, after).json["changes"]]


@pytest.fixture
def member(new_member: Callable[..., Member]) -> Member:
    """A member whose own beginnings are long done."""
    made = new_member()
    run_effects()
    return made


@pytest.fixture
def consenting(member: Member, partner: Partner) -> Member:
    member.consents_to(partner)
    run_effects()
    return member


def test_a_consent_brings_the_account_with_its_standing(consenting: Member, partner: Partner) -> None:
    [change] = read(partner).json["changes"]
    assert change.pop("at")
    assert change.pop("since")
    assert change == {
        "position": 1, "type": "consent.given", "account": consenting.account.number, "order": 1,
        "name": consenting.account.company.legal_name, "entity_type": "importer", "level": "certified", "tier": 1,
        "status": "good", "in_good_standing": True,
    }  # fmt: skip


def test_a_change_of_standing_follows(consenting: Member, partner: Partner) -> None:
    consenting.becomes(SUSPENDED)
    run_effects()
    number = consenting.account.number
    assert told(partner) == [(1, "consent.given", number, "good"), (2, "standing.changed", number, "suspended")]
    assert told(partner, after=1) == [(2, "standing.changed", number, "suspended")]


def test_a_stranger_to_the_account_reads_nothing(consenting: Member, partner: Partner) -> None:
    other = a_partner("Other Terminal")
    consenting.becomes(SUSPENDED)
    run_effects()
    assert told(other) == []
    with tenancy.enter(tenancy.Scope.PARTNER, client_id=other.client_id):
        assert not Change.objects.exists()


def test_a_consent_that_ends_leaves_a_tombstone_alone(member: Member, partner: Partner) -> None:
    consent = member.consents_to(partner)
    run_effects()
    member.revokes(consent)
    assert told(partner) == []  # from the commit on, before any worker ran
    run_effects()
    member.becomes(SUSPENDED)
    run_effects()
    [change] = read(partner).json["changes"]
    assert change.keys() == {"position", "type", "at", "account"}
    assert (change["position"], change["type"], change["account"]) == (2, "consent.ended", member.account.number)


def test_a_consent_given_anew_brings_the_account_back(member: Member, partner: Partner) -> None:
    member.revokes(member.consents_to(partner))
    member.consents_to(partner)
    run_effects()
    assert told(partner)[-1][1:] == ("consent.given", member.account.number, "good")


def test_effects_that_run_in_the_wrong_order_end_with_the_truth(member: Member, partner: Partner) -> None:
    consent = member.consents_to(partner)
    run_effects()
    member.becomes(SUSPENDED)
    member.becomes(GOOD)
    member.revokes(consent)
    member.consents_to(partner)
    member.becomes(SUSPENDED)
    run_effects(newest_first=True)
    assert told(partner)[-1][3] == "suspended"
    assert "consent.ended" not in {change[1] for change in told(partner)}


def test_an_effect_that_runs_twice_enters_once(consenting: Member, partner: Partner) -> None:
    consenting.becomes(SUSPENDED)
    with tenancy.enter(tenancy.Scope.SYSTEM):
        effect = Effect.objects.filter(kind=CHANGED).latest("pk")
    assert [effects.run(effect.pk), effects.run(effect.pk)] == [True, False]
    assert len(told(partner)) == 2


def test_pages_lead_through_the_whole_feed(
    consenting: Member, partner: Partner, new_member: Callable[..., Member]
) -> None:
    for status in (SUSPENDED, GOOD) * 4:
        consenting.becomes(status)
        run_effects()
    positions, after, more = [], 0, True
    while more:
        page = read(partner, after, limit=4).json
        positions += [change["position"] for change in page["changes"]]
        after, more = page["position"], page["more"]
        assert page["next"].endswith(f"{URL}?after={after}&limit=4")
    assert positions == list(range(1, 10))


def test_nothing_new_is_a_304_that_costs_nothing(consenting: Member, partner: Partner) -> None:
    token = partner.token(MEMBERS_READ)
    first = call(f"{URL}?after=1", token=token)
    again = call(f"{URL}?after=1", token=token, if_none_match=first.headers["etag"])
    assert (first.status, first.json["changes"], again.status, again.body) == (200, [], 304, b"")
    assert again.headers["ratelimit"] == first.headers["ratelimit"]
    consenting.becomes(SUSPENDED)
    run_effects()
    assert call(f"{URL}?after=1", token=token, if_none_match=first.headers["etag"]).status == 200


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "after=%D9%A1", "after=99999999999999999999", "limit=1001", "limit=ten"]
)
def test_a_cursor_that_is_none_is_refused(partner: Partner, query: str) -> None:
    reply = call(f"{URL}?{query}", token=partner.token(MEMBERS_READ))
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (400, f"/{query.partition('=')[0]}")


def test_the_scope_is_needed(partner: Partner) -> None:
    assert call(URL).status == 401
    assert call(URL, token=partner.token("lanes:read")).status == 403


def test_the_company_sees_what_its_partners_were_told(consenting: Member) -> None:
    with tenancy.enter(tenancy.Scope.USER, companies=[consenting.account.company_id]):
        assert Change.objects.count() == 1
    with tenancy.enter(tenancy.Scope.USER, companies=[0]):
        assert not Change.objects.exists()


def test_times_are_told_in_utc(consenting: Member, partner: Partner) -> None:
    [change] = read(partner).json["changes"]
    assert change["at"].endswith("Z")
    assert change["at"][:10] == timezone.now().astimezone(UTC).date().isoformat()
