"""The change feed's call."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from fastlane.feed import describing, queries
from fastlane.publishing import conditional, problems
from fastlane.publishing.views import POLL_SECONDS, PartnerView, calling


class ChangesView(PartnerView):
    """Everything that has changed for this client since a position."""

    route = "api:changes"

    http_method_names = ["get", "head"]

    @describing.changes
    def get(self, request: Request) -> HttpResponse:
        after = _number(request, "after", 0, largest=queries.LARGEST_POSITION)
        limit = max(_number(request, "limit", queries.USUAL, largest=queries.MOST), 1)
        # One more than asked for tells whether there is more.
        found = queries.page(calling(request).client_id, after=after, limit=limit + 1)
        shown = found[:limit]
        last = shown[-1].position if shown else after
        given = f"&limit={limit}" if "limit" in request.query_params else ""
        body = conditional.written(
            {
                "changes": [queries.as_json(change) for change in shown],
                "position": last,
                "more": len(found) > limit,
                "next": f"{settings.PUBLIC_URL}{reverse('api:changes')}?after={last}{given}",
            }
        )
        return conditional.answer(request, body, headers={"X-Poll-Interval": str(POLL_SECONDS)})


def _number(request: Request, name: str, usual: int, *, largest: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > largest:
        raise problems.WrongValue(f"/{name}", "number", f"Give a whole number from 0 to {largest}, or leave it out.")
    return int(text)
