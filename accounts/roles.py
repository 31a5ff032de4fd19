"""Every role there is, as plain values with their names in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


def gettext_noop(words: str) -> str:
    """Mark words for makemessages; pages translate them when they show them."""
    return words


_ = gettext_noop


class Role(StrEnum):
    """What a person or machine may be here; "officer" alone always means the company's officer."""

    OFFICER = "officer"
    CONTACT = "contact"
    COMPANY_USER = "company_user"
    CONSULTANT = "consultant"
    VESSEL_AGENT = "vessel_agent"
    SPECIALIST = "specialist"
    SUPERVISOR = "supervisor"
    DIRECTOR = "director"
    VETTING_OFFICER = "vetting_officer"
    PORT_OFFICER = "port_officer"
    TARGETING_ANALYST = "targeting_analyst"
    DATA_STEWARD = "data_steward"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PARTNER_CLIENT = "partner_client"


COMPANY_ROLES = frozenset({Role.OFFICER, Role.CONTACT, Role.COMPANY_USER, Role.CONSULTANT, Role.VESSEL_AGENT})
STAFF_ROLES = frozenset(Role) - COMPANY_ROLES - {Role.PARTNER_CLIENT}

_LABELS: Mapping[Role, str] = {
    Role.OFFICER: _("Company officer"),
    Role.CONTACT: _("Point of contact"),
    Role.COMPANY_USER: _("Company user"),
    Role.CONSULTANT: _("Consultant"),
    Role.VESSEL_AGENT: _("Vessel agent"),
    Role.SPECIALIST: _("Supply chain security specialist"),
    Role.SUPERVISOR: _("Field supervisor"),
    Role.DIRECTOR: _("Headquarters director"),
    Role.VETTING_OFFICER: _("Vetting officer"),
    Role.PORT_OFFICER: _("Port officer"),
    Role.TARGETING_ANALYST: _("Targeting analyst"),
    Role.DATA_STEWARD: _("Data steward"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.PARTNER_CLIENT: _("Partner system"),
}


def label(role: Role) -> str:
    """Return the role in plain English words, marked for translation."""
    return _LABELS[role]
