"""Writes of a parcel file by those who bring it: upload and stop. What the worker does with it is in deciding.py."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import effects, events, queries
from accounts.models import Account, User
from accounts.refusals import Refused
from fastlane.parcels import store
from fastlane.parcels.deciding import STEP, TIDY
from fastlane.parcels.life import LIVE, TABLE, FileView
from fastlane.parcels.models import ParcelFile
from fastlane.parcels.sniffing import HEAD, kind_of
from trusted_trader import moves
from trusted_trader.workflow import ActorView

MB = 1_048_576


@transaction.atomic
def upload(*, account: Account, name: str, file: File[Any], actor: User, at: datetime) -> ParcelFile:
    """Take a file of parcels; a worker decides it. Raises Refused when it is of a wrong kind or size, or can't be stored."""
    at_work = ParcelFile.objects.filter(account=account, status__in=LIVE).count()
    _check("upload", FileView("none", at_work), account, actor, at)
    if file.size > settings.PARCELS_MAX_BYTES:
        raise Refused(
            _("The file is larger than %(limit)s MB. Split it, or send it as Parquet.")
            % {"limit": settings.PARCELS_MAX_BYTES // MB},
            code="too_large", field="file",
        )  # fmt: skip
    row = ParcelFile(
        account=account, company_id=account.company_id, filename=PurePath(name).name[:150] or "file",
        kind=kind_of(name, file.read(HEAD)), size=file.size, uploaded_by=actor, uploaded_at=at,
    )  # fmt: skip
    file.seek(0)
    stored = store.name_of(row, store.source_of(row))
    try:
        default_storage.save(stored, file)
    except OSError as error:
        default_storage.delete(stored)
        raise Refused(_("The file could not be stored just now. Try again later."), code="storage") from error
    row.save()
    changes = events.created(row, "filename", "kind", "size")
    moves.record_account(account, "parcels.upload", actor=actor, at=at, about=row, changes=changes)
    effects.add(STEP, f"parcels:{row.pk}", 0, at=at, payload={"file": row.pk})
    return row


@transaction.atomic
def cancel(*, file: ParcelFile, actor: User, at: datetime) -> ParcelFile:
    """Stop a file that is not done; what was decided of it is thrown away. Raises Refused."""
    # Waits for the step that is being done now, which takes about a second.
    row = ParcelFile.objects.select_for_update(of=("self",)).select_related("account").get(pk=file.pk)
    to = _check("cancel", FileView(row.status), row.account, actor, at)
    changes = events.changed(row, status=to, finished_at=at)
    moves.record_account(row.account, "parcels.cancel", actor=actor, at=at, about=row, changes=changes)
    row.save()
    effects.add(TIDY, f"parcels:{row.pk}", "cancelled", at=at, payload={"file": row.pk})
    return row


def _check(action: str, view: FileView, account: Account, actor: User, at: datetime) -> str:
    role = queries.role_in(actor, account.company_id)
    acting = ActorView(user_id=actor.pk, roles=frozenset({role} if role else ()), at=at)
    return moves.check_in(TABLE, action, case=view, actor=acting).to or view.status
