"""One house with everything in it and everybody at the door: what the crawls walk through.

Nothing here lists routes or ids by hand: routes come from the resolver, ids from the rows there are, and an address is
found by trying them until one leads somewhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from allauth.idp.oidc.models import Client as OAuthClient
from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts import effects, identifiers, notices
from accounts import operations as who
from accounts.models import Membership, Notice, PartnerClient, StaffTie, User
from accounts.policy import Row
from accounts.policy.middleware import policy_table
from accounts.roles import COMPANY_ROLES, STAFF_ROLES, Role
from fastlane.parcels import columns
from fastlane.parcels import operations as parcels
from tests import builders
from tests.builders import NOW
from tests.world import Firm, World, a_firm, build
from trusted_trader.application import evidence as files
from trusted_trader.application import operations as company
from trusted_trader.application import sheet

SAFE = "GET"
# What stands in an address where no row does.
NOBODYS = {
    "number": next(n for n in (f"TT-9999999{d}" for d in range(10)) if not identifiers.check("account", n)),
    "key": "00000000-0000-4000-8000-000000000000",
    "uidb36": "zz",
}
WORDS: dict[str, tuple[Any, ...]] = {
    "criterion": ("2.1",), "part": (1, "details"), "app_label": ("trusted_trader",), "scheme": ("account",),
    "uidb36": ("1",), "key": ("set-password",), "token": ("a-token",),
    "reference": ("AQ-2026-999999",), "table": ("ports",), "lane": ("aqua",),
}  # fmt: skip

NO_ROW = 999_999_999
# Where a number counts things and isn't an account's.
COUNTING = {"admin:rulebook_row", "api:status_list"}


@dataclass(frozen=True)
class Route:
    """A named address with the names of its arguments."""

    name: str
    arguments: tuple[str, ...]
    pattern: str

    @property
    def rows(self) -> dict[str, Row]:
        return dict(policy_table().get(self.name, {}))

    def address(self, values: dict[str, Any]) -> str | None:
        try:
            return reverse(self.name, kwargs={name: values[name] for name in self.arguments})
        except (NoReverseMatch, KeyError):
            return None

    def missing(self, values: dict[str, Any], but: Iterable[str] = ()) -> str | None:
        """The same address with ids that nothing has, but for these arguments."""
        names = [name for name in self.arguments if name in OWNED - set(but)]
        gone = {name: NOBODYS.get(name, NO_ROW) for name in names}
        return self.address(values | gone) or self.address(values | dict.fromkeys(names, NO_ROW))


OWNED = {"number", "company", "pk", "key", "object_id", "flag", "person"}


def routes(
    entries: list[Any] | None = None, space: str = "", before: str = "", given: tuple[str, ...] = ()
) -> Iterator[Route]:
    """Every route of the portal that the policy table opens."""
    for entry in get_resolver().url_patterns if entries is None else entries:
        arguments = (*given, *(getattr(entry.pattern, "converters", None) or entry.pattern.regex.groupindex))
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry.url_patterns, inner, pattern, arguments)
        elif isinstance(entry, URLPattern) and f"{space}{entry.name}" in policy_table():
            yield Route(f"{space}{entry.name}", arguments, pattern)


ALL = sorted(set(routes()), key=lambda route: route.name)


def sign_in(user: User) -> Client:
    """A client in whose session this user has just shown two factors."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    now = time.time()
    session["account_authentication_methods"] = [
        {"method": "password", "at": now, "email": user.email},
        {"method": "mfa", "at": now, "type": "totp"},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@dataclass
class House:
    """`firms` are one another's neighbours in one pair of hands; the stranger belongs to another company alone."""

    world: World
    firms: tuple[Firm, ...]
    people: dict[str, User]
    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        """A fresh client of this principal: a role, stranger, tied, half (one factor) or visitor."""
        if name == "visitor":
            return Client()
        if name == "half":
            client = Client()
            client.force_login(self.people["half"], backend="allauth.account.auth_backends.AuthenticationBackend")
            return client
        return sign_in(self.people[name])

    @property
    def principals(self) -> tuple[str, ...]:
        return ("visitor", "half", *self.people.keys() - {"half"})

    @cached_property
    def candidates(self) -> list[dict[str, Any]]:
        """For each firm and each of its rows, the values that an address may take."""
        found: list[dict[str, Any]] = []
        with builders.system():
            for firm in self.firms:
                rows = newest_rows(firm.company.pk)
                own = {"company": firm.company.pk, "number": firm.account.number, "value": firm.account.number}
                own |= {row._meta.model_name: getattr(row, "number", "") for row in rows}
                own |= {"key": next((row.key for row in rows if hasattr(row, "key")), NOBODYS["key"])}
                for other in dict.fromkeys(row.pk for row in rows):
                    for pk in dict.fromkeys([other, firm.application.pk]):
                        found.append(own | {"pk": pk, "object_id": pk, "flag": other, "person": other})
        return found

    def way(self, route: Route, client: Client) -> dict[str, Any]:
        """Values with which the route leads somewhere, found by whoever first asks for it. Else its first values."""
        if route.name == "notice":
            with builders.system():
                own = Notice.objects.filter(user=client.session.get("_auth_user_id")).order_by("-pk").first()
                return {"pk": own.pk if own else 1}
        if route.name in COUNTING:
            return {"pk": 1, "table": "ports", "number": 0}
        if route.name not in self.found:
            self.found[route.name] = self._try(route, client)
        return self.found[route.name]

    def _try(self, route: Route, client: Client) -> dict[str, Any]:
        client.raise_request_exception = False  # some of the builders' documents have no file behind them
        tried: set[str] = set()
        words = [{name: values[min(n, len(values) - 1)] for name, values in WORDS.items()} for n in range(2)]
        first: dict[str, Any] = {}
        for values in (word | candidate for candidate in self.candidates for word in words):
            address = route.address(values)
            if address is None or address in tried:
                continue
            tried.add(address)
            first = first or values
            if not OWNED & set(route.arguments):
                break
            if client.get(address).status_code != 404:
                return values
        return first


def newest_rows(company: int) -> list[Any]:
    """The newest row of each model that belongs to a company, or to an application of it."""
    found = []
    for model in apps.get_models():
        names = {f.name for f in model._meta.get_fields()}
        for path in ("company", "application__company", "account__company", "request__application__company"):
            if path.partition("__")[0] in names:
                try:
                    row = model._default_manager.filter(**{path: company}).order_by("-pk").first()
                except Exception:  # noqa: BLE001, S112 - the relation leads elsewhere
                    continue
                if row is not None:
                    found.append(row)
                break
    return found


def furnish() -> House:
    """A certified member, a case that owes an answer and a draft, in one company group; a stranger; all of the staff."""
    world = build()
    firms = (world.member, world.asked, world.beginner)
    people: dict[str, User] = {"officer": builders.a_user("Olga Officer")}
    for role in sorted(COMPANY_ROLES - {Role.OFFICER}):
        people[role] = builders.a_user(role.replace("_", " ").title())
    for firm in firms:
        for role in COMPANY_ROLES:
            Membership.objects.create(company=firm.company, user=people[role], role=role, started_at=NOW)
        equip(firm)
    people["stranger"] = a_firm("Sten Stranger").officer
    for role in sorted(STAFF_ROLES):
        people[role] = builders.staff(role.replace("_", " ").title(), role)
    people["tied"] = builders.staff("Tia Tied", *(STAFF_ROLES - {Role.ADMINISTRATOR}))
    for firm in firms:
        StaffTie.objects.create(company=firm.company, user=people["tied"], reason="Worked there.")
    people["half"] = builders.a_user("Hal Half")
    settle()
    notices.tell(people.values(), kind="test", subject="A word", body="Words.", at=timezone.now())
    return House(world, firms, people)


def equip(firm: Firm) -> None:
    """What the stories of the world leave out, so that every address has something behind it."""
    at, officer = timezone.now(), firm.officer
    who.invite(
        company=firm.company, email=f"guest.{firm.company.pk}@example.org", role=Role.CONTACT, actor=officer, at=at
    )
    client = OAuthClient.objects.create(id=f"partner-{firm.company.pk}", name="Partner")
    partner = PartnerClient.objects.create(client=client, organisation=f"Harbour Terminal {firm.company.pk}")
    who.grant_consent(account=firm.account, partner=partner, actor=officer, at=at)
    if firm.application.status == "draft":
        data = sheet.take_out(firm.application)
        company.save_business_partner(
            account=firm.account,
            actor=officer,
            at=at,
            details={"name": "Osaka Fittings", "country": "JP", "kind": "supplier"},
        )
        company.save_conveyance(account=firm.account, details={"kind": "trucks", "count": 2}, actor=officer, at=at)
        sheet.bring_back(application=firm.application, data=data, actor=officer, at=at)
    template = ContentFile(columns.template().encode())
    parcels.upload(account=firm.account, name="parcels.csv", file=template, actor=officer, at=at)
    for number in range(2):
        files.upload(
            company=firm.company, name=f"yard-{number}.txt", chunks=[b"Plan of the yard. The gate is locked at night.\n"],
            title=f"Plan of yard {number}", actor=officer, at=at,
        )  # fmt: skip


def settle() -> None:
    """Do everything that is due, as a worker would."""
    while due := effects.due():
        for effect in due:
            effects.run(effect)
