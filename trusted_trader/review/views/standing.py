"""Suspend and reinstate: one director proposes with reason and letter, another confirms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import queries as who
from accounts.http import AuthenticatedRequest
from accounts.models import Account
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader.entity_types import EntityType, for_type
from trusted_trader.review import letter_text, queries
from trusted_trader.review.forms import ProposeForm, ValidationForm
from trusted_trader.review.views.finding import looking_of, staff_page
from trusted_trader.standing import operations
from trusted_trader.standing import queries as standings
from trusted_trader.standing.models import StandingChange
from trusted_trader.validation.models import Validation


def members(request: AuthenticatedRequest) -> HttpResponse:
    """Proposals that wait for a second director, the suspended, and the members that were certified last."""
    looking = looking_of(request)
    context = {
        "proposals": queries.open_changes(looking),
        "members": queries.members(looking, request.GET.get("q", "")),
    }
    context["q"] = request.GET.get("q", "")[:100]
    return staff_page(request, "members", context, title=_("Standing of members"))


def standing(request: AuthenticatedRequest, number: str) -> HttpResponse:
    return show(request, account_of(request, number))


def account_of(request: AuthenticatedRequest, number: str) -> Account:
    account = get_object_or_404(Account.objects.select_related("company"), number=number)
    if who.is_tied(request.user.pk, account.company_id):
        raise Http404
    return account


def show(request: AuthenticatedRequest, account: Account, *, status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    holds = standings.standing(account, at=now)
    changes = list(
        StandingChange.objects.filter(account=account).select_related("proposed_by", "concluded_by").order_by("-pk")
    )
    proposal = next((change for change in changes if change.status == "proposed"), None)
    kind = {"good": "suspend", "suspended": "reinstate"}.get(holds.status, "")
    validations = list(
        Validation.objects.filter(account=account).select_related("recorded_by", "concluded_by").order_by("-pk")
    )
    may_validate = Role.SPECIALIST in request.user.staff_roles and holds.in_good_standing
    director = Role.DIRECTOR in request.user.staff_roles
    letter = letter_text.standing_letter(kind, company=account.company.legal_name, account=account.number, reason="")
    context = {
        "account": account,
        "company": account.company,
        "kind_word": _(for_type(EntityType(account.entity_type)).title),
        "holds": holds,
        "periods": standings.history(account),
        "certificate": standings.newest_certificate(account),
        "changes": changes,
        "proposal": proposal,
        "kind": kind,
        "director": director,
        "now": now,
        "own": proposal is not None and proposal.proposed_by_id == request.user.pk,
        "validations": validations,
        "open_validation": next((row for row in validations if row.status == "recorded"), None),
        "supervisor": Role.SUPERVISOR in request.user.staff_roles,
        "validation_form": ValidationForm(account=account) if may_validate else None,
        "form": ProposeForm(initial={"letter": letter}) if director and kind and proposal is None else None,
    }
    title = _("Standing of %(company)s") % {"company": account.company.legal_name}
    return staff_page(request, "standing", context | more, title=title, status=status)


def propose(request: AuthenticatedRequest, number: str) -> HttpResponse:
    account = account_of(request, number)
    kind = "reinstate" if request.POST.get("kind") == "reinstate" else "suspend"
    if request.POST.get("step") == "fill":
        reason = request.POST.get("reason", "")[:2000]
        letter = letter_text.standing_letter(
            kind, company=account.company.legal_name, account=account.number, reason=reason
        )
        return show(request, account, form=ProposeForm(initial={"reason": reason, "letter": letter}))
    form = ProposeForm(request.POST)
    if form.is_valid():
        try:
            operations.propose_change(
                account=account, kind=kind, **form.cleaned_data, actor=request.user, at=timezone.now()
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The proposal is on record. Another director must confirm it."))
            return redirect("admin:standing", number)
    return show(request, account, status=422, form=form)


def confirm(request: AuthenticatedRequest, number: str) -> HttpResponse:
    done = _("Done. The standing has changed, and partners see it at once.")
    return _conclude(request, number, operations.confirm_change, done)


def reject(request: AuthenticatedRequest, number: str) -> HttpResponse:
    return _conclude(
        request, number, operations.reject_change, _("The proposal is turned down. The standing stays as it is.")
    )


def _conclude(request: AuthenticatedRequest, number: str, operation: Callable[..., object], done: str) -> HttpResponse:
    account = account_of(request, number)
    key = request.POST.get("change", "")
    change = get_object_or_404(StandingChange, pk=int(key) if key.isdecimal() and len(key) < 19 else 0, account=account)
    try:
        operation(change=change, actor=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect(reverse("admin:standing", args=[number]))
