"""The queue's filters: read from the address, written back to it, and turned into conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Expression, F, Func, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.clocks import DAY, end_of, programme_day
from accounts.models import Membership, StaffGrant, StaffTie
from accounts.roles import Role
from trusted_trader import routing
from trusted_trader.entity_types import EntityType
from trusted_trader.review import names
from trusted_trader.review.models import Flag
from trusted_trader.urgency import SOON_DAYS

IN_QUEUE = ("submitted", "in_review", "waiting_for_company", "recommended")
RISKS = {"high": _("High"), "medium": _("Medium"), "low": _("Low")}
TIE_YEARS = 2


@dataclass(frozen=True)
class Looking:
    """Who looks at the queue, and when (an aware time)."""

    user_id: int
    roles: frozenset[Role]
    at: datetime
    _named: dict[str, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def ties(self) -> list[int]:
        """The companies to which this person has a tie (as portal_is_tied says it): few, and asked for once a page."""
        since = self.at - relativedelta(years=TIE_YEARS)
        member = Membership.objects.filter(user=self.user_id).filter(Q(ended_at=None) | Q(ended_at__gt=since))
        declared = StaffTie.objects.filter(user=self.user_id).filter(Q(until=None) | Q(until__gt=self.at))
        return list(member.values_list("company", flat=True).union(declared.values_list("company", flat=True)))

    def named(self, words: str) -> list[int]:
        """The open cases of companies with these words in their names: asked for once a page, which needs them twice."""
        if words not in self._named:
            self._named[words] = names.cases_named(words, states=IN_QUEUE)
        return self._named[words]


type Condition = Callable[[Looking], Q]


@dataclass(frozen=True, slots=True)
class View:
    """A quick filter: its name, what an empty list means, and its condition."""

    title: str | Promise
    empty: str | Promise
    condition: Condition


def _my_office(looking: Looking) -> Q:
    mine = StaffGrant.objects.filter(user=looking.user_id, ended_at=None).exclude(office="")
    return Q(office__in=mine.values("office"))


def _soon(looking: Looking) -> Q:
    last = end_of(programme_day(looking.at) + SOON_DAYS * DAY)
    return Q(due_at__gt=looking.at, due_at__lte=last, paused_at=None)


def _flagged(looking: Looking) -> Q:
    return Q(pk__in=Flag.objects.filter(cleared_at=None).values("application"))


VIEWS: Mapping[str, View] = {
    "all": View(_("All open"), _("No case is open. When a company submits, its case appears here."), lambda _l: Q()),
    "mine": View(
        _("Mine"),
        _("You have no case now. Look at “Unclaimed” and take one."),
        lambda looking: Q(reviewer=looking.user_id, status__in=["in_review", "waiting_for_company"]),
    ),
    "unclaimed": View(_("Unclaimed"), _("Every case has a reviewer."), lambda _l: Q(status="submitted")),
    "office": View(_("My office"), _("Your office has no open case."), _my_office),
    "overdue": View(
        _("Overdue"), _("No case is overdue. Well done."), lambda looking: Q(due_at__lte=looking.at, paused_at=None)
    ),
    "soon": View(_("Due in 14 days"), _("No case is due in the next 14 days."), _soon),
    "high": View(_("High risk"), _("No open case has a high risk."), lambda _l: Q(risk_tier="high")),
    "waiting": View(
        _("Waiting for company"), _("No company owes us an answer."), lambda _l: Q(status="waiting_for_company")
    ),
    "recommended": View(
        _("Recommended"), _("No recommendation waits for a decision."), lambda _l: Q(status="recommended")
    ),
    "flagged": View(_("Flagged"), _("No open case carries a flag."), _flagged),
}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the queue shows. Unknown values in an address are dropped; `accounts` may lead to closed cases, `q` to open ones."""

    view: str = "all"
    office: str = ""
    kind: str = ""
    risk: str = ""
    q: str = ""
    accounts: tuple[str, ...] = field(default=())

    @classmethod
    def read(cls, query: Mapping[str, str]) -> QueueFilter:
        def one_of(name: str, known: object) -> str:
            value = query.get(name, "")
            return value if value in known else ""  # type: ignore[operator]

        numbers = [part for part in query.get("accounts", "").upper().split(",") if part.startswith("TT-")]
        return cls(
            view=one_of("view", VIEWS) or "all",
            office=one_of("office", routing.offices()),
            kind=one_of("kind", set(EntityType)),
            risk=one_of("risk", RISKS),
            q=" ".join(query.get("q", "").replace("\0", "").split())[:100],
            accounts=tuple(numbers[:20]),
        )

    def query(self, **changes: object) -> str:
        """The filter as a query string, with some of it changed; what is empty is left out."""
        wanted = replace(self, **changes)  # type: ignore[arg-type]
        values = {f.name: getattr(wanted, f.name) for f in fields(wanted)}
        values["accounts"] = ",".join(values["accounts"])
        return urlencode({name: value for name, value in values.items() if value})

    def base(self, looking: Looking) -> Q:
        """Everything but the quick filter. Cases of companies to which one has a tie are never among them."""
        wanted = Q(account__number__in=self.accounts) if self.accounts else Q(status__in=IN_QUEUE)
        if self.office:
            wanted &= Q(office=self.office)
        if self.kind:
            wanted &= Q(account__entity_type=self.kind)
        if self.risk:
            wanted &= Q(risk_tier=self.risk)
        if self.q:
            wanted &= Q(is_one_of(Value(looking.named(self.q), output_field=ArrayField(BigIntegerField()))))
        return wanted & ~Q(status="draft") & ~tied(looking)

    def condition(self, looking: Looking) -> Q:
        return self.base(looking) & VIEWS[self.view].condition(looking)


def is_one_of(keys: Expression) -> Func:
    """Whether a case is among the keys of an array. PostgreSQL then looks each of them up, however many cases there are;
    of a subquery it expects too little under row-level security, and may sort all cases instead.
    """
    return Func(F("pk"), keys, arg_joiner=" = any(", template="%(expressions)s)", output_field=BooleanField())


def tied(looking: Looking) -> Q:
    """The cases from which a tie to the company keeps this person away."""
    return Q(company__in=looking.ties)


def can_move(looking: Looking) -> Q:
    """The cases in which this person can take the next step now."""
    wanted = Q(pk__in=[])
    if Role.SPECIALIST in looking.roles:
        wanted |= Q(status="submitted") | Q(status="in_review", reviewer=looking.user_id)
    if Role.SUPERVISOR in looking.roles:
        own = Q(recommender=looking.user_id) | Q(reviewer=looking.user_id)
        wanted |= Q(status="recommended") & ~own
    return wanted


__all__ = ["IN_QUEUE", "RISKS", "VIEWS", "Looking", "QueueFilter", "can_move", "is_one_of", "tied"]
