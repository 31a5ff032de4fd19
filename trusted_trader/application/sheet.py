"""Take the security profile out as a spreadsheet, bring it back, and take over what a person has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import User
from accounts.refusals import Refused
from trusted_trader import moves, profile_sheet
from trusted_trader.application import operations, queries
from trusted_trader.application.models import Application, SheetImport
from trusted_trader.application.progress import level_word
from trusted_trader.profile_sheet import Difference, SheetAnswer, SheetRow


def take_out(application: Application) -> bytes:
    """The profile as an XLSX file, one row a criterion."""
    account = application.account
    responses = queries.responses_of(account)
    edition = queries.edition_of(application)
    rows = []
    for criterion in queries.criteria_of(application):
        answer = responses.get(criterion.number)
        rows.append(
            SheetRow(
                number=criterion.number,
                category=_(edition.category(criterion.category).name),
                topic=_(criterion.topic),
                question=_(criterion.question),
                level=str(level_word(criterion, account.entity_type)).lower(),
                supplementary=criterion.supplementary,
                state=answer.state if answer else "",
                text=answer.text if answer else "",
                because=answer.because if answer else "",
                evidence_titles=[e.title for e in answer.evidence.all()] if answer else (),
                updated_at=answer.updated_at if answer else None,
            )
        )
    return profile_sheet.export(
        rows,
        company=account.company.legal_name,
        account=account.number,
        edition=application.edition,
        version_token=application.reference,
    )


@transaction.atomic
def bring_back(*, application: Application, data: bytes, actor: User, at: datetime) -> SheetImport:
    """Read a sheet and keep what it holds for the preview; nothing is overwritten yet. Raises Refused for another's sheet."""
    known = [c.number for c in queries.criteria_of(application)]
    result = profile_sheet.read(data, known)
    if result.account and result.account != application.account.number:
        raise Refused(
            _("This sheet was taken out of account %(number)s. Bring it back there, or take a fresh one out here.")
            % {"number": result.account},
            field="file",
        )
    errors = [{"row": e.row_number, "column": e.column, "sentence": _(e.message) % e.params} for e in result.errors]
    row = SheetImport.objects.create(
        company_id=application.company_id,
        account=application.account,
        rows=[asdict(r) for r in result.rows],
        errors=errors,
        uploaded_by=actor,
        uploaded_at=at,
    )
    moves.record(
        application,
        "sheet.bring",
        actor=actor,
        at=at,
        about=row,
        changes={"rows": {"old": None, "new": len(result.rows)}},
    )
    return row


def preview(sheet: SheetImport) -> tuple[Difference, ...]:
    """What taking the sheet over would change, against the answers as they stand now."""
    incoming = [SheetAnswer(**row) for row in sheet.rows]
    return profile_sheet.differences(queries.responses_of(sheet.account), incoming)


@transaction.atomic
def take_over(*, sheet: SheetImport, numbers: Sequence[str], actor: User, at: datetime) -> int:
    """Save the answers that a person chose from the preview; each leaves its own event. Raises Refused when frozen."""
    row = SheetImport.objects.select_for_update().get(pk=sheet.pk)
    if row.applied_at:
        raise Refused(_("This sheet was taken over already."), code="conflict")
    application = queries.open_application(row.account)
    if application is None:
        raise Refused(_("Start an application first."), code="frozen")
    responses = queries.responses_of(row.account)
    chosen = [d for d in preview(row) if d.number in set(numbers) and d.kind != "same"]
    for difference in chosen:
        held = responses.get(difference.number)
        new = difference.new
        operations.save_answer(
            account=row.account,
            number=difference.number,
            state=new.state,
            text=new.text,
            because=new.because,
            version=held.version if held else 0,
            actor=actor,
            at=at,
        )
    row.applied_at = at
    row.save(update_fields=["applied_at"])
    moves.record(
        application,
        "sheet.import",
        actor=actor,
        at=at,
        about=row,
        changes={"answers": {"old": None, "new": events.plain([d.number for d in chosen])}},
    )
    return len(chosen)
