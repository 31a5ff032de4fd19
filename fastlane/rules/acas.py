"""Air cargo advance screening (ACAS): house-level data before loading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastlane.rules.facts import DECLARED, fact
from fastlane.rules.kinds import FLAG, MOMENT
from fastlane.rules.outcome import Outcome
from fastlane.rules.rule import SOURCED, Law, rule
from fastlane.rules.rule import gettext_noop as _

# The figure in the law table from the day on which more shipper and consignee data are asked.
MORE_DATA = 1


@dataclass(frozen=True, slots=True)
class AcasFacts:
    """One air shipment before it is loaded."""

    loading_at: datetime | None = fact(MOMENT, DECLARED, _("the time of loading"))
    data_sent_at: datetime | None = fact(MOMENT, DECLARED, _("when the advance data were sent"))
    house_level: bool | None = fact(FLAG, DECLARED, _("house-level data"), _("one record for each house air waybill"))
    shipper_and_consignee_complete: bool | None = fact(
        FLAG, DECLARED, _("the fuller shipper and consignee data"), _("asked since 2024")
    )


@rule(
    "AC-01", Outcome.INELIGIBLE, _("The advance data aren't complete before loading. Do not load."),
    "[S 30]", SOURCED,
    needs=("loading_at",), may=("data_sent_at", "house_level", "shipper_and_consignee_complete"), law=True,
)  # fmt: skip
def no_advance_data(
    law: Law, loading: datetime, sent: datetime | None, house_level: bool | None, complete: bool | None
) -> bool:
    late = sent is None or sent >= loading
    return late or not house_level or (law.amount == MORE_DATA and not complete)


RULES = (no_advance_data,)

EXAMPLE: dict[str, object] = {
    "loading_at": "2026-12-14T22:00:00Z",
    "data_sent_at": "2026-12-14T12:00:00Z",
    "house_level": True,
    "shipper_and_consignee_complete": True,
}
