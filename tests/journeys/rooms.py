"""The address of every page, from the routes themselves: each argument is filled with something that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
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
from trusted_trader.standing.models import Certificate

# What answers a GET of a person and yet is no page; the walk holds that none of these answers with one.
NO_PAGE: Mapping[str, str] = {
    "account_confirm_login_code": "no sign-in by mailed code is offered: leads to the sign-in page",
    "account_reauthenticate": "leads to the second factor",
    "mfa_login_webauthn": "data for the passkey's script",
    "mfa_download_recovery_codes": "a text file",
    "admin:login": "leads to the sign-in page",
    "admin:logout": "takes a POST alone",
    "admin:jsi18n": "a script",
    "admin:review_here": "a part of the workbench",
    "company_part": "leads on to the company's page",
    "evidence_rows": "a part of the documents' page",
    "parcel_progress": "a part of the parcel file's page",
}
FILES = ("_pdf", "_csv", "_out", "_picture", "_bundle", "evidence_file", "_result_file")
PROBES = frozenset({"healthz", "readyz"})
DEMONSTRATION = frozenset({"demo", "demo_mail"})  # on a site of its own: these pages exist nowhere else

# Kinds of visitor and user beside the roles.
VISITOR = ""
NEWCOMER = "newcomer"  # has a password and no second factor yet
KEYHOLDER = "keyholder"  # came with a passkey and has no password
SIGNING_UP = "visitor who signs up"
SIGNING_UP_BY_KEY = "visitor who signs up with a passkey"
SIGNING_IN = "visitor between two factors"
FORGETFUL = "visitor with a new password to set"
# Pages that one kind of person alone can stand on, whoever else the table lets through.
STANDS_THERE: Mapping[str, str] = {
    "account_email_verification_sent": SIGNING_UP,
    "mfa_signup_webauthn": SIGNING_UP_BY_KEY,
    "mfa_authenticate": SIGNING_IN,
    "account_reset_password_from_key": FORGETFUL,
    "mfa_activate_totp": NEWCOMER,
    "admin:app_list": Role.SPECIALIST,  # a list of the registers that one may open, and others have none
    "mfa_reauthenticate": Role.OFFICER,  # the newcomer has nothing to show again
    "mfa_reauthenticate_webauthn": KEYHOLDER,
    "mfa_edit_webauthn": KEYHOLDER,
    "mfa_remove_webauthn": KEYHOLDER,
    "account_set_password": KEYHOLDER,
}
OTHERS = (Role.CONTACT, Role.COMPANY_USER, Role.CONSULTANT, Role.VESSEL_AGENT)  # of a company, beside its officer
STAFF = (
    Role.SPECIALIST, Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.VETTING_OFFICER, Role.PORT_OFFICER,
    Role.TARGETING_ANALYST, Role.DATA_STEWARD, Role.ADMINISTRATOR,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """One address as one kind of user opens it. Something that is not there has a page too, with its own status."""

    route: str
    path: str
    role: str
    status: int = 200


@dataclass
class Stage:
    """Who and what is there to be looked at. A role's accounts are those that its user belongs to."""

    users: dict[str, User] = field(default_factory=dict)
    accounts: dict[str, list[Account]] = field(default_factory=dict)
    cases: list[Application] = field(default_factory=list)
    invitations: list[str] = field(default_factory=list)


def is_page(name: str) -> bool:
    machines = name.startswith("api:") and name != "api:docs"
    return not (machines or name.endswith(FILES)) and name not in PROBES | DEMONSTRATION | NO_PAGE.keys()


def roles_for(name: str, row: Row) -> list[str]:
    if name in STANDS_THERE:
        return [STANDS_THERE[name]]
    if name == "invitation":
        return [VISITOR, Role.OFFICER]  # only who is signed in can join
    if Who.ANYONE in row.who or any(":" in str(principal) for principal in row.who):
        return [VISITOR]
    if Who.HALF_SIGNED_IN in row.who:
        return [NEWCOMER, Role.OFFICER]
    if Who.SIGNED_IN in row.who:
        return [Role.OFFICER, Role.ADMINISTRATOR] if name.startswith("partner") else [Role.OFFICER]
    return [role for role in (*sorted(COMPANY_ROLES), *STAFF) if role in row.who]


def everybody() -> set[str]:
    """Every kind of person for whom there is a page."""
    rows = {name: methods["GET"] for name, methods in TABLE.items() if "GET" in methods and is_page(name)}
    return {role for name, row in rows.items() for role in roles_for(name, row)}


def visits(stage: Stage, roles: Iterable[str]) -> tuple[list[Visit], set[str]]:
    """Every page as each of these may open it, and the routes for which nothing could be filled in."""
    return _visits(stage, roles, is_page)


def passages(stage: Stage, roles: Iterable[str]) -> tuple[list[Visit], set[str]]:
    """Likewise what is said to be no page."""
    return _visits(stage, roles, lambda name: not is_page(name) and name not in PROBES | DEMONSTRATION)


def _visits(stage: Stage, roles: Iterable[str], wanted: Callable[[str], bool]) -> tuple[list[Visit], set[str]]:
    found: list[Visit] = []
    homeless = set()
    for name, methods in sorted(TABLE.items()):
        row = methods.get("GET")
        if row is None or not wanted(name):
            continue
        there = [role for role in roles if role in roles_for(name, row)]
        here = [visit for role in there for visit in _addresses(name, role, stage)]
        if there and not here:
            homeless.add(name)
        found += here
    return found, homeless


