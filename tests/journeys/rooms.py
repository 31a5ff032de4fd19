"""The address of every page, from the routes themselves: each argument is filled with something that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from accounts.models import Account, Facility, Notice, PartnerClient, Person, User
from accounts.policy import Row, Who
from accounts.roles import COMPANY_ROLES, Role
from fastlane.lanes.models import LaneRequest
from fastlane.parcels.models import ParcelFile
from fastlane.rulebook.models import Edition
from fastlane.rules import LANES
from fastlane.webhooks.models import Endpoint
from portal.policy import TABLE
from trusted_trader.application.models import Application, Evidence, SheetImport, Snapshot

# What no person reads as a page, or what is one only on the way through something else.
NO_PAGE: Mapping[str, str] = {
    "account_confirm_login_code": "no sign-in by mailed code is offered",
    "account_reset_password_from_key": "opened from a mail",
    "account_reauthenticate": "leads to the second factor",
    "mfa_authenticate": "stands between password and room",
    "mfa_login_webauthn": "data for the passkey's script",
    "mfa_reauthenticate_webauthn": "stands before what needs a fresh factor",
    "mfa_signup_webauthn": "stands between the confirmed address and the room",
    "mfa_edit_webauthn": "needs a passkey, which a browser's device makes",
    "mfa_remove_webauthn": "needs a passkey, which a browser's device makes",
    "admin:jsi18n": "a script",
    "admin:app_list": "leads to the overview",
    "admin:review_here": "a part of the workbench",
    "mfa_download_recovery_codes": "a text file",
    "evidence_rows": "a part of the documents' page",
    "parcel_progress": "a part of the parcel file's page",
    "account_set_password": "leads to the change of password, as everybody has one",
    "account_email_verification_sent": "stands between sign-up and the mailed code",
    "admin:login": "leads to the sign-in page",
    "mfa_activate_totp": "leads on once there is an app; the newcomer's journey sets one up",
    "account_logout": "signs out",
    "company_part": "leads on to the company's page",
    "admin:logout": "signs out",
    "verify_certificate": "needs a code that only the certificate shows",
    "invitation": "opened from a mail",
}
STAFF = (
    Role.SPECIALIST, Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.VETTING_OFFICER, Role.PORT_OFFICER,
    Role.TARGETING_ANALYST, Role.DATA_STEWARD, Role.ADMINISTRATOR,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """One page as one kind of user opens it: a role, "officer" for the company's, or "" for a visitor."""

    route: str
    path: str
    role: str


def is_room(name: str, row: Row) -> bool:
    machines = name.startswith("api:") and name != "api:docs"
    files = name.endswith(("_pdf", "_file", "_out", "_picture", "_bundle", "_csv"))
    probes = name in {"healthz", "readyz", "demo", "demo_mail"}
    return not (machines or files or probes) and name not in NO_PAGE


def roles_for(row: Row) -> list[str]:
    if Who.ANYONE in row.who:
        return [""]
    staff = [role for role in STAFF if role in row.who]
    return staff if staff and not row.who & set(COMPANY_ROLES) else ["officer"]


def visits(officer: User, accounts: list[Account], cases: list[Application]) -> tuple[list[Visit], set[str]]:
    """Every page as everyone who may open it finds it, and the routes for which nothing could be filled in."""
    found: list[Visit] = []
    homeless = set()
    for name, methods in sorted(TABLE.items()):
        row = methods.get("GET")
        if row is None or not is_room(name, row):
            continue
        paths = sorted(set(_paths(name, officer, accounts, cases)))
        if not paths:
            homeless.add(name)
        found += [Visit(name, path, role) for role in roles_for(row) for path in paths]
    return found, homeless


def _paths(name: str, officer: User, accounts: list[Account], cases: list[Application]) -> Iterator[str]:
    for arguments in _arguments(name, officer, accounts, cases):
        try:
            yield reverse(name, kwargs=arguments)
        except NoReverseMatch:
            continue


def _arguments(
    name: str, officer: User, accounts: list[Account], cases: list[Application]
) -> Iterator[dict[str, object]]:
    yield {}
    if name == "terminal_calls":
        accounts = [row for row in accounts if row.entity_type == "marine_port_terminal_operator"]
    if name.endswith("_change") and name.startswith("admin:"):
        app, _, model_name = name.removeprefix("admin:").removesuffix("_change").rpartition("_")
        model = apps.get_model(app, model_name)
        yield from ({"object_id": row.pk} for row in model._default_manager.all()[:1])
    for account in accounts:
        number, company = {"number": account.number}, {"company": account.company_id}
        yield number
        yield company
        yield number | {"part": 3}
        yield number | {"criterion": "1.1"}
        if rows := PKS.get(name):
            first: Model | None = rows(officer, account)
            if first:
                yield from ({"pk": first.pk} | more for more in ({}, number, company))
    if name.startswith("admin:rulebook"):
        yield from _rule_book()
    elif name.startswith(("lane_", "admin:lane_")):
        for request in LaneRequest.objects.select_related("account"):
            yield {"number": request.account.number}
            yield {"reference": request.reference}
            yield {"reference": request.reference, "number": request.account.number}
        yield from ({"lane": lane} for lane in LANES)
    elif name.startswith("partner"):
        yield from ({"pk": partner.pk} for partner in PartnerClient.objects.all())
        yield from ({"pk": row.partner_id, "key": row.key} for row in Endpoint.objects.all())
    elif name.startswith("admin:"):
        for case in cases:
            yield {"pk": case.pk}
            evidence = Evidence.objects.filter(company_id=case.company_id, state="ready").first()
            if evidence:
                yield {"pk": case.pk, "key": evidence.key}


def _rule_book() -> Iterator[dict[str, object]]:
    """Each edition, and in each table of it the page of a row and that of a new one."""
    for edition in Edition.objects.all():
        yield {"pk": edition.pk}
        for table in edition.rows:
            yield {"pk": edition.pk, "table": table}
            yield {"pk": edition.pk, "table": table, "number": 0}


PKS: Mapping[str, Callable[[User, Account], Model | None]] = {
    "evidence_edit": lambda user, account: Evidence.objects.filter(company=account.company_id).first(),
    "facility": lambda user, account: Facility.objects.filter(company=account.company_id).first(),
    "parcel_file": lambda user, account: ParcelFile.objects.filter(account=account).first(),
    "person": lambda user, account: Person.objects.filter(company=account.company_id).first(),
    "receipt_page": lambda user, account: Snapshot.objects.filter(application__account=account).first(),
    "sheet_preview": lambda user, account: SheetImport.objects.filter(account=account).first(),
    "notice": lambda user, account: Notice.objects.filter(user=user).first(),
}
