"""Who may call the fast lane's routes."""

from __future__ import annotations

from accounts.policy import GET, POST, Who, row
from fastlane.scopes import MEMBERS_READ

OPEN = {Who.ANYONE}
READ = tuple(method for method in GET if method != "OPTIONS")  # the API answers OPTIONS with a 405

ROWS = (
    row("api:member", READ, {f"scope:{MEMBERS_READ}"}, note="members that consented to this client"),
    row("api:changes", READ, {f"scope:{MEMBERS_READ}"}, note="changes of members that consented to this client"),
    row("api:token", POST, OPEN, note="client id and secret are judged there"),
    row("api:jwks", READ, OPEN),
    row("api:schema", READ, OPEN),
    row("api:docs", READ, OPEN),
    row("verify_certificate", READ, OPEN, note="needs the certificate's code; limited by address"),
    row("verify_statement", (*READ, *POST), OPEN),
)
