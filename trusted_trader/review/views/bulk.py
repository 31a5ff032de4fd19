"""One step for many cases: choose, see what would happen, do it, read the outcome of each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import once
from accounts.http import AuthenticatedRequest
from accounts.roles import Role
from trusted_trader.application.models import Application
from trusted_trader.review import bulk as steps
from trusted_trader.review.filters import IN_QUEUE, Looking, tied
from trusted_trader.review.forms import BulkFlagForm, ReassignForm
from trusted_trader.review.views.finding import looking_of, queue_url, staff_page


def bulk(request: AuthenticatedRequest) -> HttpResponse:
    """`step` is "preview" (the default) or "do"; `action` is "assign" (supervisors) or "flag"."""
    looking = looking_of(request)
    action = "assign" if request.POST.get("action") == "assign" and Role.SUPERVISOR in looking.roles else "flag"
    cases = _cases(request.POST.getlist("case"), looking)
    if not cases:
        messages.warning(request, _("Tick the cases first, then choose what to do with them."))
        return redirect(queue_url(request))
    doing = request.POST.get("step") == "do"
    form = (ReassignForm if action == "assign" else BulkFlagForm)(request.POST if doing else None)
    context = {"action": action, "cases": cases, "form": form}
    if doing and form.is_valid():
        data = form.cleaned_data
        if action == "assign":
            outcomes = steps.assign_each(
                cases, reviewer=data["reviewer"], reason=data["reason"], actor=request.user, at=looking.at
            )
        else:
            outcomes = steps.flag_each(cases, actor=request.user, at=looking.at, **data)
        done = sum(outcome.done for outcome in outcomes)
        title = ngettext("Done for %(done)s case of %(all)s", "Done for %(done)s cases of %(all)s", done) % {
            "done": done,
            "all": len(cases),
        }
        page = staff_page(request, "bulk_done", context | {"outcomes": outcomes}, title=title)
        return once.done(page, queue_url(request))
    title = _("Give cases to a specialist") if action == "assign" else _("Flag cases")
    context["outcomes"] = steps.foresee(cases, action, request.user)
    return staff_page(request, "bulk", context, title=title, status=422 if form.errors else 200)


def _cases(keys: list[str], looking: Looking) -> list[Application]:
    pks = [int(key) for key in keys[: steps.MOST] if key.isdecimal() and len(key) < 19]
    rows = Application.objects.filter(pk__in=pks, status__in=IN_QUEUE).exclude(tied(looking))
    return list(rows.select_related("account__company", "reviewer").order_by("urgency", "pk"))
