"""The rule book's pages, inside the admin site: editions, their rows, replay, and who put what in force since when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from accounts.models import Event, User
from accounts.refusals import Refused
from accounts.roles import Role
from fastlane.rulebook import operations, queries, words
from fastlane.rulebook.forms import DraftForm, ProposeForm, RollBackForm, RowForm
from fastlane.rulebook.models import Activation, Edition
from fastlane.rules import ReferenceRefused
from fastlane.rules.reference.tables import TABLES

MOST_HISTORY = 100


def staff_page(
    request: AuthenticatedRequest, template: str, context: Mapping[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    frame = admin.site.each_context(request) | {"title": title, "failed": status >= 400}
    roles = request.user.staff_roles
    may = {"steward": Role.DATA_STEWARD in roles, "second": bool(roles & operations.TABLE["confirm"].by)}
    return render(request, f"fastlane/rulebook/{template}.html", frame | may | dict(context), status=status)


def rulebook(request: AuthenticatedRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    """What is in force, since when and by whom; what waits for a second person; all editions."""
    now = timezone.now()
    past = Activation.objects.filter(status="confirmed", starts_at__lte=now).order_by("-starts_at", "-pk")
    context = {
        "rule_set": queries.in_force(now),
        "since": past.select_related("edition", "proposed_by", "concluded_by").first(),
        "proposal": Activation.objects.select_related("edition", "proposed_by").filter(status="proposed").first(),
        "editions": Edition.objects.select_related("created_by", "based_on").order_by("-created_at", "-pk")[:50],
        "activations": Activation.objects.select_related("edition", "proposed_by", "concluded_by").order_by("-pk")[:50],
        "draft_form": forms.get("draft_form") or DraftForm(),
        "back_form": forms.get("back_form") or RollBackForm(),
        "opened": next(iter(forms), ""),
        "history": _history(),
        "now": now,
    }
    return staff_page(request, "book", context, title=_("Rule book"), status=status)


def _history() -> list[dict[str, Any]]:
    """Who changed what, the newest first: of a row that was edited, each column with its old and new value."""
    rows = list(Event.objects.filter(subject=operations.SUBJECT).order_by("-sequence")[:MOST_HISTORY])
    people = User.objects.in_bulk({int(row.actor_id) for row in rows if row.actor_kind == "user"})
    return [
        {
            "at": row.at,
            "who": people.get(int(row.actor_id)) if row.actor_kind == "user" else _("The portal"),
            "what": _word(row.operation),
            "reason": row.reason,
            "changes": [line for name, change in row.changes.items() for line in _cells(name, change)],
        }
        for row in rows
    ]


def _word(operation: str) -> str:
    said = {
        "draft": _("began an edition"),
        "edit": _("changed a row"),
        "submit": _("closed an edition for replay"),
        "propose": _("proposed to put an edition in force"),
        "confirm": _("put an edition in force"),
        "reject": _("turned a proposal down"),
    }
    return said.get(operation.rpartition(".")[2], operation)


def _cells(name: str, change: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    old, new = change.get("old"), change.get("new")
    if not isinstance(old, Mapping) and not isinstance(new, Mapping):
        yield words.table(name), _shown(old), _shown(new)
        return
    before, after = old or {}, new or {}
    # The database keeps no order of columns; the table does.
    columns = [column.name for column in TABLES[name].columns] if name in TABLES else list(before | after)
    first = (after or before).get(columns[0], "")
    for column in columns:
        if before.get(column) != after.get(column):
            yield words.cell(name, first, column), _shown(before.get(column)), _shown(after.get(column))


def _shown(value: Any) -> str:
    return "–" if value in (None, "") else str(value)


def rulebook_new(request: AuthenticatedRequest) -> HttpResponse:
    form = DraftForm(request.POST)
    if form.is_valid():
        try:
            made = operations.draft(**form.cleaned_data, actor=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("The edition is begun with the rows in force. Change what is to differ."))
            return redirect("admin:rulebook_edition", made.pk)
    return rulebook(request, status=422, draft_form=form)


def rulebook_edition(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return _edition_page(request, _edition(pk))


def _edition(pk: int) -> Edition:
    return get_object_or_404(Edition.objects.select_related("created_by", "based_on"), pk=pk)


def _edition_page(request: AuthenticatedRequest, edition: Edition, *, status: int = 200, **forms: Any) -> HttpResponse:
    name = request.GET.get("table", "")
    table = name if name in TABLES else "ports"
    now = timezone.now()
    base = queries.of_edition(edition.based_on_id).reference.rows()
    rows = edition.rows[table]
    known = [json.dumps(row, sort_keys=True) for row in base[table]]
    context = {
        "edition": edition,
        "table": table,
        "table_word": words.table(table),
        "tables": [(n, words.table(n), len(edition.rows[n]), n == table) for n in TABLES],
        "columns": [words.column(column.name) for column in TABLES[table].columns],
        "rows": [
            (n, [row.get(c.name, "") for c in TABLES[table].columns], json.dumps(row, sort_keys=True) not in known)
            for n, row in enumerate(rows)
        ],
        "differences": list(differences(base, edition.rows)),
        "replay": edition.replay,
        "propose_form": forms.get("propose_form") or ProposeForm(),
        "failed_form": next(iter(forms.values()), None),
        "open_proposal": Activation.objects.filter(status="proposed").exists(),
        "in_force": queries.edition_in_force(now) == edition.pk,
    }
    return staff_page(request, "edition", context, title=edition.name, status=status)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Rows that one side alone has: table, the row of before, the row of now; a changed row is told as one."""
    for table in TABLES:
        gone = [row for row in old[table] if row not in new[table]]
        come = [row for row in new[table] if row not in old[table]]
        key = TABLES[table].columns[0].name
        for row in gone:
            twin = next((other for other in come if other.get(key) == row.get(key)), None)
            if twin is not None:
                come.remove(twin)
            yield words.table(table), _row_words(table, row), _row_words(table, twin)
        for row in come:
            yield words.table(table), "–", _row_words(table, row)


