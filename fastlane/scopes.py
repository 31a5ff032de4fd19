"""The scopes that partner clients ask for, and what each lets them do."""

from __future__ import annotations

from collections.abc import Mapping

MEMBERS_READ = "members:read"
ELIGIBILITY_READ = "eligibility:read"
LANES_READ = "lanes:read"
LANES_WRITE = "lanes:write"
FACTS_WRITE = "facts:write"
WEBHOOKS_MANAGE = "webhooks:manage"

SCOPES: Mapping[str, str] = {
    MEMBERS_READ: "Read the standing of members that consented.",
    ELIGIBILITY_READ: "Ask whether a party is eligible for a lane.",
    LANES_READ: "Read lane requests and their decisions.",
    LANES_WRITE: "File and change lane requests.",
    FACTS_WRITE: "Send facts about port calls.",
    WEBHOOKS_MANAGE: "Manage notifications of changes.",
}
