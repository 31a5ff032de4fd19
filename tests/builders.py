"""Reach a state by calling operations, as people would, so that tests can't drift from the portal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from accounts import operations as who
from accounts import tenancy
from accounts.models import Account, Company, StaffGrant, User
from accounts.roles import Role
from trusted_trader import agreement, entity_types
from trusted_trader.application import evidence as files
from trusted_trader.application import operations, queries
from trusted_trader.application.models import Application, Evidence
from trusted_trader.entity_types import EntityType
from trusted_trader.review import operations as review
from trusted_trader.review.models import Vetting

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
_numbers = count(1)


def system() -> tenancy.Tenant:
    """The portal's own eyes, for building and looking in tests."""
    return tenancy.enter(tenancy.Scope.SYSTEM)


def a_user(name: str, *, at: datetime = NOW) -> User:
    email = f"{name.lower().replace(' ', '.')}.{next(_numbers)}@example.org"
    return User.objects.create_user(email, "correct horse battery", name=name, joined_at=at)


def staff(name: str, *roles: Role, office: str = "north") -> User:
    user = a_user(name)
    for role in roles:
        StaffGrant.objects.create(user=user, role=role, office=office, granted_at=NOW)
    return user


def a_company(officer: User, *, name: str = "", at: datetime = NOW) -> Company:
    number = next(_numbers)
    company = who.found_company(
        legal_name=name or f"Harbor Lantern {number} Trading",
        actor=officer,
        at=at,
        country="US",
        street=f"{number} Quay Street",
        city="Norfolk",
        region="VA",
        postal_code="23510",
        employees=40,
        ownership="corporation",
        started_on=date(2004, 5, 3),
        website="https://harbor.example.org",
        history="We have imported tools and fittings from Asia and Europe since 2004, mostly by sea.",
    )
    who.save_facility(
        company=company,
        actor=officer,
        at=at,
        details={
            "name": "Norfolk office and warehouse",
            "kind": "warehouse",
            "street": f"{number} Quay Street",
            "city": "Norfolk",
            "region": "VA",
            "postal_code": "23510",
            "country": "US",
            "staffed": True,
            "handles_cargo": True,
        },
    )
    for person, flag in (("Olive Ocampo", "is_officer"), ("Carl Contact", "is_contact"), ("Wanda Owner", "is_owner")):
        who.save_person(
            company=company,
            actor=officer,
            at=at,
            details={
                "name": f"{person} {number}",
                "email": f"{flag}.{number}@example.org",
                flag: True,
                "birth_date": f"19{number % 40 + 50}-02-0{number % 9 + 1}",
                "birth_country": "US",
                "citizenship": "US",
                "document_kind": "passport",
                "document_number": f"P{number:08d}",
            },
        )
    return company


