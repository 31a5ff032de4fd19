"""Enter changes into the clients' feeds, in the order of the commits.

Whoever enters holds the row lock of the client's FeedHead until the commit, so a reader who sees position n has seen
all below n. What is entered is read after the lock was taken: the last entry about an account is always its truth,
in whatever order the effects of several changes run.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max

from accounts.models import Account, Consent, PartnerClient
from fastlane.feed.models import Change, FeedHead
from fastlane.publishing.models import SandboxMember
from trusted_trader.standing import queries as standings


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry tells of an account."""

    number: str
    company_id: int | None
    account_id: int | None
    name: str
    entity_type: str
    level: str
    tier: int | None
    status: str
    in_good_standing: bool
    since: datetime | None


def standing_changed(account_id: int, *, at: datetime) -> list[Change]:
    """Enter the account's standing into the feed of every client that it has consented to."""
    account = Account.objects.select_related("company").get(pk=account_id)
    heads = _lock(_consented(account_id))
    still = _consented(account_id)  # who came or went while we waited is told by the consent's own entry
    told = _of(account, at)
    return [_enter(head, Change.Kind.STANDING, told, at) for head in heads if head.partner_id in still]


def consent_changed(consent_id: int, *, at: datetime) -> list[Change]:
    """Bring an account into a client's feed with its standing, or say that the consent has ended."""
    consent = Consent.objects.select_related("account__company").get(pk=consent_id)
    account, partner_id = consent.account, consent.partner_id
    [head] = _lock([partner_id])
    if consent.revoked_at is None:
        is_open = partner_id in _consented(account.pk)
        return [_enter(head, Change.Kind.GIVEN, _of(account, at), at)] if is_open else []
    last = Change.objects.filter(partner_id=partner_id, number=account.number).order_by("-order").first()
    # Given anew meanwhile, or never told of: then there is nothing that ends.
    if partner_id in _consented(account.pk) or last is None or last.kind == Change.Kind.ENDED:
        return []
    return [_enter(head, Change.Kind.ENDED, None, at, account=account)]


def sandbox_changed(member: SandboxMember, *, at: datetime) -> list[Change]:
    """Enter a made-up member's standing into its own client's feed."""
    [head] = _lock([member.partner_id])
    told = Told(
        member.number, None, None, member.name, member.entity_type, member.level, member.tier, member.status,
        member.in_good_standing, member.changed_at,
    )  # fmt: skip
    return [_enter(head, Change.Kind.STANDING, told, at)]


def _consented(account_id: int) -> set[int]:
    return set(Consent.objects.filter(account_id=account_id, revoked_at=None).values_list("partner_id", flat=True))


def _of(account: Account, at: datetime) -> Told:
    view = standings.standing(account, at=at)
    return Told(
        account.number, account.company_id, account.pk, account.company.legal_name, account.entity_type, view.level,
        view.tier, view.status, view.in_good_standing, view.since,
    )  # fmt: skip


def _lock(partners: Collection[int]) -> list[FeedHead]:
    """The heads of these clients' feeds, locked until the commit; always in one order, so that nobody waits in a ring."""
    wanted = sorted(partners)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into fastlane_feedhead (partner_id, last) select unnest(%s::bigint[]), 0 on conflict do nothing",
            [wanted],
        )
    return list(FeedHead.objects.select_for_update().filter(partner_id__in=wanted).order_by("partner_id"))


def _enter(
    head: FeedHead, kind: Change.Kind, told: Told | None, at: datetime, account: Account | None = None
) -> Change:
    head.last += 1
    head.save(update_fields=["last"])
    fields = asdict(told) if told else {}
    if account is not None:
        fields |= {"number": account.number, "account_id": account.pk, "company_id": account.company_id}
    before = Change.objects.filter(partner_id=head.partner_id, number=fields["number"]).aggregate(Max("order"))
    return Change.objects.create(
        partner_id=head.partner_id,
        position=head.last,
        order=(before["order__max"] or 0) + 1,
        kind=kind,
        at=at,
        **fields,
    )


def last_position(partner: PartnerClient) -> int:
    """The newest position of a client's feed, 0 while it is empty."""
    return FeedHead.objects.filter(partner=partner).values_list("last", flat=True).first() or 0
