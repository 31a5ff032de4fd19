"""One of everything that a page can show: companies at each step, cases at each desk, lanes, rule book and partners."""

from __future__ import annotations

import time
from datetime import timedelta

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.files.base import ContentFile

from accounts import operations as who
from accounts.models import Account, Membership, Notice, User
from accounts.roles import Role
from fastlane.console import operations as console
from fastlane.lanes import operations as lanes
from fastlane.lanes.acting import Actor
from fastlane.ledger.models import Benefit
from fastlane.parcels import columns
from fastlane.parcels import operations as parcels
from fastlane.parcels.models import ParcelFile
from fastlane.publishing import sandbox
from fastlane.publishing.models import UsageHour
from fastlane.rulebook import operations as rulebook
from fastlane.webhooks import operations as webhooks
from fastlane.webhooks.models import Attempt, Delivery
from fastlane.webhooks.operations import Acting
from tests import builders, services
from tests.fastlane.conftest import a_partner
from tests.fastlane.lanes import harbor
from tests.journeys import rows
from tests.journeys.rooms import FORGETFUL, KEYHOLDER, NEWCOMER, OTHERS, SIGNING_IN, Stage
from tests.journeys.stage import an_account, enrolled, now, the_minute_is_over
from trusted_trader.application.models import Application, Evidence, SheetImport
from trusted_trader.review import operations as review
from trusted_trader.review.models import Decision
from trusted_trader.standing import operations as standing

_kept: tuple[Stage, list[tuple[str, bytes]]] | None = None


def staged() -> Stage:
    """The same world for every test: built by the first one of this process, and put back as it was for the others."""
    global _kept
    if _kept is None:
        stage = _build()
        _kept = stage, rows.keep()
    else:
        rows.put_back(_kept[1])
    return _kept[0]


def _build() -> Stage:
    stage = Stage()
    with builders.system():
        _people(stage)
        _companies(stage)
        _cases(stage)
        _quay(stage)
        _others_of_the_companies(stage)
        _partner(stage)
    _letters_go_out(stage)
    return stage


def _people(stage: Stage) -> None:
    users = stage.users
    users[Role.OFFICER] = builders.a_user("Olive Officer")
    for role in (
        Role.SPECIALIST, Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.VETTING_OFFICER, Role.TARGETING_ANALYST,
        Role.ADMINISTRATOR,
    ):  # fmt: skip
        users[role] = builders.staff(role.replace("_", " ").title(), role)
    for kind in (NEWCOMER, KEYHOLDER, SIGNING_IN, FORGETFUL):
        users[kind] = builders.a_user(kind.title())
    for kind in (Role.OFFICER, NEWCOMER, KEYHOLDER, SIGNING_IN, FORGETFUL):
        enrolled(users[kind])
    for kind in (NEWCOMER, KEYHOLDER):
        users[kind].authenticator_set.all().delete()
    users[KEYHOLDER].set_unusable_password()
    users[KEYHOLDER].save()
    RecoveryCodes.activate(users[Role.OFFICER])


def _companies(stage: Stage) -> None:
    """One officer's accounts: a beginner's, a filled draft, one that owes an answer, one certified with a proposal open."""
    officer, specialist, vetter = (stage.users[role] for role in (Role.OFFICER, Role.SPECIALIST, Role.VETTING_OFFICER))
    begun, filled, asked, certified = made = [an_account(officer) for _n in range(4)]
    builders.ready_to_submit(officer, filled, at=now())
    changed = {
        "row_number": 2,
        "number": "1.1",
        "state": "implemented",
        "text": "Our president signed it in May.",
        "because": "",
    }
    emptied = {"row_number": 3, "number": "1.2", "state": "", "text": "", "because": ""}
    SheetImport.objects.create(
        company_id=filled.company_id, account=filled, rows=[changed, emptied],
        errors=[{"row": 7, "column": "State", "sentence": "This word is not known."}],
        uploaded_by=officer, uploaded_at=now(),
    )  # fmt: skip
    parcels.upload(
        account=filled, name="parcels.csv", file=ContentFile(columns.template().encode() + b"nonsense\n"), actor=officer,
        at=now(),
    )  # fmt: skip
    refused = builders.a_document(begun.company, officer, title="Photo of the gate", at=now())
    Evidence.objects.filter(pk=refused.pk).update(state="refused", refusal="The file is damaged.")
    builders.submitted(officer, asked, at=now())
    case = Application.objects.get(account=asked)
    builders.in_review(case, specialist, at=now())
    review.ask(application=case, questions={"1.1": "Since when?"}, message="", actor=specialist, at=now())
    builders.submitted(officer, certified, at=now())
    builders.certified(
        Application.objects.get(account=certified), specialist, vetter, stage.users[Role.SUPERVISOR], at=now()
    )
    standing.propose_change(
        account=certified, kind="suspend", reason="Seals were found broken.", letter="Dear company,",
        actor=stage.users[Role.DIRECTOR], at=now(),
    )  # fmt: skip
    stage.accounts[Role.OFFICER] = made
    for email, at in (("guest@example.org", now()), ("late@example.org", now() - timedelta(days=90))):
        _row, token = who.invite(company=begun.company, email=email, role=Role.CONTACT, actor=officer, at=at)
        stage.invitations.append(token)
    guest = builders.a_user("Gus Guest")
    _row, token = who.invite(company=begun.company, email=guest.email, role=Role.CONTACT, actor=officer, at=now())
    who.accept_invitation(token=token, actor=guest, at=now())
    stage.invitations.append(token)


