"""Render the workbench: the one screen of a case, with whatever form a step has left open on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import events
from accounts import queries as who
from accounts.http import AuthenticatedRequest
from accounts.models import Event
from accounts.roles import Role
from trusted_trader import history, programme, routing
from trusted_trader.application.models import Application
from trusted_trader.entity_types import EntityType, for_type
from trusted_trader.review import bench as benches
from trusted_trader.review import letter_text, presence, queries, saved
from trusted_trader.review.bench import Bench
from trusted_trader.review.filters import RISKS
from trusted_trader.review.forms import AskForm, FlagForm, LetterForm, NoteForm, ReassignForm, ReturnForm
from trusted_trader.review.views.finding import case_url, queue_url, staff_page
from trusted_trader.workflow.application import STAFF_WORD, UNDO, State

EVENTS_SHOWN = 12
WRITERS = frozenset({Role.SPECIALIST, Role.SUPERVISOR, Role.DIRECTOR})


@dataclass(frozen=True, slots=True)
class LetterPanel:
    """The open form of a recommendation or decision. `acts` is recommend or decide; `opened` when it was asked for."""

    acts: str
    outcome: str
    form: LetterForm
    why_not: str
    follows: Sequence[str]
    opened: bool = True


def show(request: AuthenticatedRequest, case: Application, *, status: int = 200, **panels: Any) -> HttpResponse:
    """The workbench. `panels` replace what a step has left open: forms with errors, a preview, another's decision."""
    at = timezone.now()
    bench = benches.bench(case, request.user, at)
    others = presence.beat(case.pk, request.user, at)
    presence.mark_seen(case.pk, request.user, at)
    due, late = queries.due_words(case, at)
    writes = bool(request.user.staff_roles & WRITERS)
    mine = case.status == State.IN_REVIEW and case.reviewer_id == request.user.pk
    context = {
        "case": case,
        "account": case.account,
        "company": case.company,
        "bench": bench,
        "others": others,
        "kind": _(for_type(EntityType(case.account.entity_type)).title),
        "status_word": _(STAFF_WORD[State(case.status)]),
        "due": due,
        "late": late,
        "age": queries.days_words(case.submitted_at or case.started_at, at),
        "why": queries.reason_words(case, at),
        "risk_word": RISKS.get(case.risk_tier, ""),
        "office": routing.offices().get(case.office, ""),
        "offers": bench.offers,
        "mine": mine,
        "writes": writes,
        "waits_for": queries.waits_for(case, bench.vetting.status if bench.vetting else None),
        "back": queue_url(request),
        "letter_panel": panels.pop("letter_panel", None) or letter_panel(request, bench),
        "ask_form": AskForm(numbers=[]) if mine else None,
        "questions": {},
        "verdict_errors": {},
        "typed": {},
        "note_form": NoteForm(auto_id="note_%s") if writes else None,
        "flag_form": FlagForm(initial={"owner": request.user.pk}) if writes and request.GET.get("flag") else None,
        "reassign_form": ReassignForm(auto_id="reassign_%s")
        if "reassign" in bench.offers and request.GET.get("reassign")
        else None,
        "return_form": ReturnForm(auto_id="return_%s") if "return_to_review" in bench.offers else None,
        "accepting": mine and bool(request.GET.get("accept")),
        "events": recent(case),
        "here": case_url(case.pk, request),
        "undo_until": undo_until(bench, request),
        "now": at,
        "keys": saved.desk(request.user).keys,
    }
    title = f"{case.company.legal_name} · {case.reference}"
    return staff_page(request, "case", context | panels, title=title, status=status)


def recent(case: Application) -> list[history.Line]:
    """The newest events of the account, in plain sentences."""
    rows = Event.objects.filter(subject=events.account_subject(case.account.number))
    return history.lines(rows.order_by("-sequence")[:EVENTS_SHOWN])


def undo_until(bench: Bench, request: AuthenticatedRequest) -> Any:
    """Until when this person can take the decision back, or None."""
    offer = bench.offers.get("undo_decision")
    return bench.decision.letters_at if offer and offer.allowed and bench.decision else None


# --- The letter -------------------------------------------------------------------------------------------------


def letter_panel(request: AuthenticatedRequest, bench: Bench) -> LetterPanel | None:
    """The form to recommend or decide, filled in: for a reviewer when chosen, for a supervisor at once."""
    case = bench.application
    wanted = request.GET.get("outcome", "")
    if case.status == State.RECOMMENDED and {"certify", "refuse"} & bench.offers.keys():
        outcome = wanted if wanted in {"certify", "refuse"} else case.recommendation
        same = outcome == case.recommendation
        reasons = case.letter_reasons if same else []
        letter = case.letter_draft if same else ""
        return replace(filled_panel(bench, "decide", outcome, reasons, letter), opened=bool(wanted))
    if f"recommend_{wanted}" in bench.offers:
        return filled_panel(bench, "recommend", wanted, [], "")
    return None


def filled_panel(bench: Bench, acts: str, outcome: str, reasons: Sequence[str], letter: str) -> LetterPanel:
    letter = letter or letter_of(bench, outcome, reasons)
    form = LetterForm(initial={"outcome": outcome, "reasons": list(reasons), "letter": letter})
    return open_panel(bench, acts, outcome, form)


def open_panel(bench: Bench, acts: str, outcome: str, form: LetterForm) -> LetterPanel:
    action = outcome if acts == "decide" else f"recommend_{outcome}"
    offer = bench.offers.get(action)
    return LetterPanel(
        acts, outcome, form, _(offer.reason) if offer and not offer.allowed else "", follows(bench, acts, outcome)
    )


def letter_of(bench: Bench, outcome: str, reasons: Sequence[str]) -> str:
    unmet = [(card.number, card.verdict.comment) for card in bench.refused_cards if card.verdict]
    return letter_text.decision_letter(bench.application, outcome, reasons, unmet)


def follows(bench: Bench, acts: str, outcome: str) -> list[str]:
    """What happens when the button is pressed, in sentences."""
    if acts == "recommend":
        return [
            _("The case goes to the supervisors. One of them decides, not you."),
            _("The company reads that the review is finished; it doesn't read the recommendation."),
        ]
    case = bench.application
    people = len(who.people_to_tell(case.company_id))
    told = ngettext(
        "%(count)s person of the company gets the letter", "%(count)s people of the company get the letter", people
    )
    mail = told % {"count": people} + _(" by e-mail and in the portal, %(seconds)s seconds after the decision.") % {
        "seconds": int(UNDO.total_seconds())
    }
    undo = _("Until then you can undo it.")
    if outcome == "refuse":
        return [
            _("The standing stays as it is."),
            mail,
            undo,
            _("The company can appeal. The letter says how and by when."),
        ]
    tier = programme.terms().first_tier(case.account.entity_type)
    level = (
        _("The standing becomes certified, Tier %(tier)s, at once.") % {"tier": letter_text.ROMAN[tier]}
        if tier
        else _("The standing becomes certified at once.")
    )
    return [
        level,
        _("Partners who may look see it within a second."),
        _("The certificate gets its number and is signed."),
        mail,
        undo,
    ]