def _row_words(table: str, row: Mapping[str, str] | None) -> str:
    names = [column.name for column in TABLES[table].columns]
    return ", ".join(f"{words.column(name)} {row[name]}" for name in names if row.get(name)) if row else "–"


def rulebook_row(request: AuthenticatedRequest, pk: int, table: str, number: int | None = None) -> HttpResponse:
    """Change a row, or add one; a table that would not fit is told by table, row and column, and nothing is kept."""
    edition = _edition(pk)
    row = _row(edition, table, number)
    form = RowForm(request.POST or None, table=table, row=row)
    conflict: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            if number is not None and form.cleaned_data["before"] != json.dumps(row, sort_keys=True):
                conflict = list((row or {}).items())
                raise Refused(_("Somebody else has changed this table since you opened the page."), code="stale")
            operations.put_row(
                edition=edition, table=table, number=number, row=form.row(), actor=request.user, at=timezone.now()
            )
        except ReferenceRefused as refused:
            form.tell(refused, table, len(edition.rows[table]) + 1 if number is None else number + 1)
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409 if refused.code == "stale" else 422
        else:
            messages.success(request, _("The row is kept."))
            return redirect(_to_table(pk, table))
    if form.errors and status == 200:
        status = 422
    if conflict:
        form.data = _with(form.data, "before", json.dumps(row, sort_keys=True))
    context = {"edition": edition, "table": table, "number": number, "form": form, "conflict": conflict}
    title = _("A new row of %(table)s") if number is None else _("A row of %(table)s")
    return staff_page(request, "row", context, title=title % {"table": words.table(table)}, status=status)


def _with(data: Any, name: str, value: str) -> Any:
    copied = data.copy()
    copied[name] = value
    return copied


def _row(edition: Edition, table: str, number: int | None) -> dict[str, str] | None:
    if table not in edition.rows or edition.status != "draft":
        raise Http404
    if number is None:
        return None
    if number >= len(edition.rows[table]):
        raise Http404
    row: dict[str, str] = edition.rows[table][number]
    return row


def _to_table(pk: int, table: str) -> str:
    return f"{reverse('admin:rulebook_edition', args=[pk])}?table={table}#rows"


def rulebook_drop(request: AuthenticatedRequest, pk: int, table: str, number: int) -> HttpResponse:
    edition = _edition(pk)
    row = _row(edition, table, number)
    try:
        if request.POST.get("before") != json.dumps(row, sort_keys=True):
            raise Refused(_("Somebody else has changed this table since you opened the page."), code="stale")
        operations.drop_row(edition=edition, table=table, number=number, actor=request.user, at=timezone.now())
    except (Refused, ReferenceRefused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The row is taken out."))
    return redirect(_to_table(pk, table))


def rulebook_submit(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    try:
        operations.submit(edition=_edition(pk), actor=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The edition is closed. It is replayed over the last year's decisions."))
    return redirect("admin:rulebook_edition", pk)


def rulebook_propose(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    edition = _edition(pk)
    form = ProposeForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.propose(
                edition=edition, starts_at=data["starts_at"], reason=data["reason"], actor=request.user,
                at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.add_error(_field_of(refused, form), str(refused))
        else:
            messages.success(request, _("The proposal waits for a second person."))
            return redirect("admin:rulebook")
    return _edition_page(request, edition, status=422, propose_form=form)


def _field_of(refused: Refused, form: ProposeForm) -> str | None:
    name = "starts_at" if refused.code == "not_in_the_past" else refused.field
    return name if name in form.fields else None


def rulebook_roll_back(request: AuthenticatedRequest) -> HttpResponse:
    form = RollBackForm(request.POST)
    if form.is_valid():
        try:
            operations.roll_back(reason=form.cleaned_data["reason"], actor=request.user, at=timezone.now())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("The way back waits for a second person."))
            return redirect("admin:rulebook")
    return rulebook(request, status=422, back_form=form)


def rulebook_confirm(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return _conclude(request, pk, operations.confirm, _("In force from %(from)s."))


def rulebook_reject(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return _conclude(request, pk, operations.reject, _("The proposal is turned down."))


def _conclude(request: AuthenticatedRequest, pk: int, operation: Any, words: str) -> HttpResponse:
    activation = get_object_or_404(Activation.objects.select_related("edition"), pk=pk)
    try:
        row = operation(activation=activation, actor=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, words % {"from": _moment(row.starts_at)})
    return redirect("admin:rulebook")


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M %Z}"
