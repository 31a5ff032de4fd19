"""Who may open the console: anyone signed in; the views show a client to the people named for it alone (else 404)."""

from __future__ import annotations

from accounts.policy import BOTH, GET, POST, Factor, Who, row
from accounts.roles import Role

OWN = "a client's own people and administrators; 404 for all others"
SIGNED_IN = {Who.SIGNED_IN}

ROWS = (
    row("partners", GET, SIGNED_IN, note=OWN),
    row("partner", GET, SIGNED_IN, note=OWN),
    row("partner_secret", POST, SIGNED_IN, factor=Factor.FRESH, note=OWN),
    row("partner_usage", GET, SIGNED_IN, note=OWN),
    row("partner_code", GET, SIGNED_IN, note=OWN),
    row("partner_sandbox", BOTH, SIGNED_IN, note=OWN),
    row("partner_people", BOTH, {Role.ADMINISTRATOR}),
    row("partner_person_end", POST, {Role.ADMINISTRATOR}),
    row("partner_webhooks", GET, SIGNED_IN, note=OWN),
    row("partner_webhook_new", BOTH, SIGNED_IN, factor=Factor.FRESH, note=OWN),
    row("partner_webhook", GET, SIGNED_IN, note=OWN),
    row("partner_webhook_secret", POST, SIGNED_IN, factor=Factor.FRESH, note=OWN),
    row("partner_webhook_act", POST, SIGNED_IN, note=OWN),
)
