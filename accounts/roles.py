"""Every role there is, as plain values."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
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
