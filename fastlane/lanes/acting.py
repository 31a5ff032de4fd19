"""Who acts on a lane request: a person of the carrier, an officer, a partner's system, or a timer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts import events, queries
from accounts.models import Account, Event, User
from accounts.roles import Role
from fastlane.lanes.models import LaneRequest
from trusted_trader.workflow import ActorView, timer


@dataclass(frozen=True, slots=True)
class Client:
    """A partner's system as an actor of events; `pk` is its client id."""

    pk: str


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts. Neither user nor client: the portal itself."""

    user: User | None = None
    client_id: str = ""

    def view(self, company_id: int, at: datetime) -> ActorView:
        """What the workflow table looks at. A client was let in by its scope and the company's consent."""
        if self.user is not None:
            role = queries.role_in(self.user, company_id)
            roles = self.user.staff_roles | ({role} if role else frozenset())
            return ActorView(user_id=self.user.pk, roles=roles, at=at)
        if self.client_id:
            return ActorView(user_id=0, roles=frozenset({Role.PARTNER_CLIENT}), at=at)
        return timer(at)

    def record(
        self,
        request: LaneRequest,
        operation: str,
        *,
        at: datetime,
        changes: events.Changes | None = None,
        reason: str = "",
        internal: bool = False,
    ) -> Event:
        """One event in the carrier's chain."""
        account: Account = request.account
        staff = self.user is not None and self.user.is_staff
        return events.record(
            events.account_subject(account.number),
            f"lane.{operation}",
            actor=self.user or (Client(self.client_id) if self.client_id else None),
            actor_kind="client" if self.client_id and self.user is None else "",
            at=at,
            about=request,
            changes=changes,
            reason=reason,
            company_id=account.company_id,
            on_behalf_of=account.company_id if (self.user or self.client_id) and not staff else None,
            internal=internal,
        )


PORTAL = Actor()
