"""A demonstration company comes to life: its people, sites, numbers, partners and documents."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from accounts import effects, tenancy
from accounts import operations as who
from accounts.clocks import ZONE, programme_day
from accounts.models import Account, Company, Facility, Membership, User
from accounts.roles import Role
from trusted_trader import agreement, entity_types
from trusted_trader.application import evidence as files
from trusted_trader.application import operations
from trusted_trader.application.models import Application
from trusted_trader.demo import answers, papers
from trusted_trader.demo.companies import SUBMITTED, Plan, dice, identifier, plans
from trusted_trader.demo.people import CAST, Person, made_up_name
from trusted_trader.entity_types import EntityType
from trusted_trader.mutual_recognition import recognised

PREPARATION = 26  # days that a company needs for its profile
DELEGATION = timedelta(days=600)  # so long may an agent act; longer than any company of this world has been here
FULL = SUBMITTED | {"ready", "draft3"}
FIRST_PAPERS = {"MAN", "PAR", "SIT"}  # what a company brings that has only begun
OPTIONAL = {"duns", "lei", "gln"}
ALSO = {Role.CONSULTANT: "lanternquay", Role.VESSEL_AGENT: "gannetline"}  # a second company that has them act for it


@dataclass(frozen=True, slots=True)
class Days:
    """Days before today, as moments; none lies in the future of `now`."""

    now: datetime

    @property
    def today(self) -> date:
        return programme_day(self.now)

    def at(self, ago: float, hour: int = 10, minute: int = 0) -> datetime:
        day = self.today - timedelta(days=int(ago))
        return min(datetime.combine(day, time(hour, minute), ZONE), self.now)


@dataclass(frozen=True, slots=True)
class Founded:
    """A company as it stands after its founding."""

    plan: Plan
    company: Company
    account: Account
    application: Application
    officer: User
    writers: tuple[User, ...]


def names(plan: Plan) -> dict[str, str]:
    """Who leads, who answers for security, and who minds the shift."""
    return {
        "boss": _cast(plan, Role.OFFICER) or made_up_name(plan.number * 5),
        "mgr": _cast(plan, Role.CONTACT) or made_up_name(plan.number * 5 + 1),
        "lead": made_up_name(plan.number * 5 + 2),
    }


def _cast(plan: Plan, role: Role) -> str:
    return next((person.name for person in CAST if person.company == plan.key and person.role == role), "")


def email(plan: Plan, name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{plan.key}.example"


def started(plan: Plan) -> int:
    """How many days ago the company began."""
    return plan.ago + (PREPARATION + 6 if plan.plan in SUBMITTED else 0)


def documents_as_of(plan: Plan) -> int:
    """How many days ago the company looked at its documents for the last time."""
    return plan.ago if plan.plan in SUBMITTED else min(plan.ago, 2)


def company_of(plan: Plan) -> int | None:
    """The company's key. It is known by its first officer, as anyone may change its name in the portal."""
    first = Membership.objects.filter(user__email=email(plan, names(plan)["boss"])).order_by("pk")
    return first.values_list("company_id", flat=True).first()


def found(plan: Plan, days: Days) -> Company | None:
    """Register the company and bring its evidence into quarantine; None when it is there."""
    if company_of(plan):
        return None
    at = days.at(started(plan), 9, plan.number % 50)
    people = names(plan)
    officer = _user(email(plan, people["boss"]), people["boss"], at)
    company = who.found_company(
        legal_name=plan.legal_name, actor=officer, at=at, country=plan.country, street=plan.street, city=plan.city,
        region=plan.region, postal_code=plan.postal_code, employees=plan.employees,
        ownership=("corporation", "partnership", "corporation", "sole_proprietor")[plan.number % 4],
        trade_name=plan.legal_name.split(" ")[0], started_on=plan.started_on, phone=f"+1 555 01{plan.number:02d}",
        website=f"https://{plan.key}.example", history=answers.history(plan, people),
    )  # fmt: skip
    site = _sites(plan, company, officer, at)
    _people(plan, company, officer, people, at)
    _members(plan, company, officer, people["mgr"], at)
    account = who.open_account(company=company, entity_type=plan.entity_type, actor=officer, at=at)
    _numbers(plan, account, officer, at)
    operations.start(account=account, actor=officer, at=at)
    if plan.written >= 0.2:
        _upload(plan, company, site, officer, people, days)
    return company


