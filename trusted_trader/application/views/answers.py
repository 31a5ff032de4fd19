"""The security profile: a category's list, the criterion page, and its autosave."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.models import Account
from accounts.refusals import Refused, Stale
from trusted_trader import checks
from trusted_trader.application import operations, queries
from trusted_trader.application.forms import AnswerForm
from trusted_trader.application.models import Application, Evidence, Response
from trusted_trader.application.progress import level_word, sentence
from trusted_trader.application.views.finding import account_of, application_of
from trusted_trader.criteria import Criterion
from trusted_trader.entity_types import EntityType
from trusted_trader.review.models import RequestedAnswer


def category(request: AuthenticatedRequest, number: str, part: int) -> HttpResponse:
    account = account_of(number)
    application = application_of(account)
    groups = queries.edition_of(application).by_category(EntityType(account.entity_type))
    found = next(((c, asked) for c, asked in groups.items() if c.number == part), None)
    if found is None:
        raise Http404
    responses = queries.responses_of(account)
    rows = [(c, level_word(c, account.entity_type), responses.get(c.number)) for c in found[1]]
    numbers = [c.number for c in groups]
    following = next((n for n in numbers if n > part), None)
    context = {
        "account": account,
        "application": application,
        "category": found[0],
        "rows": rows,
        "following": following,
        "answered": sum(bool(r and r.state) for _c, _l, r in rows),
    }
    return render(request, "trusted_trader/company/category.html", context)


def criterion(request: AuthenticatedRequest, number: str, criterion: str) -> HttpResponse:
    """One criterion: read, answer, link documents; saved on Continue and, with script, every ten seconds."""
    account = account_of(number)
    application = application_of(account)
    asked = _asked(application, criterion)
    row = Response.objects.select_related("updated_by").filter(account=account, number=criterion).first()
    library = (
        Evidence.objects.filter(company_id=account.company_id, removed_at=None)
        .exclude(state="refused")
        .order_by("title")
    )
    form = AnswerForm(request.POST or None, library=library, initial=_initial(row))
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            row = _save(account, criterion, form, request)
        except Stale as stale:
            conflict = stale.current
            form.add_error(None, str(stale))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return _after(request, application, account, asked)
    context = _context(account, application, asked, row, form) | {"conflict": conflict}
    return render(request, "trusted_trader/company/criterion.html", context, status=409 if conflict else 200)


def autosave(request: AuthenticatedRequest, number: str, criterion: str) -> HttpResponse:
    """Save what is on the page while it is written; answers with a small fragment for the live region."""
    account = account_of(number)
    application = application_of(account)
    asked = _asked(application, criterion)
    library = Evidence.objects.filter(company_id=account.company_id, removed_at=None).exclude(state="refused")
    form = AnswerForm(request.POST, library=library)
    context: dict[str, Any] = {"form": form, "at": timezone.now()}
    if not form.is_valid():
        return render(
            request,
            "trusted_trader/company/autosave.html",
            context | {"error": _("Not saved: see the errors.")},
            status=422,
        )
    try:
        row = _save(account, criterion, form, request)
    except Refused as refused:
        return render(request, "trusted_trader/company/autosave.html", context | {"error": str(refused)}, status=409)
    facts = queries.case_facts(application, queries.programme_day(timezone.now()))
    findings = [sentence(f) for f in checks.run_for(facts, asked.number) if not f.internal]
    return render(request, "trusted_trader/company/autosave.html", context | {"row": row, "findings": findings})


def _asked(application: Application, number: str) -> Criterion:
    found = next((c for c in queries.criteria_of(application) if c.number == number), None)
    if found is None:
        raise Http404
    return found


def _initial(row: Response | None) -> dict[str, Any]:
    if row is None:
        return {"version": 0}
    linked = list(row.evidence.values_list("pk", flat=True))
    return {"version": row.version, "state": row.state, "text": row.text, "because": row.because, "evidence": linked}


def _save(account: Account, number: str, form: AnswerForm, request: AuthenticatedRequest) -> Response:
    data = form.cleaned_data
    now = timezone.now()
    row = operations.save_answer(
        account=account,
        number=number,
        state=data["state"],
        text=data["text"],
        because=data["because"],
        version=data["version"],
        actor=request.user,
        at=now,
    )
    # A page without script sends its boxes with the text; an autosave of a page that shows no library leaves links alone.
    if "evidence_shown" in request.POST:
        return operations.link_evidence(
            account=account, number=number, evidence=data["evidence"], actor=request.user, at=now
        )
    return row


def _after(request: AuthenticatedRequest, application: Application, account: Account, asked: Criterion) -> HttpResponse:
    """Continue: to the next criterion of the category, else back to the category's list (or to the questions)."""
    if application.status == "waiting_for_company":
        messages.success(request, _("Answer %(number)s is saved.") % {"number": asked.number})
        return redirect("questions", account.number)
    if "stay" in request.POST:
        return redirect("criterion", account.number, asked.number)
    back = request.POST.get("back", "")
    if back == "check":
        return redirect("check", account.number)
    siblings = [c for c in queries.criteria_of(application) if c.category == asked.category]
    index = siblings.index(asked)
    if index + 1 < len(siblings):
        return redirect("criterion", account.number, siblings[index + 1].number)
    return redirect("category", account.number, _category_number(application, asked))


def _category_number(application: Application, asked: Criterion) -> int:
    return next(c.number for c in queries.edition_of(application).categories if c.code == asked.category)


def _context(
    account: Account, application: Application, asked: Criterion, row: Response | None, form: AnswerForm
) -> dict[str, Any]:
    facts = queries.case_facts(application, queries.programme_day(timezone.now()))
    findings = [f for f in checks.run_for(facts, asked.number) if not f.internal] if row and row.state else []
    siblings = [c for c in queries.criteria_of(application) if c.category == asked.category]
    index = siblings.index(asked)
    request = RequestedAnswer.objects.filter(
        request__application=application, request__status="open", number=asked.number
    )
    editable = application.status == "draft" or (application.status == "waiting_for_company" and request.exists())
    return {
        "account": account,
        "application": application,
        "criterion": asked,
        "row": row,
        "form": form,
        "level": level_word(asked, account.entity_type),
        "findings": [(f, sentence(f)) for f in findings],
        "position": index + 1,
        "total": len(siblings),
        "category_number": _category_number(application, asked),
        "previous": siblings[index - 1] if index else None,
        "question": request.first(),
        "editable": editable,
        "library": form.fields["evidence"].queryset,
        "autosave_url": reverse("autosave", args=[account.number, asked.number]),  # type: ignore[attr-defined]
    }
