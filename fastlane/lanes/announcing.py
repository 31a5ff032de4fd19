"""Tell partners' systems of each turn of a request by webhook: those that act for the carrier, or for the terminal."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from accounts.models import Consent
from fastlane.lanes.models import LaneRequest
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks.models import Delivery

CHANGED = webhooks.kind("lane_request.changed", "A request for a port call was decided, or its decision has fallen.")


def announce(row: LaneRequest, *, status: str, order: int, operator: int | None, at: datetime) -> int:
    """Announce that the request came to stand so, to the systems of the carrier and of the terminal's `operator` then.
    `order` rises with each turn. Returns how many messages follow.
    """
    data = {"request": row.reference, "lane": row.lane, "status": status, "order": order}
    made = webhooks.announce(
        _listeners(row, operator), CHANGED, lane=row.reference, about=f"{row.reference}:{order}", data=data, at=at
    )
    return len(made)


def _listeners(row: LaneRequest, operator: int | None) -> set[int]:
    """The carrier's systems hear of everything that was sent; the terminal's from the first approval on. Who heard of
    an approval hears its end, also when another company runs the terminal by then.
    """
    concerned = Q(account=row.account_id)
    if row.approved_eta is not None:
        heard = Delivery.objects.filter(lane=row.reference, type=CHANGED).values("endpoint__partner")
        concerned |= Q(account=operator) | Q(partner__in=heard, account__entity_type="marine_port_terminal_operator")
    return set(Consent.objects.filter(concerned, acts=True, revoked_at=None).values_list("partner_id", flat=True))