def load(plan: Plan) -> Founded:
    """The company as it was founded."""
    account = Account.objects.select_related("company").get(company=company_of(plan), entity_type=plan.entity_type)
    application = Application.objects.select_related("account__company").filter(account=account).earliest("pk")
    people = names(plan)
    addresses = [email(plan, name) for name in people.values()]
    users = {user.name: user for user in User.objects.filter(email__in=addresses)}
    writers = tuple(user for _name, user in sorted(users.items()) if user.name in people.values())
    return Founded(plan, account.company, account, application, users[people["boss"]], writers)


def _user(address: str, name: str, at: datetime) -> User:
    """A person of the company; who is not of the cast has no password and so no way in."""
    return User.objects.filter(email=address).first() or User.objects.create_user(
        address, None, name=name, joined_at=at
    )


def _sites(plan: Plan, company: Company, officer: User, at: datetime) -> Facility:
    street = next((f"{other.street}" for other in plans() if f"at:{other.key}" in plan.weak), plan.street)
    place = {"city": plan.city, "region": plan.region, "postal_code": plan.postal_code, "country": plan.country}
    if plan.handles_cargo:
        office = {"name": f"{plan.city} office", "kind": "office", "street": f"{plan.number + 2} Specimen Square"}
        who.save_facility(company=company, actor=officer, at=at, details=office | place | {"staffed": True})
    main = {
        "name": plan.site,
        "kind": plan.site_kind,
        "street": street,
        "staffed": True,
        "handles_cargo": plan.handles_cargo,
    }
    return who.save_facility(company=company, actor=officer, at=at, details=main | place)


def _people(plan: Plan, company: Company, officer: User, people: Mapping[str, str], at: datetime) -> None:
    borrowed = next((other for other in plans() if f"owner:{other.key}" in plan.weak), plan)
    rows = (
        (people["boss"], "Managing director", {"is_officer": True, "is_manager": True}, plan),
        (people["mgr"], "Security manager", {"is_contact": True, "is_manager": True}, plan),
        (people["lead"], "Shift lead", {"is_contact": True}, plan),
        (made_up_name(borrowed.number * 5 + 3), "Owner", {"is_owner": True}, borrowed),
    )
    for place, (name, title, roles, origin) in enumerate(rows):
        details = {
            "name": name, "title": title, "email": email(plan, name), "phone": f"+1 555 01{plan.number:02d}", **roles,
            "birth_date": f"{1952 + (origin.number * 7 + place * 11) % 44}-0{place + 2}-1{origin.number % 9}",
            "birth_country": origin.country, "citizenship": origin.country, "document_kind": "passport",
            "document_number": f"DEMO{origin.number:03d}{place}",
        }  # fmt: skip
        who.save_person(company=company, actor=officer, at=at, details=details)


def _members(plan: Plan, company: Company, officer: User, manager: str, at: datetime) -> None:
    """Contact, and whoever of the cast works for this company, join by invitation."""
    joining = {email(plan, manager): (manager, Role.CONTACT)}
    joining |= {
        p.email: (p.name, p.role) for p in CAST if _works_for(p, plan) and p.role not in (Role.OFFICER, Role.CONTACT)
    }
    for address, (name, role) in joining.items():
        until = at + DELEGATION if role == Role.VESSEL_AGENT else None
        invitation, token = who.invite(company=company, email=address, role=role, actor=officer, at=at, until=until)
        # Nobody needs the mail of an invitation that is accepted at once.
        effects.cancel("invitation.mail", f"invitation:{invitation.pk}", 1, at=at)
        who.accept_invitation(token=token, actor=_user(address, name, at), at=at)


def _works_for(person: Person, plan: Plan) -> bool:
    return person.company == plan.key or ALSO.get(person.role) == plan.key


def _numbers(plan: Plan, account: Account, officer: User, at: datetime) -> None:
    facts = entity_types.for_type(plan.entity_type)
    needed = {need if isinstance(need, str) else need[0] for need in facts.required}
    extra = {scheme for scheme in facts.optional if scheme in OPTIONAL or (scheme == "ein" and plan.country == "US")}
    if plan.country == "MX" and "rfc" in facts.optional:
        extra.add("rfc")
    if plan.entity_type == EntityType.SEA_CARRIER:
        extra.add("scac")  # one of the two would do; the lane's form names carriers by this one
    borrowed = next((other for other in plans() if f"number:{other.key}" in plan.weak), plan)
    for scheme in sorted(needed | extra):
        raw = identifier(borrowed if scheme == "duns" else plan, scheme)
        who.set_identifier(account=account, scheme=scheme, raw=raw, actor=officer, at=at)


