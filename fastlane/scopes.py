"""The scopes that partner clients ask for, and what each lets them do."""

from __future__ import annotations

from collections.abc import Mapping

MEMBERS_READ = "members:read"

SCOPES: Mapping[str, str] = {
    MEMBERS_READ: "Read the standing of members that consented.",
    "eligibility:read": "Ask whether a party is eligible for a lane.",
    "lanes:read": "Read lane requests and their decisions.",
    "lanes:write": "File and change lane requests.",
    "facts:write": "Send facts about port calls.",
    "webhooks:manage": "Manage notifications of changes.",
}
