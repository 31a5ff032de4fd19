"""Who may call the fast lane's routes."""

from __future__ import annotations

from accounts.policy import GET, POST, Who, row
from fastlane.console.policy import ROWS as CONSOLE
from fastlane.lanes.api_urls import ROWS as LANES
from fastlane.lanes.policy import ROWS as LANE_PAGES
from fastlane.ledger.policy import ROWS as LEDGER
from fastlane.parcels.policy import ROWS as PARCELS
from fastlane.rulebook.policy import ROWS as RULEBOOK
from fastlane.scopes import ELIGIBILITY_READ, MEMBERS_READ, WEBHOOKS_MANAGE

OPEN = {Who.ANYONE}
READ = tuple(method for method in GET if method != "OPTIONS")  # the API answers OPTIONS with a 405

ROWS = (
    *LANES,
    *CONSOLE,
    *LANE_PAGES,
    *RULEBOOK,
    *LEDGER,
    *PARCELS,
    row("api:member", READ, {f"scope:{MEMBERS_READ}"}, note="members that consented to this client"),
    row("api:changes", READ, {f"scope:{MEMBERS_READ}"}, note="changes of members that consented to this client"),
    row("api:eligibility", READ, {f"scope:{ELIGIBILITY_READ}"}, note="parties that consented to this client"),
    row("api:sandbox_members", READ, {f"scope:{MEMBERS_READ}"}, note="a sandbox client's made-up members"),
    row("api:sandbox_member", ("PUT",), {f"scope:{MEMBERS_READ}"}, note="a sandbox client's made-up members"),
    row("api:webhooks", (*READ, *POST), {f"scope:{WEBHOOKS_MANAGE}"}, note="the client's own"),
    row("api:webhook", (*READ, "PATCH", "DELETE"), {f"scope:{WEBHOOKS_MANAGE}"}, note="the client's own"),
    row("api:deliveries", READ, {f"scope:{WEBHOOKS_MANAGE}"}, note="the client's own"),
    row("api:replay", POST, {f"scope:{WEBHOOKS_MANAGE}"}, note="the client's own"),
    row("api:webhook_secret", POST, {f"scope:{WEBHOOKS_MANAGE}"}, note="the client's own"),
    row("api:webhook_test", POST, {f"scope:{WEBHOOKS_MANAGE}"}, note="the client's own"),
    row("api:token", POST, OPEN, note="client id and secret are judged there"),
    row("api:jwks", READ, OPEN),
    row("api:status_list", READ, OPEN, note="signed; which place is whose is told to consented clients alone"),
    row("api:schema", READ, OPEN),
    row("api:docs", READ, OPEN),
    row("verify_certificate", READ, OPEN, note="needs the certificate's code; limited by address"),
    row("verify_statement", (*READ, *POST), OPEN),
)
