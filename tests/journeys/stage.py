"""People and cases for the browser: made by operations, signed in without the sign-in pages where these aren't the point."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect

from accounts.effects.models import Effect
from accounts.models import Account, Company, Facility, User
from tests import builders, services
from tests.journeys.browsing import one_time_code
from trusted_trader.application import operations, queries
from trusted_trader.application.models import Application, Evidence, Response
from trusted_trader.review.models import Decision

PASSWORD = "correct horse battery staple"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
THINGS = (
    "ledger", "gate", "camera", "seal", "pallet", "badge", "lorry", "fence", "lamp", "visitor", "drum", "crane",
    "ramp", "scanner", "bolt", "ticket", "driver", "rack", "alarm", "broom", "radio", "locker", "scale", "tarpaulin",
    "hatch", "trolley", "invoice", "sample", "poster", "helmet", "bench", "kettle", "harness", "barrier", "ladder",
    "cabinet", "printer", "tablet", "wagon", "buoy", "anchor", "mooring", "pallet jack", "strap", "plank", "valve",
)  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


def enrolled(user: User) -> str:
    """Give a user made by a builder a password and an authenticator app."""
    secret = generate_totp_secret()
    user.set_password(PASSWORD)
    user.save()
    TOTP.activate(user, secret)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return str(secret)


def sign_in(page: Page, user: User, secret: str) -> None:
    page.goto("/sign-in/login/")
    sign_in_here(page, user, secret)


def sign_in_here(page: Page, user: User, secret: str) -> None:
    """Fill the sign-in page on which one is."""
    page.locator("#id_login").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.locator("#id_code").fill(one_time_code(secret))
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


FACTORS = {"password": {"method": "password"}, "mfa": {"method": "mfa", "type": "totp"}}


def session_of(user: User, factors: tuple[str, ...] = tuple(FACTORS)) -> str:
    """The key of a new session in which this user has just shown two factors, or these."""
    session = SessionStore()
    shown = time.time()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods"] = [FACTORS[factor] | {"at": shown} for factor in factors]
    session["account_authentication_methods_user"] = str(user.pk)
    session.create()
    return str(session.session_key)


def let_in(context: BrowserContext, site: str, user: User, factors: tuple[str, ...] = tuple(FACTORS)) -> Page:
    """Put the session of this user into the browser."""
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user, factors), "url": site}])
    return context.pages[0] if context.pages else context.new_page()


def forget_used_codes() -> None:
    """A one-time code works once, so a second sign-in within the half minute would have to wait for the next one."""
    cache.clear()


def the_minute_is_over() -> None:
    """The time to undo ends now: the company may see the decision, and the worker's next sweep sends the letters."""
    with services.as_owner(), builders.system():
        Decision.objects.filter(undone_at=None).update(letters_at=now())
        Effect.objects.filter(done_at=None, cancelled_at=None).update(not_before=now())


def an_account(officer: User) -> Account:
    with builders.system():
        return builders.an_account(officer, builders.a_company(officer, at=now()), at=now())


def ready(officer: User, account: Account | None = None) -> Application:
    """Nothing is missing; the checks find nothing to mind at any answer."""
    account = account or an_account(officer)
    with builders.system():
        application = builders.ready_to_submit(officer, account, at=now())
        _in_own_words(account, officer)
        application.account = Account.objects.select_related("company").get(pk=account.pk)
    return application


def submitted(officer: User, *, days_ago: int = 0) -> Application:
    """A simple case: everything answered well, each document linked to few answers."""
    application = ready(officer)
    at = now() - timedelta(days=days_ago)
    with builders.system():
        account = application.account
        builders.submit(officer, application, at=at)
        application.account = account
    return application


def _in_own_words(account: Account, officer: User) -> None:
    """Answers that are not alike, with a document for every four of them, the first one about the site."""
    chance = random.Random(account.number)
    application = queries.open_application(account)
    assert application is not None
    versions = dict(Response.objects.filter(account=account).values_list("number", "version"))
    for n, criterion in enumerate(queries.criteria_of(application)):
        if n % 4 == 0:
            document = _document(account.company, officer, f"Procedure {n // 4 + 1}", site=n == 0)
        words = chance.sample(THINGS, 12)
        operations.save_answer(
            account=account,
            number=criterion.number,
            state="implemented",
            version=versions[criterion.number],
            because="",
            text=f"{criterion.topic}. Mrs {words[0].title()} owns it, see part {criterion.number} of our plan. "
            f"Each {words[1]}, {words[2]} and {words[3]} is looked at by the {words[4]} team, "
            f"the {words[5]} log shows who did it, and the {words[6]} near the {words[7]} stays shut. "
            f"In {chance.randint(2019, 2025)} we added a {words[8]} beside the {words[9]} and {words[10]} {words[11]}.",
            actor=officer,
            at=now(),
        )
        operations.link_evidence(account=account, number=criterion.number, evidence=[document], actor=officer, at=now())


def _document(company: Company, officer: User, title: str, *, site: bool) -> Evidence:
    document = builders.a_document(company, officer, title=title, at=now())
    if site:
        Evidence.objects.filter(pk=document.pk).update(facility=Facility.objects.get(company=company))
    return document