def _cases(stage: Stage) -> None:
    """The cases of these accounts, with one in the pool, one in review, one recommended and one decided just now."""
    officer, specialist, vetter = (stage.users[role] for role in (Role.OFFICER, Role.SPECIALIST, Role.VETTING_OFFICER))
    more = []
    for _n in range(4):
        account = builders.an_account(officer, builders.a_company(officer, at=now()), at=now())
        more.append(builders.submitted(officer, account, at=now()))
    builders.in_review(more[1], specialist, at=now())
    review.add_note(application=more[1], text="The gate is new.", actor=specialist, at=now())
    review.raise_flag(
        application=more[1], title="Wait for the port", company_word="We wait for the port.", blocks_decision=True,
        owner=specialist, ends_on=None, actor=specialist, at=now(),
    )  # fmt: skip
    review.save_filter(owner=specialist, name="Mine and late", query="view=mine", shared=True)
    builders.recommended(more[2], specialist, vetter, at=now())
    builders.certified(more[3], specialist, vetter, stage.users[Role.SUPERVISOR], at=now())
    own = Application.objects.filter(account__in=stage.accounts[Role.OFFICER]).exclude(status="draft").order_by("pk")
    stage.cases += [*own, *more]


def _quay(stage: Stage) -> None:
    """Lane requests approved, used, held and not sent, of a carrier whose officer is ours, as is the terminal's; and a rule
    book in the making."""
    quay = harbor.build()
    at, eta = now(), now() + timedelta(days=5)
    quay.file(at=at, eta=eta)
    quay.file(at=at, eta=eta, voyage="119E", facts=False, terminal="W190")
    quay.draft(at=at, eta=eta, voyage="120E")
    used = quay.file(at=at, eta=eta, voyage="121E")
    for kind in ("all_fast", "first_container"):
        lanes.report(request=used, kind=kind, happened_at=eta, actor=Actor(quay.agent), at=eta)
    for about, value in (("121E", 95), ("117E", -20), ("116E", None)):
        Benefit.objects.create(
            company_id=quay.carrier.company_id, account=quay.carrier, kind=Benefit.Kind.MINUTES_SAVED, value=value,
            happened_at=at, measured=30, baseline=125, calls=4, about=about, port="2704", terminal="W185", tier=None,
            source="Arrival events of the call.",
        )  # fmt: skip
    edition = harbor.an_edition(quay, "winter", [("terminals", "W190", {"name": "Pier 400 North"})], at=at)
    rulebook.propose(edition=edition, starts_at=eta, reason="A new pier.", actor=quay.steward, at=at)
    rulebook.draft(name="next", note="", actor=quay.steward, at=at)
    stage.users |= {Role.PORT_OFFICER: quay.officer, Role.DATA_STEWARD: quay.steward}
    for account in (quay.carrier, quay.operator):
        stage.accounts[Role.OFFICER].append(account)
        _joins(stage.users[Role.OFFICER], account, Role.OFFICER)


def _others_of_the_companies(stage: Stage) -> None:
    """Who works for a company beside its officer; the agent for the carrier alone."""
    for role in OTHERS:
        stage.users[role] = builders.a_user(role.title())
        own = stage.accounts[Role.OFFICER]
        carrier = own[4]
        stage.accounts[role] = [carrier] if role == Role.VESSEL_AGENT else own[1:]
        for account in stage.accounts[role]:
            _joins(stage.users[role], account, role)


def _joins(user: User, account: Account, role: Role) -> None:
    Membership.objects.create(company=account.company, user=user, role=role, started_at=now())


def _partner(stage: Stage) -> None:
    """The officer looks after a partner's sandbox client with usage, and a webhook with deliveries; another has nothing yet."""
    partner, other = a_partner(), a_partner("Blue Anchor Terminals")
    partner.row.is_sandbox = True
    partner.row.save()
    officer, at = stage.users[Role.OFFICER], now()
    sandbox.furnish(partner.row, at=at)
    for hours, status, calls in ((1, 200, 40), (2, 304, 400), (30, 404, 7), (50, 429, 90)):
        UsageHour.objects.create(
            client_id=partner.client_id, hour=at - timedelta(hours=hours), route="api:member", status=status,
            calls=calls,
        )  # fmt: skip
    for row in (partner.row, other.row):
        console.name_steward(partner=row, user=officer, actor=None, at=at)
    acting = Acting.person(officer)
    address = "https://hooks.example.org/" + "long" * 40
    endpoint, _secret = webhooks.create(partner=partner.row, url=address, actor=acting, at=at)
    for state in ("pending", "failed", "delivered"):
        delivery = Delivery.objects.create(
            endpoint=endpoint, lane=state, type="standing.changed", about=state, body='{"type":"standing.changed"}',
            state=state, created_at=at, tried_since=at, due_at=at + timedelta(days=1),
        )  # fmt: skip
        Attempt.objects.create(
            delivery=delivery, at=at, took_ms=12, status=500, answer="x" * 500,
            request_headers={"webhook-signature": "v1," + "a" * 200},
        )  # fmt: skip


def _letters_go_out(stage: Stage) -> None:
    """The time to undo is over, but for the newest decision, which can be taken back for as long as anybody looks."""
    the_minute_is_over()
    with services.as_owner(), builders.system():
        Decision.objects.filter(application=stage.cases[-1]).update(letters_at=now() + timedelta(hours=2))
    deadline = time.monotonic() + 60
    with builders.system():
        told = Notice.objects.filter(user=stage.users[Role.OFFICER])
        waiting = ParcelFile.objects.exclude(status__in=("done", "refused"))
        while waiting.exists() or not told.exists():
            assert time.monotonic() < deadline, "the worker has told nobody anything, or not decided the parcels"
            time.sleep(0.2)
