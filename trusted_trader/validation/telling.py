"""Tell the company that it was validated, and what that changes."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import effects, notices, queries
from accounts.effects.models import Effect
from trusted_trader.standing.queries import standing
from trusted_trader.validation.models import Validation


@effects.handler("validation.confirmed")
def confirmed(effect: Effect) -> str:
    row = Validation.objects.select_related("account__company").get(pk=effect.payload["validation"])
    assert row.concluded_at is not None  # noqa: S101 - the effect comes from the confirmation
    tier = standing(row.account, at=row.concluded_at).tier
    lines = [
        _("The validation of %(day)s is confirmed. Your account %(number)s is validated from now on.")
        % {"day": date_format(row.visited_on, "DATE_FORMAT"), "number": row.account.number}
    ]
    if tier:
        lines.append(_("It is now in tier %(tier)s.") % {"tier": tier})
    lines.append(_("Partners to whom you have given consent see it at once."))
    notices.tell(
        queries.people_to_tell(row.company_id),
        kind="validation.confirmed",
        subject=_("You are validated: account %(number)s") % {"number": row.account.number},
        body="\n\n".join(lines),
        at=effect.not_before,
        company=row.account.company,
        link=reverse("case", args=[row.account.number]),
    )
    return "told"
