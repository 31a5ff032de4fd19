"""Evidence: taken into quarantine, checked by a worker, moved to its place, and only then opened by anyone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import effects, events
from accounts.effects.models import Effect
from accounts.models import Company, Facility, User
from accounts.refusals import Refused
from trusted_trader.application.models import OPEN, Application, Evidence, ResponseEvidence
from trusted_trader.evidence_files import REASONS, Report, inspect, inspect_isolated, scan_clamd

CHECK = "evidence.check"

_inspector: ContextVar[Callable[[Path, str], Report]] = ContextVar("inspector", default=inspect_isolated)


@contextmanager
def own_files() -> Iterator[None]:
    """A block in which files that the portal made itself are checked in this process: same checks, no child for each."""
    token = _inspector.set(inspect)
    try:
        yield
    finally:
        _inspector.reset(token)


def quarantine_path(key: uuid.UUID) -> Path:
    """Where an unchecked file lies: outside every folder that is served, under a name of ours."""
    return Path(settings.QUARANTINE_DIR) / f"{key}.upload"


@transaction.atomic
def upload(
    *,
    company: Company,
    name: str,
    chunks: Iterable[bytes],
    title: str,
    issued_on: date | None = None,
    expires_on: date | None = None,
    facility: Facility | None = None,
    actor: User,
    at: datetime,
) -> Evidence:
    """Take a file into quarantine; a worker checks it. Raises Refused when it is too large or can't be stored."""
    row = Evidence(
        company=company,
        title=(title.strip() or name)[:150],
        filename=Path(name).name[:150] or "file",
        issued_on=issued_on,
        expires_on=expires_on,
        facility=facility,
        uploaded_by=actor,
        uploaded_at=at,
    )
    path = quarantine_path(row.key)
    try:
        row.size = _write(path, chunks)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Refused(
            _("The file could not be stored just now. Nothing else was lost: try again later."), code="storage"
        ) from error
    row.save()
    events.record(
        f"company:{company.pk}",
        "evidence.upload",
        actor=actor,
        at=at,
        about=row,
        company_id=company.pk,
        on_behalf_of=company.pk,
        changes=events.created(row, "title", "size", "issued_on", "expires_on"),
    )
    effects.add(CHECK, f"evidence:{row.key}", 1, at=at, payload={"evidence": row.pk, "name": Path(name).name[:300]})
    return row


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    """Write what comes, and stop at the limit, whatever length was announced."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.EVIDENCE_MAX_BYTES:
                path.unlink(missing_ok=True)
                raise Refused(
                    _("The file is larger than %(limit)s MB. Split it, or save it with smaller pictures.")
                    % {"limit": settings.EVIDENCE_MAX_BYTES // 1_048_576},
                    code="too_large",
                    field="file",
                )
            file.write(chunk)
    return size


@effects.handler(CHECK)
def check(effect: Effect) -> str:
    """Check one file in quarantine. Accepted: it moves to its place. Refused: it is deleted. Doubt means no."""
    row = Evidence.objects.select_for_update().get(pk=effect.payload["evidence"])
    path = quarantine_path(row.key)
    if row.state != Evidence.State.CHECKING:
        path.unlink(missing_ok=True)
        return "already checked"
    if not path.exists():
        return _conclude(row, Evidence.State.REFUSED, REASONS["not_read_safely"])
    if settings.CLAMD_ADDRESS:
        scanned = scan_clamd(path, settings.CLAMD_ADDRESS)
        if scanned == "unavailable":
            raise ConnectionError("the virus scanner can't be reached")  # tried again later; the file stays where it is
        if scanned.startswith("found"):
            return _conclude(row, Evidence.State.REFUSED, REASONS["virus"] % {"found": scanned.removeprefix("found ")})
    report = _inspector.get()(path, effect.payload["name"])
    row.media_type, row.sha256, row.size = report.media_type, report.sha256, report.size
    row.pages, row.text, row.filename = report.pages or 0, report.text, report.safe_name
    if not report.accepted:
        return _conclude(row, Evidence.State.REFUSED, report.reason)
    if not row.stored_as:
        with path.open("rb") as file:
            row.stored_as = default_storage.save(f"{row.company_id}/{row.key}", File(file))
    return _conclude(row, Evidence.State.READY, "")


def _conclude(row: Evidence, state: str, refusal: str) -> str:
    changes = events.changed(row, state=state, refusal=refusal[:400])
    events.record(
        f"company:{row.company_id}",
        "evidence.check",
        actor=None,
        at=timezone.now(),
        about=row,
        changes=changes,
        company_id=row.company_id,
    )
    row.save()
    key = row.key
    transaction.on_commit(lambda: quarantine_path(key).unlink(missing_ok=True))
    return state


@transaction.atomic
def describe(
    *,
    evidence: Evidence,
    title: str,
    issued_on: date | None,
    expires_on: date | None,
    facility: Facility | None,
    actor: User,
    at: datetime,
) -> Evidence:
    """Change what is said about a document: title, dates, site. Without a title it goes by the file's name, as at first."""
    row = Evidence.objects.select_for_update().get(pk=evidence.pk)
    changes = events.changed(
        row, title=title.strip()[:150] or row.filename, issued_on=issued_on, expires_on=expires_on, facility=facility
    )
    if changes:
        events.record(
            f"company:{row.company_id}",
            "evidence.describe",
            actor=actor,
            at=at,
            about=row,
            changes=changes,
            company_id=row.company_id,
            on_behalf_of=row.company_id,
        )
        row.save()
    return row


@transaction.atomic
def remove(*, evidence: Evidence, actor: User, at: datetime) -> None:
    """Take a document out of the library and off its answers; what was submitted with it keeps it (see Snapshot)."""
    row = Evidence.objects.select_for_update().get(pk=evidence.pk)
    if row.removed_at:
        return
    frozen = Application.objects.filter(
        account__responses__evidence=row, status__in=[status for status in OPEN if status != "draft"]
    )
    if frozen.exists():
        raise Refused(
            _("This document belongs to an application under review. It can be removed after the decision."),
            code="frozen",
        )
    ResponseEvidence.objects.filter(evidence=row).delete()
    changes = events.changed(row, removed_at=at)
    events.record(
        f"company:{row.company_id}",
        "evidence.remove",
        actor=actor,
        at=at,
        about=row,
        changes=changes,
        company_id=row.company_id,
        on_behalf_of=row.company_id,
    )
    row.save()
