"""The review queue: the list with its filters, the search, saved filters and one's own settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.refusals import Refused
from accounts.roles import Role
from trusted_trader import routing
from trusted_trader.entity_types import choices
from trusted_trader.review import presence, queries, saved
from trusted_trader.review.filters import RISKS, VIEWS, QueueFilter
from trusted_trader.review.forms import SaveFilterForm, SettingsForm
from trusted_trader.review.models import SavedFilter
from trusted_trader.review.views.finding import case_url, looking_of, queue_of, queue_url, staff_page


def queue(request: AuthenticatedRequest) -> HttpResponse:
    looking = looking_of(request)
    desk = saved.desk(request.user)
    if not request.GET and desk.first_filter:
        return redirect(f"{reverse('admin:review_queue')}?{desk.first_filter.query}")
    chosen = QueueFilter.read(request.GET)
    page = queries.page(looking, chosen, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    counts = queries.counts(looking, chosen)
    seen = presence.last_seen([row.pk for row in page.rows if row.notes], request.user)
    new_notes = {
        row.pk for row in page.rows if row.newest_note_at and row.newest_note_at > seen.get(row.pk, row.newest_note_at)
    }
    context = {
        "rows": page.rows,
        "later": page.later,
        "earlier": page.earlier,
        "chosen": chosen,
        "here": chosen.query(),
        "views": [
            _tab(name, chosen, counts)
            for name in VIEWS
            if name != "recommended" or Role.SPECIALIST not in looking.roles or chosen.view == name or counts[name]
        ],
        "total": counts[chosen.view],
        "new_notes": new_notes,
        "desk": desk,
        "columns": [(n, saved.COLUMNS[n]) for n in desk.columns],
        "offices": routing.offices().items(),
        "kinds": choices(),
        "risks": RISKS.items(),
        "empty": VIEWS[chosen.view].empty,
        "narrowed": bool(chosen.office or chosen.kind or chosen.risk or chosen.q or chosen.accounts),
        "undo": queries.undoable(request.user, looking.at),
        "can_claim": Role.SPECIALIST in looking.roles,
        "can_bulk": bool(looking.roles & {Role.SPECIALIST, Role.SUPERVISOR}),
        "can_assign": Role.SUPERVISOR in looking.roles,
        "now": looking.at,
    }
    return staff_page(request, "queue", context, title=_("Review queue"))


def _tab(name: str, chosen: QueueFilter, counts: dict[str, int]) -> dict[str, Any]:
    """A quick filter as a link, with its count under the other filters."""
    return {
        "title": VIEWS[name].title,
        "query": chosen.query(view=name),
        "count": counts[name],
        "current": name == chosen.view,
    }


def search(request: AuthenticatedRequest) -> HttpResponse:
    """Lead from what was typed to the case, the accounts or the names. Sent by POST: numbers stay out of addresses."""
    term = request.POST.get("term", "")
    found = queries.find(term)
    if found.case:
        return redirect(case_url(found.case, request))
    if found.accounts or found.name:
        if found.accounts and found.name:
            messages.info(
                request, _("No company is called “%(name)s”. These names look like it.") % {"name": found.name}
            )
        chosen = QueueFilter(accounts=found.accounts, q="" if found.accounts else found.name)
        return redirect(f"{reverse('admin:review_queue')}?{chosen.query()}")
    if term.strip():
        messages.warning(request, _("No case is known by this number. Check it, or search for the company's name."))
    return redirect(queue_url(request))


def save_filter(request: AuthenticatedRequest) -> HttpResponse:
    form = SaveFilterForm(request.POST)
    query = QueueFilter.read({k: v for k, _eq, v in (p.partition("=") for p in queue_of(request).split("&"))}).query()
    if form.is_valid():
        try:
            saved.keep_filter(
                request.user, name=form.cleaned_data["name"], query=query, shared=form.cleaned_data["shared"]
            )
            messages.success(request, _("The filter “%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
        except Refused as refused:
            messages.error(request, str(refused))
    else:
        messages.error(request, _("Give the filter a name of at most 60 letters."))
    return redirect(f"{reverse('admin:review_queue')}?{query or urlencode({'view': 'all'})}")


def forget_filter(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    try:
        saved.forget_filter(request.user, pk)
        messages.success(request, _("The filter is removed."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("admin:review_settings")


def settings(request: AuthenticatedRequest) -> HttpResponse:
    """Columns, keys, the filter the queue opens with, and one's saved filters."""
    desk = saved.desk(request.user)
    initial = {"columns": desk.columns, "keys": desk.keys, "opens_with": desk.opens_with}
    rows = SavedFilter.objects.filter(pk__in=[row.pk for row in desk.filters]).order_by("name")
    form = SettingsForm(request.POST or None, filters=rows, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["opens_with"]
        saved.keep_settings(
            request.user,
            columns=form.cleaned_data["columns"],
            keys=form.cleaned_data["keys"],
            opens_with=chosen.pk if chosen else None,
        )
        messages.success(request, _("Your settings of the queue are saved."))
        return redirect(queue_url(request))
    return staff_page(
        request,
        "settings",
        {"form": form, "desk": desk},
        title=_("Settings of the queue"),
        status=422 if form.errors else 200,
    )
