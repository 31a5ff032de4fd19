"""A process of its own that does one operation at a time as it is told, for tests of two people at once.

Reads a JSON line (operation, arguments, whether locks work, how to end), answers with JSON lines: first
`{"at": "pause"}` when the operation is done and not yet committed, and after the word "go" the outcome.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - the settings come first
from django.db.models import QuerySet  # noqa: E402

from accounts import operations as who  # noqa: E402
from accounts import tenancy  # noqa: E402
from accounts.models import Account, Invitation, Membership, User  # noqa: E402
from accounts.refusals import Refused  # noqa: E402
from trusted_trader import agreement  # noqa: E402
from trusted_trader.application import operations as company  # noqa: E402
from trusted_trader.application.models import Application  # noqa: E402
from trusted_trader.review import operations as review  # noqa: E402
from trusted_trader.review.models import Vetting  # noqa: E402
from trusted_trader.standing import operations as standing  # noqa: E402
from trusted_trader.standing.models import StandingChange  # noqa: E402

LETTER = {"letter": "Dear company,", "reasons": ["criteria_not_met"]}
SELECT_FOR_UPDATE = QuerySet.select_for_update


def _submit(case: Application, actor: User, at: datetime) -> object:
    sworn = agreement.current_statement().version
    return company.submit(
        application=case, actor=actor, at=at, address="192.0.2.7", sworn_version=sworn, fresh_factor=True
    )


def _edit(account: Account, actor: User, at: datetime) -> object:
    row = account.responses.get(number="2.1")
    return company.save_answer(
        account=account,
        number="2.1",
        state=row.state,
        text=f"{row.text} Edited.",
        because="",
        version=row.version,
        actor=actor,
        at=at,
    )


def _propose(account: Account, actor: User, at: datetime) -> object:
    return standing.propose_change(
        account=account, kind="suspend", reason="Seals were broken.", letter="x", actor=actor, at=at
    )


OPERATIONS: dict[str, Callable[[int, User, datetime], object]] = {
    "claim": lambda pk, actor, at: review.claim(application=_case(pk), actor=actor, at=at),
    "release": lambda pk, actor, at: review.release(application=_case(pk), actor=actor, at=at),
    "reassign": lambda pk, actor, at: review.reassign(
        application=_case(pk), reviewer=User.objects.get(name="Cora Colleague"), reason="Less work.",
        actor=actor, at=at,
    ),
    "certify": lambda pk, actor, at: review.decide(
        application=_case(pk), outcome="certify", letter="Dear company,", reasons=[], actor=actor, at=at
    ),
    "refuse": lambda pk, actor, at: review.decide(
        application=_case(pk), outcome="refuse", actor=actor, at=at, **LETTER
    ),
    "withdraw": lambda pk, actor, at: company.withdraw(
        application=_case(pk), reason="Not now.", actor=actor, at=at
    ),
    "submit": lambda pk, actor, at: _submit(_case(pk), actor, at),
    "edit": lambda pk, actor, at: _edit(_case(pk).account, actor, at),
    "start": lambda pk, actor, at: company.start(account=Account.objects.get(pk=pk), actor=actor, at=at),
    "propose": lambda pk, actor, at: _propose(Account.objects.get(pk=pk), actor, at),
    "confirm": lambda pk, actor, at: standing.confirm_change(
        change=StandingChange.objects.get(pk=pk), actor=actor, at=at
    ),
    "accept": lambda pk, actor, at: who.accept_invitation(token=f"token {pk}", actor=actor, at=at),
    "revoke": lambda pk, actor, at: who.revoke_invitation(
        invitation=Invitation.objects.get(pk=pk), actor=actor, at=at
    ),
    "leave": lambda pk, actor, at: who.end_membership(
        membership=Membership.objects.get(company_id=pk, user=actor, ended_at=None), actor=actor, at=at
    ),
    "reopen_vetting": lambda pk, actor, at: review.reopen_vetting(
        vetting=Vetting.objects.get(application=pk), reason="Something came up.", actor=actor, at=at
    ),
}  # fmt: skip


def _case(pk: int) -> Application:
    return Application.objects.select_related("account").get(pk=pk)


def answer(**words: object) -> None:
    print(json.dumps(words), flush=True)


def do(order: dict[str, Any]) -> None:
    QuerySet.select_for_update = (  # type: ignore[method-assign]
        SELECT_FOR_UPDATE if order["locks"] else lambda self, **_: self.all()
    )
    try:
        with transaction.atomic(), tenancy.enter(tenancy.Scope.SYSTEM):
            actor = User.objects.get(pk=order["actor"])
            OPERATIONS[order["operation"]](order["about"], actor, datetime.fromisoformat(order["at"]))
            answer(at="pause")
            sys.stdin.readline()
        answer(outcome="done")
    except Refused as refused:
        answer(outcome="refused", code=refused.code, why=str(refused))
    except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to hear of it
        answer(outcome="error", why=f"{type(error).__name__}: {error}")


def main() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        answer(backend=cursor.fetchone()[0])
    for line in sys.stdin:
        do(json.loads(line))


if __name__ == "__main__":
    main()
