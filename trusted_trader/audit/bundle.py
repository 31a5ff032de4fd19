"""A case as one bundle: cover PDF, evidence, events, seals and hashes, with the verifier that accepts it anywhere."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from accounts import events
from accounts.events import HASHED
from accounts.models import Event
from accounts.sealing.keys import seal_key
from trusted_trader import history, papers
from trusted_trader.application import printing
from trusted_trader.application.models import Application, Evidence, Snapshot
from trusted_trader.audit import verify_bundle
from trusted_trader.review.models import Verdict
from trusted_trader.workflow.application import STAFF_WORD, State

FIRST_TIME = (1980, 1, 1, 0, 0, 0)  # of every entry, so that the same case gives the same bytes


def make(application: Application, *, at: datetime) -> bytes:
    """The bundle of a submitted case as a ZIP. Raises Snapshot.DoesNotExist before the first submission."""
    snapshot = application.snapshots.order_by("-number").select_related("application__account__company").first()
    if snapshot is None:
        raise Snapshot.DoesNotExist
    subjects = [events.account_subject(application.account.number), f"company:{application.company_id}"]
    rows = list(Event.objects.filter(subject__in=subjects).order_by("subject", "sequence"))
    files: dict[str, bytes] = {
        "events.jsonl": b"".join(_line(row) for row in rows),
        "verify_bundle.py": Path(verify_bundle.__file__).read_bytes(),
    }
    files |= {f"seals/{path.name}": path.read_bytes() for path in sorted(Path(settings.SEALS_DIR).glob("*.jws"))}
    documents = _documents(snapshot)
    files |= documents
    cover = _cover(application, snapshot, rows, documents, at)
    files["case.pdf"] = papers.case(cover)
    manifest = {
        "case": application.reference,
        "account": application.account.number,
        "made_at": events.plain(at),
        "events": len(rows),
        "seal_key": seal_key().as_dict(private=False),
        "snapshot": {"number": snapshot.number, "sha256": snapshot.sha256, "content": snapshot.content},
        "files": [{"name": name, "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(files.items())],
    }
    files["manifest.json"] = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    return _zip(files)


def _line(row: Event) -> bytes:
    content: dict[str, Any] = {name: events.plain(getattr(row, name)) for name in HASHED}
    return json.dumps(content | {"hash": row.hash}, ensure_ascii=False).encode() + b"\n"


def _documents(snapshot: Snapshot) -> dict[str, bytes]:
    """The evidence that was submitted, as it was checked and stored."""
    wanted = {int(item["id"]) for answer in snapshot.content["answers"].values() for item in answer["evidence"]}
    rows = Evidence.objects.filter(pk__in=wanted, state=Evidence.State.READY).order_by("pk")
    found = {}
    for row in rows:
        if row.stored_as and default_storage.exists(row.stored_as):
            with default_storage.open(row.stored_as) as file:
                found[f"evidence/{row.pk}-{row.filename}"] = file.read()
    return found


def _cover(
    application: Application, snapshot: Snapshot, rows: list[Event], documents: dict[str, bytes], at: datetime
) -> papers.CasePaper:
    content = snapshot.content
    verdicts = {v.number: v for v in Verdict.objects.filter(application=application)}
    sections = printing.sections(content["edition"], content["entity_type"], content["answers"], verdicts)
    lines = history.lines(sorted(rows, key=lambda row: (row.at, row.pk)))
    return papers.CasePaper(
        **printing.carried(application.account, at),
        reference=application.reference,
        status=_(STAFF_WORD[State(application.status)]),
        facts=printing.facts(content),
        sections=sections,
        events=tuple(
            papers.EventLine(
                at=line.at,
                who=line.who,
                sentence=line.what,
                hash=line.hash,
                on_behalf_of=line.on_behalf_of,
                reason=line.reason,
            )
            for line in lines
        ),
        files=tuple(
            papers.BundleFile(
                name=name, description=_("Evidence"), size=len(data), sha256=hashlib.sha256(data).hexdigest()
            )
            for name, data in sorted(documents.items())
        ),
        checking=(
            _("Unpack the bundle on any machine with Python 3.12 or later."),
            _("Run: python verify_bundle.py bundle.zip. It checks every file, every event and every seal."),
        ),
    )


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(files):
            bundle.writestr(zipfile.ZipInfo(name, FIRST_TIME), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
