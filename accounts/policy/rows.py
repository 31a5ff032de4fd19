"""Who may open which page about WHO, allauth's pages included."""

from __future__ import annotations

from accounts.policy import BOTH, GET, POST, Factor, Who, row
from accounts.roles import COMPANY_ROLES, Role

READERS = COMPANY_ROLES - {Role.VESSEL_AGENT}  # an agent sees the lanes it files for, and nothing else
EDITORS = {Role.OFFICER, Role.CONTACT}
OFFICERS = {Role.OFFICER}

ENTRY = (
    "account_login",
    "account_signup",
    "account_signup_by_passkey",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_signup_webauthn",
    "invitation",
)
ENROLMENT = (
    "second_factor",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
)
FACTORS = (
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_deactivate_totp",
    "mfa_list_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "account_email",
    "account_change_password",
    "account_set_password",
)

ROWS = (
    *(row(name, BOTH, {Who.ANYONE}) for name in ENTRY),
    *(row(name, BOTH, {Who.HALF_SIGNED_IN}, note="to set up or prove the second factor") for name in ENROLMENT),
    *(row(name, BOTH, {Who.SIGNED_IN}, factor=Factor.FRESH) for name in FACTORS),
    row("profile", BOTH, {Who.SIGNED_IN}),
    row("sign_out_everywhere", POST, {Who.SIGNED_IN}),
    row("inbox", GET, {Who.SIGNED_IN}),
    row("inbox_read_all", POST, {Who.SIGNED_IN}),
    row("notice", GET, {Who.SIGNED_IN}),
    row("companies", GET, {Who.SIGNED_IN}),
    row("company_register", BOTH, {Who.SIGNED_IN}),
    row("company_details", GET, READERS, own="company"),
    row("company_details", POST, EDITORS, own="company"),
    row("facilities", GET, READERS, own="company"),
    row("facilities", POST, EDITORS, own="company"),
    row("facility", BOTH, EDITORS, own="company"),
    row("facility_remove", POST, EDITORS, own="company"),
    row("people", GET, READERS, own="company"),
    row("people", POST, EDITORS, own="company"),
    row("person", BOTH, EDITORS, own="company"),
    row("person_remove", POST, EDITORS, own="company"),
    row("members", GET, READERS, own="company"),
    row("members", POST, OFFICERS, own="company", note="only an officer invites"),
    row("member_role", POST, OFFICERS, own="company"),
    row("member_end", POST, COMPANY_ROLES, own="company", note="an officer ends any membership, everyone their own"),
    row("invitation_revoke", POST, OFFICERS, own="company"),
    row("consents", GET, READERS, own="number"),
    row("consents", POST, OFFICERS, own="number", note="only an officer consents"),
    row("consent_revoke", POST, OFFICERS, own="number"),
)
