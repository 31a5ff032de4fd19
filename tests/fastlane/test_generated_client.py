"""A client generated from the OpenAPI document works against the live portal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client as Browser

from fastlane.scopes import ELIGIBILITY_READ, MEMBERS_READ, WEBHOOKS_MANAGE
from tests.fastlane.conftest import Member, a_partner
from tests.fastlane.feed.test_feed import run_effects

PROGRAM = """
import json, sys
from portal_client import AuthenticatedClient
from portal_client.api.api import {calls}
from portal_client.models import EligibilityLane, EligibilityScheme, WebhookRequest
from portal_client.types import UNSET

address, token, number = sys.argv[1:]
client = AuthenticatedClient(base_url=address, token=token, follow_redirects=False)
with client as client:
    member = member_standing.sync_detailed("account", number, client=client)
    unchanged = member_standing.sync_detailed(
        "account", number, client=client, if_none_match=member.headers["etag"])
    changes = member_changes.sync(client=client)
    asked = eligibility.sync(client=client, lane=EligibilityLane.AQUA, scheme=EligibilityScheme.ACCOUNT, value=number, port="2704")
    made = webhook_create.sync(
        client=client, body=WebhookRequest(url="https://hooks.example.org/"), idempotency_key="one")
    gone = webhook_delete.sync_detailed(made.id, client=client)
print(json.dumps({{
    "name": member.parsed.member.name, "good": member.parsed.in_good_standing, "again": int(unchanged.status_code),
    "types": [str(c.type_) for c in changes.changes], "outcome": str(asked.outcome),
    "secret": made.secret[:6], "gone": int(gone.status_code),
}}))
"""
CALLS = ("eligibility", "member_changes", "member_standing", "webhook_create", "webhook_delete")


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: object) -> Path:
    """The generated package's folder."""
    folder = tmp_path_factory.mktemp("generated")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        description = json.loads(Browser().get("/api/v1/schema").content)
    (folder / "openapi.json").write_text(json.dumps(description))
    (folder / "config.yml").write_text(
        "project_name_override: portal-client\npackage_name_override: portal_client\npost_hooks: []\n"
    )
    subprocess.run(
        [
            sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--config",
            "config.yml", "--meta", "none", "--output-path", "portal_client",
        ],
        cwd=folder, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder


def test_a_generated_client_asks_polls_and_manages_webhooks(
    transactional_db: None, live_server: object, new_member: Callable[..., Member], generated: Path
) -> None:
    member, partner = new_member("sea_carrier"), a_partner()
    run_effects()
    member.consents_to(partner)
    run_effects()
    token = partner.token(MEMBERS_READ, ELIGIBILITY_READ, WEBHOOKS_MANAGE)
    package = next(folder.name for folder in (generated / "portal_client" / "api").iterdir() if folder.is_dir())
    program = PROGRAM.format(calls=", ".join(CALLS)).replace("portal_client.api.api", f"portal_client.api.{package}")
    done = subprocess.run(
        [sys.executable, "-c", program, live_server.url, token, member.account.number],  # type: ignore[attr-defined]
        cwd=generated, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout) == {
        "name": member.account.company.legal_name, "good": True, "again": 304, "types": ["consent.given"],
        "outcome": "ineligible", "secret": "whsec_", "gone": 204,
    }  # fmt: skip