def _addresses(name: str, role: str, stage: Stage) -> list[Visit]:
    found: dict[str, Visit] = {}
    for arguments in _arguments(name, role, stage):
        query = arguments.get("?")
        status = int(str(arguments.get("status", 200)))
        try:
            path = reverse(name, kwargs={key: arguments[key] for key in arguments if key not in {"?", "status"}})
        except NoReverseMatch:
            continue
        path = f"{path}?{query}" if query else path
        found.setdefault(path, Visit(name, path, role, status))
    return [found[path] for path in sorted(found)]


def _arguments(name: str, role: str, stage: Stage) -> Iterator[dict[str, object]]:
    yield {}
    if name in BY_NAME:
        yield from BY_NAME[name](stage)
    if name.startswith("admin:") and name.endswith("_change"):
        app, _, model_name = name.removeprefix("admin:").removesuffix("_change").rpartition("_")
        model = apps.get_model(app, model_name)
        yield from ({"object_id": row.pk} for row in model._default_manager.order_by("-pk")[:1])
    user = stage.users.get(role)
    for account in stage.accounts.get(role, []) if role in COMPANY_ROLES else stage.accounts[Role.OFFICER]:
        number, company = {"number": account.number}, {"company": account.company_id}
        yield number
        yield company
        yield number | {"part": 3}
        yield number | {"part": "sites"}
        yield number | {"criterion": "1.1"}
        if rows := PKS.get(name):
            first: Model | None = rows(user or stage.users[Role.OFFICER], account)
            if first:
                yield from ({"pk": first.pk} | more for more in ({}, number, company))
    if name.startswith("admin:rulebook"):
        yield from _rule_book()
    elif name.startswith(("lane_", "admin:lane_")):
        for request in LaneRequest.objects.select_related("account").order_by("pk"):
            yield {"reference": request.reference}
            yield {"reference": request.reference, "number": request.account.number}
            yield from ({"lane": lane, "?": f"request={request.reference}"} for lane in LANES)
        yield from ({"lane": lane} for lane in LANES)
    elif name.startswith("partner"):
        yield from ({"pk": partner.pk} for partner in PartnerClient.objects.order_by("pk"))
        yield from ({"pk": row.partner_id, "key": row.key} for row in Endpoint.objects.order_by("pk"))
    elif name.startswith("admin:"):
        for case in stage.cases:
            yield {"pk": case.pk}
            evidence = Evidence.objects.filter(company_id=case.company_id, state="ready").order_by("pk").first()
            if evidence:
                yield {"pk": case.pk, "key": evidence.key}


def _rule_book() -> Iterator[dict[str, object]]:
    """Each edition; and in each table of the one being made the page of a row and that of a new one."""
    for edition in Edition.objects.order_by("pk"):
        yield {"pk": edition.pk}
        for table in edition.rows if edition.status == "draft" else ():
            yield {"pk": edition.pk, "table": table}
            yield {"pk": edition.pk, "table": table, "number": 0}


def _certificates(stage: Stage) -> Iterator[dict[str, object]]:
    """Those that were issued, each with the code printed on it; and one with a wrong code."""
    for row in Certificate.objects.order_by("pk"):
        yield {"certificate": row.number, "?": urlencode({"code": row.code})}
        yield {"certificate": row.number, "?": "code=WRONG", "status": 404}


BY_NAME: Mapping[str, Callable[[Stage], Iterator[dict[str, object]]]] = {
    "account_reset_password_from_key": lambda stage: iter(
        [{"uidb36": user_pk_to_url_str(stage.users[FORGETFUL]), "key": key} for key in ("set-password", "outdated")]
    ),
    "admin:app_list": lambda stage: iter([{"app_label": "trusted_trader"}]),
    "invitation": lambda stage: iter(
        [*({"token": token} for token in stage.invitations), {"token": "unknown", "status": 404}]
    ),
    "mfa_edit_webauthn": lambda stage: _passkeys(stage),
    "mfa_remove_webauthn": lambda stage: _passkeys(stage),
    "verify_certificate": _certificates,
}


def _passkeys(stage: Stage) -> Iterator[dict[str, object]]:
    keys = Authenticator.objects.filter(user=stage.users[KEYHOLDER], type=Authenticator.Type.WEBAUTHN)
    return ({"pk": row.pk} for row in keys)


PKS: Mapping[str, Callable[[User, Account], Model | None]] = {
    "evidence_edit": lambda user, account: Evidence.objects.filter(company=account.company_id).first(),
    "facility": lambda user, account: Facility.objects.filter(company=account.company_id).first(),
    "parcel_file": lambda user, account: ParcelFile.objects.filter(account=account).first(),
    "parcel_progress": lambda user, account: ParcelFile.objects.filter(account=account).first(),
    "person": lambda user, account: Person.objects.filter(company=account.company_id).first(),
    "receipt_page": lambda user, account: Snapshot.objects.filter(application__account=account).first(),
    "sheet_preview": lambda user, account: SheetImport.objects.filter(account=account).first(),
    "notice": lambda user, account: Notice.objects.filter(user=user).first(),
}