NUMBERS = {
    "ior": lambda n: f"52-{1000000 + n:07d}",
    "ein": lambda n: f"52-{1000000 + n:07d}",
    "duns": lambda n: f"{100000000 + n:09d}",
    "scac": lambda n: "".join(chr(65 + n // 26**i % 26) for i in (2, 1, 0)) + "Q",
    "dot": lambda n: f"{1000000 + n:07d}",
    "fmc": lambda n: f"{100000 + n:06d}",
    "bond": lambda n: f"{200000000 + n:09d}",
    "iata": lambda n: f"I{n:05d}",
    "filer": lambda n: f"{n % 1000:03d}",
    "broker_license": lambda n: f"{10000 + n % 80000:05d}",
    "sct": lambda n: f"S{n:06d}",
    "rfc": lambda n: "GODE561231GR8",
    "mid": lambda n: f"MXHARLAN{n}NOR",
    "mto": lambda n: f"{100000 + n:06d}",
    "tsa": lambda n: f"TSA{n}",
    "mc": lambda n: f"MC{n}",
}


def an_account(
    officer: User, company: Company, entity_type: str = EntityType.IMPORTER, *, at: datetime = NOW
) -> Account:
    account = who.open_account(company=company, entity_type=entity_type, actor=officer, at=at)
    facts = entity_types.for_type(EntityType(entity_type))
    for need in facts.required:
        scheme = need if isinstance(need, str) else need[0]
        who.set_identifier(account=account, scheme=scheme, raw=NUMBERS[scheme](next(_numbers)), actor=officer, at=at)
    operations.start(account=account, actor=officer, at=at)
    return account


def a_document(company: Company, officer: User, *, title: str = "Security plan 2026", at: datetime = NOW) -> Evidence:
    """A document that has passed its checks, without the file (see tests of evidence for the real way)."""
    row = files.upload(
        company=company,
        name="plan.txt",
        chunks=[b"Security plan\n"],
        title=title,
        issued_on=date(2026, 9, 1),
        actor=officer,
        at=at,
    )
    Evidence.objects.filter(pk=row.pk).update(
        state="ready", media_type="text/plain", sha256="0" * 64, pages=1, text=f"{title}. Dated 2026-09-01."
    )
    files.quarantine_path(row.key).unlink(missing_ok=True)
    row.refresh_from_db()
    return row


def answer_all(account: Account, officer: User, *, at: datetime = NOW) -> None:
    """A full and honest profile: every criterion answered in its own words, with its own document."""
    application = queries.open_application(account)
    assert application is not None
    application.account = account
    documents: dict[str, Evidence] = {}
    for criterion in queries.criteria_of(application):
        chapter = criterion.number.partition(".")[0]
        if chapter not in documents:
            documents[chapter] = a_document(
                account.company, officer, title=f"Procedure chapter {chapter}, {account.number}", at=at
            )
        operations.save_answer(
            account=account,
            number=criterion.number,
            state="implemented",
            version=0,
            actor=officer,
            at=at,
            because="",
            text=f"{criterion.topic}: our security manager at {account.company.city} owns this in section {criterion.number} of the plan. "
            f"She checks it every quarter with the shift leads, writes the result into the log and reports open points to management.",
        )
        operations.link_evidence(
            account=account, number=criterion.number, evidence=[documents[chapter]], actor=officer, at=at
        )


def ready_to_submit(officer: User, account: Account, *, at: datetime = NOW) -> Application:
    application = queries.open_application(account)
    assert application is not None
    entity = entity_types.for_type(EntityType(account.entity_type))
    operations.save_eligibility(
        application=application, answers={q.code: True for q in entity.questions}, actor=officer, at=at
    )
    profile = {
        "overseas_partners": True,
        "subcontracts_transport": False,
        "uses_seals": True,
        "handles_cargo": True,
        "wood_packaging": True,
        "uses_it_network": True,
        "employs_guards": True,
        "remote_access": True,
    }
    operations.save_profile(application=application, answers=profile, actor=officer, at=at)
    operations.save_business_partner(
        account=account,
        actor=officer,
        at=at,
        details={
            "name": "Osaka Fittings",
            "country": "JP",
            "kind": "supplier",
            "certified_claim": True,
            "programme_country": "JP",
            "certificate": "AEO-JP-77",
        },
    )
    if "carrier" in account.entity_type:
        operations.save_conveyance(
            account=account, details={"kind": "vessels and trucks", "count": 12}, actor=officer, at=at
        )
    answer_all(account, officer, at=at)
    text = agreement.current()
    operations.sign_agreement(
        account=account, version=text.version, typed_name=officer.name, actor=officer, at=at, address="192.0.2.7"
    )
    return application


def submitted(officer: User, account: Account, *, at: datetime = NOW) -> Application:
    return submit(officer, ready_to_submit(officer, account, at=at), at=at)


def submit(officer: User, application: Application, *, at: datetime = NOW) -> Application:
    operations.submit(
        application=application,
        actor=officer,
        at=at,
        address="192.0.2.7",
        sworn_version=agreement.current_statement().version,
        fresh_factor=True,
    )
    application.refresh_from_db()
    return application


def in_review(application: Application, specialist: User, *, at: datetime = NOW + timedelta(days=1)) -> Application:
    return review.claim(application=application, actor=specialist, at=at)


def judged(
    application: Application, specialist: User, vetting_officer: User, *, at: datetime = NOW + timedelta(days=2)
) -> Application:
    """In review, every answer accepted and the vetting cleared."""
    application = in_review(application, specialist, at=at)
    review.accept_suggested(
        application=application, numbers=[c.number for c in queries.criteria_of(application)], actor=specialist, at=at
    )
    review.conclude_vetting(
        vetting=Vetting.objects.get(application=application),
        cleared=True,
        conclusion="Numbers, people and history checked: nothing found.",
        actor=vetting_officer,
        at=at,
    )
    return application


def recommend(
    application: Application,
    specialist: User,
    *,
    at: datetime = NOW + timedelta(days=2),
    outcome: str = "certify",
) -> Application:
    return review.recommend(
        application=application,
        outcome=outcome,
        reasons=["criteria_not_met"] if outcome == "refuse" else [],
        letter="Dear company,\n\nwe have reviewed your profile.",
        actor=specialist,
        at=at,
    )


def recommended(
    application: Application,
    specialist: User,
    vetting_officer: User,
    *,
    at: datetime = NOW + timedelta(days=2),
    outcome: str = "certify",
) -> Application:
    application = judged(application, specialist, vetting_officer, at=at)
    return recommend(application, specialist, at=at, outcome=outcome)


def decide(application: Application, supervisor: User, *, at: datetime = NOW + timedelta(days=3)) -> Application:
    review.decide(
        application=application,
        outcome="certify",
        reasons=[],
        letter="Dear company,\n\nyou are certified.",
        actor=supervisor,
        at=at,
    )
    application.refresh_from_db()
    return application


def certified(
    application: Application,
    specialist: User,
    vetting_officer: User,
    supervisor: User,
    *,
    at: datetime = NOW + timedelta(days=3),
) -> Application:
    application = recommended(application, specialist, vetting_officer, at=at - timedelta(days=1))
    return decide(application, supervisor, at=at)
