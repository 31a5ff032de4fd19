"""Writes about WHO: each operation checks, records its event and saves, in one transaction."""

from accounts.operations.companies import (
    found_company,
    open_account,
    remove_facility,
    save_facility,
    set_identifier,
    update_company,
)
from accounts.operations.consents import CONSENT_CHANGED, grant_consent, revoke_consent
from accounts.operations.membership import (
    INVITATION_LIFE,
    LAPSE,
    accept_invitation,
    change_role,
    end_membership,
    invitation_mail,
    invite,
    lapse_delegation,
    revoke_invitation,
)
from accounts.operations.people import PERSONAL, erase_person, remove_person, rename_user, reveal_person, save_person
from accounts.operations.records import company_subject

__all__ = [
    "CONSENT_CHANGED",
    "INVITATION_LIFE",
    "LAPSE",
    "PERSONAL",
    "accept_invitation",
    "change_role",
    "company_subject",
    "end_membership",
    "erase_person",
    "found_company",
    "grant_consent",
    "invitation_mail",
    "invite",
    "lapse_delegation",
    "open_account",
    "remove_facility",
    "remove_person",
    "rename_user",
    "reveal_person",
    "revoke_consent",
    "revoke_invitation",
    "save_facility",
    "save_person",
    "set_identifier",
    "update_company",
]