def _upload(plan: Plan, company: Company, site: Facility, officer: User, people: Mapping[str, str], days: Days) -> None:
    base = documents_as_of(plan)
    at = days.at(base + 4, 8, 30)
    weak = plan.weak
    for paper in papers.kinds():
        if (paper.needs and not plan.handles_cargo) or (plan.plan not in FULL and paper.code not in FIRST_PAPERS):
            continue
        age = 500 if "stale" in weak and paper.code in ("MAN", "SEA") else paper.age
        issued = days.today - timedelta(days=base + age)
        said = issued - timedelta(days=190) if "date" in weak and paper.code == "TRA" else issued
        words = answers.slots(plan, people, f"{paper.chapters[0]}.0")
        left = (
            -12
            if "expired" in weak and paper.code == "PAR"
            else 35
            if "expiring" in weak and paper.code == "CYB"
            else 540
        )
        blank = "template" in weak and paper.code == "PAR"
        files.upload(
            company=company,
            name=f"{plan.key}-{paper.code.lower()}.pdf",
            title=f"{paper.title} {issued:%Y}",
            chunks=[papers.document(plan, paper, words, said, unfilled=blank)],
            issued_on=issued,
            expires_on=days.today - timedelta(days=base - left),
            facility=site if paper.site else None,
            actor=officer,
            at=at,
        )
    if plan.handles_cargo:
        for scene in sorted(papers.SCENES, key=lambda scene: dice(plan.key, scene))[: 2 if plan.number % 4 == 1 else 1]:
            taken = days.today - timedelta(days=base + 20 + plan.number % 9)
            files.upload(
                company=company, name=f"{plan.key}-{scene}.jpg", title=f"Photo: {scene} at {plan.site}",
                chunks=[papers.photo(plan, scene, taken)], issued_on=taken, facility=site, actor=officer, at=at,
            )  # fmt: skip


def describe_business(made: Founded, days: Days) -> None:
    """Eligibility, the business profile, partners, fleet, and the signed agreement."""
    plan, officer = made.plan, made.officer
    at = days.at(started(plan) - 1, 11)
    questions = entity_types.for_type(plan.entity_type).questions
    eligible: dict[str, bool | None] = {question.code: True for question in questions}
    if plan.plan == "noteligible":
        eligible["active_12_months"] = False
    operations.save_eligibility(application=made.application, answers=eligible, actor=officer, at=at)
    if not plan.written:
        return
    operations.save_profile(application=made.application, answers=answers.profile(plan), actor=officer, at=at)
    _partners(made, at)
    if plan.fleet:
        fleet = {"kind": plan.fleet, "count": plan.employees // 4 + 3}
        operations.save_conveyance(account=made.account, details=fleet, actor=officer, at=at)
    if plan.plan in SUBMITTED or plan.plan == "ready":
        text = agreement.current()
        operations.sign_agreement(
            account=made.account,
            version=text.version,
            typed_name=officer.name,
            actor=officer,
            at=at,
            address="192.0.2.7",
        )


def _partners(made: Founded, at: datetime) -> None:
    plan = made.plan
    certified = recognised(plan.origin_country, programme_day(at)) is not None
    claim = {"certified_claim": True, "certificate": f"{plan.origin_country}-DEMO-{plan.number:03d}"}
    rows = [
        {"name": plan.partner, "country": plan.origin_country, "kind": "supplier"}
        | (claim | {"programme_country": plan.origin_country} if certified else {}),
        {"name": plan.partner2, "country": plan.origin_country, "kind": "warehouse"}
        | (claim | {"programme_country": plan.origin_country} if "claim" in plan.weak else {}),
    ]
    if plan.number % 4 != 3 or "nocarrier" in plan.weak or answers.profile(plan)["subcontracts_transport"]:
        rows.append({"name": answers.carrier(plan), "country": "US", "kind": "carrier", "certified_claim": True,
                     "programme_country": "US", "certificate": f"US-DEMO-{plan.number:03d}"})  # fmt: skip
    if "chain" in plan.weak:  # many hands abroad that nobody has certified: what raises the risk
        extra = zip(
            ("Packing", "Trucking", "Storage", "Painting", "Assembly"), ("VN", "ID", "TR", "EG", "KH"), strict=True
        )
        rows += [{"name": f"{plan.origin} {work} Example", "country": code, "kind": "other"} for work, code in extra]
    for details in rows:
        operations.save_business_partner(account=made.account, details=details, actor=made.officer, at=at)


def as_portal() -> AbstractContextManager[tenancy.Tenant]:
    """Run a block in the portal's own context, in one transaction."""
    return tenancy.enter(tenancy.Scope.SYSTEM)
